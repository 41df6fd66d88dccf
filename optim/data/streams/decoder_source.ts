/**
 * The program of a worker that decodes, as a string.
 *
 * @module
 */
import type { DataErrorDetails } from "../data_error.ts";

/** An item for a worker to decode, and the module whose default export decodes it. */
export type DecoderMessage = { readonly id: number; readonly module: string; readonly item: unknown };

/** A worker's answer. */
export type DecoderReply =
  | { readonly id: number; readonly value: unknown }
  | {
    readonly id: number;
    readonly problem: string;
    /** What was thrown, if it can be sent. */
    readonly error: unknown;
    /** The parts of an error of data; those of other errors are missing. */
    readonly details: Partial<DataErrorDetails>;
  };

/** Returns the program of the worker: plain JavaScript, for Node's worker threads and for Web Workers. */
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
    const problem = String(error?.message ?? error), texts = {};
    for (const name of ["action", "given", "problem", "remedy"]) {
      if (typeof error?.[name] === "string") texts[name] = error[name];
    }
    try {
      port.postMessage({ id, problem, error, details: texts });
    } catch {
      port.postMessage({ id, problem, error: undefined, details: texts });
    }
  }
}
if (node) port.on("message", receive); else globalThis.onmessage = ({ data }) => receive(data);
`;
