/**
 * The sides of the comparison with other libraries, each in its own process or thread.
 *
 * @module
 */
import type { Fingerprint } from "../breadth/fill.ts";
import { type LineProcess, startLineProcess } from "../breadth/line_process.ts";
import { startOurs } from "../breadth/ours.ts";
import type { Slice } from "../breadth/slice.ts";
import { requestFor, type Torch } from "../breadth/torch.ts";
import type { Workload } from "../breadth/workload.ts";
import { SEED } from "./workloads.ts";

/** The names of the sides, in the order of the table. */
export const SIDES = ["nanograd, compiled", "nanograd, plain", "PyTorch", "jax-js", "TensorFlow.js"] as const;
/** One of them. */
export type SideName = typeof SIDES[number];

/** A side that is ready to be measured. */
export type Side = {
  readonly prints: readonly Fingerprint[];
  /** A remark about its times. */
  readonly note?: string;
  slice(milliseconds: number): Promise<Slice>;
  close(): void | Promise<void>;
};

/** The folder of the programs for npm libraries, which have their own `package.json`. */
const RIVALS = new URL("./rivals/", import.meta.url);

/** Installs them, if they are not installed. */
export async function installRivals(): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["install", "--quiet"], cwd: RIVALS }).output();
  if (!success) {
    throw new Error("Cannot install jax-js and TensorFlow.js: npm must be reachable; try again with a network");
  }
}

async function startRival(name: string, program: string, workload: Workload): Promise<Side> {
  const args = ["run", "-A", "--quiet", "--no-check", program];
  const started = await startLineProcess(name, Deno.execPath(), { args, cwd: RIVALS });
  if (started === undefined) throw new Error(`${name} did not start`);
  const { process }: { readonly process: LineProcess } = started;
  try {
    const ready = await process.ask(requestFor(workload, SEED)) as Pick<Side, "prints" | "note">; // its reply to that
    const slice = async (milliseconds: number) => await process.ask({ kind: "slice", milliseconds }) as Slice; // and that
    return { ...ready, slice, close: process.close };
  } catch (error) {
    await process.close();
    throw error;
  }
}

/** Starts both of our sides, in one thread. */
export async function startNanograd(workload: Workload): Promise<{ readonly [S in SideName]?: Side }> {
  const { ready, slice, close } = await startOurs(workload.name, SEED);
  return {
    "nanograd, compiled": { prints: ready.compiled, slice: (time) => slice("compiled", time), close },
    "nanograd, plain": { prints: ready.plain, slice: (time) => slice("plain", time), close: () => {} },
  };
}

/** Starts another library's side. */
export async function startPeer(name: SideName, workload: Workload, torch: Torch | undefined): Promise<Side> {
  if (name === "jax-js") return await startRival(name, "jax.ts", workload);
  if (name === "TensorFlow.js") return await startRival(name, "tensorflow.ts", workload);
  if (torch === undefined) throw new Error("PyTorch is not installed");
  return { prints: await torch.prepare(workload, SEED), slice: torch.slice, close: () => {} };
}
