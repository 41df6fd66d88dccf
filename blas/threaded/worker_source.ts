/**
 * The code of a worker thread of a pool, as text: a worker that starts from text needs no file, no network and no permission.
 *
 * @module
 */
import { hugeAngleFunctions } from "../simd/math/huge_angle.ts";
import type { NativeCode } from "../simd/program/team/team.ts";
import { CLOSED, COMMANDS, WORDS } from "./words.ts";

/** A message to a worker thread. */
export type WorkerMessage =
  | { readonly kind: "start"; readonly buffer: SharedArrayBuffer; readonly thread: number; readonly threads: number }
  | {
    readonly kind: "program";
    readonly id: number;
    readonly module: WebAssembly.Module;
    readonly memory: WebAssembly.Memory;
    /** The indices, in the program's memory, of the words for failed threads and for arrivals. */
    readonly failed: number;
    readonly arrivals: number;
    readonly names: readonly string[];
    readonly native?: NativeCode;
  }
  | { readonly kind: "forget"; readonly id: number }
  /** Tells the thread to wait for commands again. */
  | { readonly kind: "resume" };

/** A message from a worker thread. */
export type WorkerReply = { readonly kind: "ready" } | { readonly kind: "failed"; readonly message: string };

/** Returns the text of the worker. It is plain JavaScript, for Node's worker threads and for Web Workers. */
export const workerSource = (): string =>
  `"use strict";
const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
const port = node?.parentPort ?? globalThis;
const W = ${JSON.stringify(WORDS)}, C = ${JSON.stringify(COMMANDS)};
const angles = (${hugeAngleFunctions.toString()})();
const refuse = () => { throw new RangeError("not an index"); };
const now = () => performance.now();
const programs = new Map();
let words, thread, threads, seen = 0, search;
function callerOf({ library, argument, addresses }) {
  const parameters = ["usize", "usize", "usize", "usize", "usize"];
  search ??= Deno.dlopen(library, { bsearch: { parameters, result: "usize" } }).symbols.bsearch;
  return (number) => search(argument, argument, 1n, 1n, addresses[number]) != 0;
}
function fail(error, program) {
  if (program !== undefined) {
    Atomics.store(program.words, program.failed, 1);
    Atomics.notify(program.words, program.arrivals);
  }
  Atomics.store(words, W.failed, 1);
  port.postMessage({ kind: "failed", message: String(error?.message ?? error) });
}
function finish() {
  Atomics.add(words, W.finished, 1);
  if (Atomics.load(words, W.waiting) !== 0) Atomics.notify(words, W.finished);
}
function answer() {
  for (let round = 0, until = performance.now() + 1000, looks = 0;;) {
    const now = Atomics.load(words, W.round);
    if (now < 0 || (++looks % 1024 === 0 && performance.now() > until)) return;
    if (now === round) continue;
    round = now;
    Atomics.add(words, W.answers, 1);
  }
}
function join() {
  for (let gate = Atomics.load(words, W.gate); (gate & ${CLOSED}) === 0;) {
    const found = Atomics.compareExchange(words, W.gate, gate, gate + 1);
    if (found === gate) return true;
    gate = found;
  }
  return false;
}
function leave() {
  Atomics.sub(words, W.gate, 1);
  if (Atomics.load(words, W.waiting) !== 0) Atomics.notify(words, W.gate);
}
function park() {
  for (;;) {
    let looks = words[W.looks];
    while (Atomics.load(words, W.generation) === seen) {
      if (looks-- > 0) continue;
      Atomics.add(words, W.sleeping, 1);
      Atomics.wait(words, W.generation, seen);
      Atomics.sub(words, W.sleeping, 1);
    }
    seen = Atomics.load(words, W.generation);
    const command = Atomics.load(words, W.command);
    if (command === C.run || (command === C.join && join())) {
      const program = programs.get(Atomics.load(words, W.program));
      try {
        program.runs[Atomics.load(words, W.segment)](thread, threads);
      } catch (error) {
        fail(error, program);
      }
      if (command === C.join) leave();
    }
    if (command === C.answer) answer();
    finish();
    if (command === C.receive) return;
  }
}
function receive(message) {
  switch (message.kind) {
    case "start":
      words = new Int32Array(message.buffer);
      thread = message.thread;
      threads = message.threads;
      port.postMessage({ kind: "ready" });
      return park();
    case "program":
      try {
        const { memory, failed, arrivals, native } = message, generated = native ? callerOf(native) : refuse;
        const { exports } = new WebAssembly.Instance(message.module, { engine: { memory, refuse, generated, now, ...angles } });
        const own = { words: new Int32Array(memory.buffer), failed, arrivals };
        programs.set(message.id, { ...own, runs: message.names.map((name) => exports[name]) });
      } catch (error) {
        fail(error, undefined);
      }
      return;
    case "forget":
      return void programs.delete(message.id);
    case "resume":
      return park();
  }
}
if (node) port.on("message", receive); else globalThis.onmessage = ({ data }) => receive(data);
`;
