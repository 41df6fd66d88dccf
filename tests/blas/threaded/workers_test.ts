/**
 * Worker threads: their text, and their messages.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { startWorker } from "../../../blas/threaded/start_workers.ts";
import { type WorkerMessage, type WorkerReply, workerSource } from "../../../blas/threaded/worker_source.ts";
import { COMMANDS, WORDS } from "../../../blas/threaded/words.ts";

Deno.test("the text of a worker is a script of its own", () => {
  assert(typeof new Function(workerSource()) === "function");
  assert(!workerSource().includes("import "));
});

Deno.test("a worker says that it is ready, does what it is told, and ends", async () => {
  const buffer = new SharedArrayBuffer(4 * WORDS.count), words = new Int32Array(buffer);
  const ready = Promise.withResolvers<WorkerReply>(), ended = Promise.withResolvers<string>();
  const worker = startWorker<WorkerMessage, WorkerReply>(workerSource(), {
    onReply: ready.resolve,
    onEnd: ended.resolve,
  });
  worker.send({ kind: "start", buffer, thread: 1, threads: 2 });
  assertEquals((await ready.promise).kind, "ready");
  for (const count of [1, 2]) {
    worker.send({ kind: "resume" });
    Atomics.store(words, WORDS.command, COMMANDS.receive);
    Atomics.add(words, WORDS.generation, 1);
    Atomics.notify(words, WORDS.generation);
    while (Atomics.load(words, WORDS.finished) < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  worker.end();
  assert((await ended.promise).includes("ended"));
});
