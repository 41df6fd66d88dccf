/**
 * Training on several threads.
 *
 * @module
 */
import { setEngine, threadedEngine } from "../blas/mod.ts";
import { type Flag, wholeNumber } from "./flags.ts";

/** The number of threads. */
export const threadsFlag: Flag<number> = {
  name: "threads",
  placeholder: "N",
  help: "how many threads compute; the results are the same",
  fallback: 1,
  example: "2",
  read: wholeNumber(1),
};

/** Runs a function on a number of threads. */
export async function onThreads<A>(threads: number, run: () => A | Promise<A>): Promise<A> {
  if (threads === 1) return await run();
  const engine = await threadedEngine(threads), previous = setEngine(engine);
  try {
    return await run();
  } finally {
    setEngine(previous);
    engine.close();
  }
}
