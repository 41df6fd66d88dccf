/**
 * Barriers and their control words, seen from one thread.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { barrierFunction } from "../../../../../blas/simd/program/team/barrier.ts";
import {
  abandon,
  CONTROL,
  controlBytes,
  MOST_LOOKS,
  resetControl,
} from "../../../../../blas/simd/program/team/control.ts";
import { call, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";

/** A barrier of two threads, and its words. */
function barrierOfTwo(patience: number) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }), m = new ModuleBuilder();
  m.importMemory({ module: "engine", name: "memory" }, { minimum: 1, maximum: 1, shared: true });
  const barrier = barrierFunction(m, 64), parameters = { thread: "i32", threads: "i32" } as const;
  m.function({ name: "wait", parameters }, (f, { thread, threads }) => f.do(call(barrier, thread, threads)));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { engine: { memory } });
  const words = new Int32Array(memory.buffer, 64, controlBytes(2) / 4);
  resetControl(words, 2, patience);
  return { words, wait: exports.wait as (thread: number, threads: number) => void };
}

Deno.test("one thread alone does not wait", () => barrierOfTwo(0).wait(0, 1));

Deno.test("the last thread goes on at once, and so does the first if the last is there", () => {
  const { words, wait } = barrierOfTwo(0), arrivals = CONTROL.arrivals / 4;
  for (let round = 1; round <= 3; round++) {
    words[arrivals]!++;
    wait(round % 2, 2);
    words[CONTROL.targets / 4] = 2 * round;
    words[(CONTROL.targets + 64) / 4] = 2 * round;
    assertEquals(words[arrivals], 2 * round);
  }
});

Deno.test("a thread gives up where another one failed, or does not come", () => {
  const { words, wait } = barrierOfTwo(0);
  assertThrows(() => wait(0, 2), WebAssembly.RuntimeError);
  assertEquals(words[CONTROL.failed / 4], 1);
  resetControl(words, 2, 60);
  abandon(words);
  assertThrows(() => wait(1, 2), WebAssembly.RuntimeError);
});

Deno.test("threads that sleep at barriers poll for long again at one of 32", () => {
  const { words, wait } = barrierOfTwo(0), arrivals = CONTROL.arrivals / 4, looks = CONTROL.looks / 4;
  words[looks] = 0;
  words[arrivals] = 1000; // the other thread is always there
  for (let barrier = 1; barrier < 32; barrier++) {
    wait(0, 2);
    assertEquals(words[looks], 0);
  }
  wait(0, 2);
  assert(words[looks]! >= MOST_LOOKS);
});

Deno.test("a thread that has slept once polls nearly as long the next time", () => {
  const { words, wait } = barrierOfTwo(1);
  assertThrows(() => wait(0, 2), WebAssembly.RuntimeError); // it sleeps once, and gives up
  assertEquals(words[CONTROL.looks / 4], MOST_LOOKS * 7 / 8);
});
