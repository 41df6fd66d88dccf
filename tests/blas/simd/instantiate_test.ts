/**
 * Kernels as functions.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { importEngineMemory, isShared } from "../../../blas/simd/engine_memory.ts";
import { instantiateOn } from "../../../blas/simd/instantiate.ts";
import { i32, ModuleBuilder } from "../../../blas/wasm/mod.ts";

Deno.test("a kernel is a function on the memory that it is given, whether threads share it or not", () => {
  for (const shared of [true, false]) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared }), m = new ModuleBuilder();
    assertEquals(isShared(memory), shared);
    importEngineMemory(m, 1, 1, shared);
    const store = m.function(
      { name: "run", parameters: { at: "i32", x: "i32" } },
      (f, { at, x }) => f.do(i32.store(at, x)),
    );
    instantiateOn(memory, {})(m, store)(8, 42);
    assertEquals(new Int32Array(memory.buffer)[2], 42);
  }
});
