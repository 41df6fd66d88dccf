/**
 * Training on an engine that the command line names.
 *
 * @module
 */
import * as either from "fp-ts/Either.js";
import { machineEngine, setEngine } from "../blas/mod.ts";
import type { Flag } from "./flags.ts";
import { onThreads } from "./threads.ts";

/** The engines that a program runs on. */
export type EngineName = "simd" | "machine";

/** The engine. */
export const engineFlag: Flag<EngineName> = {
  name: "engine",
  placeholder: "NAME",
  help: "simd, or machine: machine code, for deno run --allow-ffi",
  fallback: "simd",
  example: "machine",
  read: (text) => text === "simd" || text === "machine" ? either.right(text) : either.left("simd or machine"),
};

/** Runs a function on an engine, and on a number of threads. */
export async function onEngine<A>(
  { engine, threads }: { readonly engine: EngineName; readonly threads: number },
  run: () => A | Promise<A>,
): Promise<A> {
  if (engine === "simd") return await onThreads(threads, run);
  const several = threads === 1 ? undefined : await machineEngine({ threads });
  const previous = setEngine(several ?? await machineEngine());
  try {
    return await run();
  } finally {
    setEngine(previous);
    several?.close();
  }
}
