/**
 * Runs one workload in its own thread: its code is optimized only for its own types, and its memory is freed with the
 * thread.
 *
 * @module
 */
import { makeProbe } from "./probe.ts";
import { makeRunner, type Ready, type Runner } from "./runner.ts";
import { measureSlice, type Slice, warmUp } from "./slice.ts";
import { WORKLOADS } from "./workloads/mod.ts";
import { OPERATIONS } from "./workloads/operations.ts";

/** The two ways of running a workload. */
export type Side = "compiled" | "plain";

/** A request to the worker: first to prepare, then to measure slices. */
export type Request =
  | { readonly kind: "prepare"; readonly name: string; readonly seed: number }
  | { readonly kind: "slice"; readonly side: Side; readonly milliseconds: number };

/** The worker's replies, in the order of the requests. */
export type Reply = Ready | Slice | { readonly error: string };

/** The thread's own messages; the types of the main thread have no counterpart. */
const thread = globalThis as unknown as {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage: (reply: Reply) => void;
};

const probe = makeProbe(), calls = new Map<Side, number>();
let runner: Runner | undefined;

function answer(request: Request): Reply {
  if (request.kind === "prepare") {
    const workload = [...WORKLOADS, ...OPERATIONS].find(({ name }) => name === request.name);
    if (workload === undefined) throw new RangeError(`Cannot prepare ${request.name}: no workload has this name`);
    runner = makeRunner(workload, request.seed);
    return runner.ready;
  }
  if (runner === undefined) throw new TypeError("Cannot measure a slice: a workload must be prepared first");
  const call = runner[request.side];
  if (!calls.has(request.side)) {
    calls.set(request.side, Math.max(1, Math.round(request.milliseconds / warmUp(call))));
  }
  return measureSlice(call, calls.get(request.side)!, probe);
}

thread.onmessage = ({ data }) => {
  try {
    thread.postMessage(answer(data));
  } catch (error) {
    thread.postMessage({ error: error instanceof Error ? error.stack ?? error.message : String(error) });
  }
};
