/**
 * What a worker that decodes runs, as text.
 *
 * @module
 */

/** An item for a worker to decode, and the module whose default export decodes it. */
export type DecoderMessage = { readonly id: number; readonly module: string; readonly item: unknown };

/** A worker's answer. */
export type DecoderReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly problem: string; readonly error: unknown };

/** Returns the text of the worker: plain JavaScript, for Node's worker threads and for Web Workers. */
export const decoderSource = (): string =>
  `"use strict";
const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
const port = node?.parentPort ?? globalThis;
let decode;
async function receive({ id, module, item }) {
  try {
    decode ??= (await import(module)).default;
    if (typeof decode !== "function") throw new TypeError("its default export must be a function of an item");
    const value = await decode(item);
    port.postMessage({ id, value });
  } catch (error) {
    const problem = String(error?.message ?? error);
    try {
      port.postMessage({ id, problem, error });
    } catch {
      port.postMessage({ id, problem, error: undefined });
    }
  }
}
if (node) port.on("message", receive); else globalThis.onmessage = ({ data }) => receive(data);
`;
