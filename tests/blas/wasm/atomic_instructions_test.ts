/**
 * Atomic instructions, in a module on shared memory.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { ATOMIC_INSTRUCTIONS } from "../../../blas/wasm/atomic_instructions.ts";
import { constant, i32, memory, ModuleBuilder } from "../../../blas/wasm/mod.ts";

Deno.test("atomic instructions add, load and store, and do not wait for a value that is not there", () => {
  const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }), m = new ModuleBuilder();
  m.importMemory({ module: "engine", name: "memory" }, { minimum: 1, maximum: 1, shared: true });
  const at = { parameters: { at: "i32" }, result: "i32" } as const;
  m.function({ name: "load", ...at }, (f, { at }) => f.push(i32["atomic.load"](at, 8)));
  m.function({ name: "add", ...at }, (f, { at }) => f.push(i32["atomic.rmw.add"](at, 5, 8)));
  m.function({ name: "store", parameters: { at: "i32" } }, (f, { at }) => f.do(i32["atomic.store"](at, 7, 8)));
  m.function({ name: "wait", ...at }, (f, { at }) => f.push(memory["atomic.wait32"](at, 7, constant("i64", 1000n), 8)));
  m.function({ name: "notify", ...at }, (f, { at }) => f.push(memory["atomic.notify"](at, -1, 8)));
  m.function({ name: "exchange", ...at }, (f, { at }) => f.push(i32["atomic.rmw.cmpxchg"](at, 12, 21, 8)));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { engine: { memory: shared } });
  const { load, add, store, wait, notify, exchange } = exports as { readonly [name: string]: (at: number) => number };
  store!(8);
  assertEquals([load!(8), add!(8), load!(8)], [7, 7, 12]);
  assertEquals(new Int32Array(shared.buffer)[4], 12);
  assertEquals([exchange!(8), exchange!(8), load!(8)], [12, 21, 21]);
  assertEquals([wait!(8), notify!(8)], [1, 0]);
  store!(8);
  assertEquals(wait!(8), 2);
  assertThrows(() => load!(2), WebAssembly.RuntimeError);
  assertEquals(Object.values(ATOMIC_INSTRUCTIONS).join(" ").includes("atomic"), true);
});
