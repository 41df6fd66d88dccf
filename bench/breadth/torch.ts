/**
 * PyTorch's side of the comparison: one Python process that answers requests in lines of JSON.
 *
 * @module
 */
import { drawFor } from "./draw.ts";
import type { Fingerprint } from "./fill.ts";
import { startLineProcess } from "./line_process.ts";
import type { Slice } from "./slice.ts";
import type { Workload } from "./workload.ts";

/** A running PyTorch process. */
export type Torch = {
  /** GFLOP/s of its small matrix products. */
  readonly probe: number;
  /** Prepares a workload, and returns the fingerprints of its results. */
  prepare(workload: Workload, seed: number): Promise<readonly Fingerprint[]>;
  slice(milliseconds: number): Promise<Slice>;
  close(): Promise<void>;
};

/** One thread, whichever library computes the products. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1", BLIS_NUM_THREADS: "1" };

/** Starts the twin with Debian's Python; returns `undefined` if PyTorch is not installed. */
export async function startTorch(): Promise<Torch | undefined> {
  const script = new URL("./torch_breadth.py", import.meta.url).pathname;
  const started = await startLineProcess("PyTorch", "/usr/bin/python3", { args: [script], env: ONE_THREAD });
  if (started === undefined) return undefined;
  const { process: { ask, close }, greeting } = started;
  return {
    probe: (greeting as { readonly probe: number }).probe, // what the script prints first
    prepare: async (workload, seed) => {
      // The reply to that request.
      return (await ask(requestFor(workload, seed)) as { readonly prints: readonly Fingerprint[] }).prints;
    },
    slice: async (milliseconds) => await ask({ kind: "slice", milliseconds }) as Slice, // the reply to that request
    close,
  };
}

/** Returns a workload in the form that the twin receives, with the same shapes that we draw for ourselves. */
export function requestFor(workload: Workload, seed: number) {
  const { name, twin, dtype, mode } = workload,
    draw = drawFor(seed, name),
    common = { kind: "prepare", name, twin, dtype, mode };
  if (workload.mode === "train") {
    const { params, data, settings = {} } = workload.draw(draw);
    return { ...common, inputs: [...params, ...data], params: params.length, optimizer: workload.optimizer, settings };
  }
  const { inputs, settings = {} } = workload.draw(draw);
  return { ...common, inputs, settings };
}
