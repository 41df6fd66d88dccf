import { assertEquals } from "@std/assert";
import { laneInstructionsOf } from "../../../blas/simd/lane_instructions.ts";
import { buildScatter } from "../../../blas/simd/scatter_kernel.ts";
import { ModuleBuilder } from "../../../blas/wasm/mod.ts";

type Kernel = (...numbers: readonly number[]) => number;

Deno.test("the kernels add elements, and rows, where indices say, equal ones one after the other", () => {
  const memory = new WebAssembly.Memory({ initial: 1 }), m = new ModuleBuilder();
  m.importMemory({ module: "test", name: "memory" }, { minimum: 1 });
  buildScatter(m, laneInstructionsOf("float32", false));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { test: { memory } });
  const { addElements, addRows } = exports as { readonly [name: string]: Kernel };
  const data = new Float32Array(memory.buffer), [x, at, y] = [64, 256, 512] as const, bytes = 4;
  data.set([1, 2, 3, 4, 5, 10, 20, 30, 40, 50], x);
  data.set([1, 1, 0.5, -9, 99, NaN, 1, 1, 2, 2], at);
  addElements!(2, 5, x * bytes, at * bytes, y * bytes, 3 * bytes, bytes, 0, 2);
  assertEquals([...data.subarray(y, y + 6)], [4, 6, 5, 10, 50, 90]);
  data.fill(0, y, y + 6);
  addElements!(1, 2, x * bytes, at * bytes, y * bytes, 0, 2 * bytes, bytes, 2);
  assertEquals([...data.subarray(y, y + 6)], [0, 0, 1, 2, 0, 0]);
  data.fill(0, y, y + 10);
  addRows!(2, 5, x * bytes, at * bytes, y * bytes, 5 * bytes, 1);
  assertEquals([...data.subarray(y, y + 10)], [0, 0, 0, 0, 0, 11, 22, 33, 44, 55]);
});
