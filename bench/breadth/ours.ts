/**
 * Our side of the comparison: a thread for each workload.
 *
 * @module
 */
import type { Ready } from "./runner.ts";
import type { Slice } from "./slice.ts";
import type { Reply, Request, Side } from "./worker.ts";

/** A workload running in its thread. */
export type Ours = {
  readonly ready: Ready;
  slice(side: Side, milliseconds: number): Promise<Slice>;
  close(): void;
};

/** Starts a thread and prepares a workload in it. */
export async function startOurs(name: string, seed: number): Promise<Ours> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const ask = (request: Request): Promise<Reply> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Reply>) =>
        "error" in data ? reject(new Error(data.error)) : resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(request);
    });
  try {
    const ready = await ask({ kind: "prepare", name, seed }) as Ready; // the worker's reply to that request
    return {
      ready,
      slice: async (side, milliseconds) => await ask({ kind: "slice", side, milliseconds }) as Slice,
      close: () => worker.terminate(),
    };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
