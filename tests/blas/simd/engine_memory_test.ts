import { assertEquals } from "@std/assert";
import { importEngineMemory, PAGE_BYTES } from "../../../blas/simd/engine_memory.ts";
import { ModuleBuilder } from "../../../blas/wasm/mod.ts";

Deno.test("modules import the memory as engine.memory, with the pages that they ask for", () => {
  const m = new ModuleBuilder();
  importEngineMemory(m, 2, 3);
  const module = new WebAssembly.Module(m.toBytes());
  assertEquals(WebAssembly.Module.imports(module), [{ module: "engine", name: "memory", kind: "memory" }]);
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 3 });
  new WebAssembly.Instance(module, { engine: { memory } });
  assertEquals(memory.buffer.byteLength, 2 * PAGE_BYTES);
});
