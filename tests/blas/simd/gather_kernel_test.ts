import { assertEquals } from "@std/assert";
import { buildGather } from "../../../blas/simd/gather_kernel.ts";
import { laneInstructionsOf } from "../../../blas/simd/lane_instructions.ts";
import { ModuleBuilder } from "../../../blas/wasm/mod.ts";

type Kernel = (...numbers: readonly number[]) => number;

Deno.test("the kernels pick lines along rows and across them, and tell whether numbers are whole", () => {
  const memory = new WebAssembly.Memory({ initial: 1 }), m = new ModuleBuilder();
  m.importMemory({ module: "test", name: "memory" }, { minimum: 1 });
  buildGather(m, laneInstructionsOf("float32", false));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { test: { memory } });
  const { along, across, within } = exports as { readonly [name: string]: Kernel };
  const data = new Float32Array(memory.buffer), [x, at, y] = [64, 256, 512] as const, bytes = 4;
  data.set([10, 11, 12, 20, 21, 22], x);
  data.set([2, 0, 0.5, -9, 99, NaN, 1, 1], at);
  along!(2, 3, x * bytes, 3 * bytes, at * bytes, 3 * bytes, y * bytes, bytes, 2);
  assertEquals([...data.subarray(y, y + 6)], [12, 10, 11, 20, 22, 20]);
  across!(1, 3, x * bytes, 0, (at + 5) * bytes, 0, y * bytes, 3 * bytes, 1);
  assertEquals([...data.subarray(y, y + 3)], [10, 21, 22]);
  assertEquals([within!(4, (at + 4) * bytes, 0, 99), within!(2, (at + 6) * bytes, 0, 1)], [0, 1]);
});
