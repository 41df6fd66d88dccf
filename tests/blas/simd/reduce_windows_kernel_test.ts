import { assertEquals } from "@std/assert";
import { makeWindowsKernel } from "../../../blas/simd/reduce_windows_kernel.ts";

Deno.test("the kernel of windows reduces neighbours four at a time, and the rest one by one", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 }), bytes = 4, data = new Float32Array(memory.buffer);
  for (let k = 0; k < 24; k++) data[k] = k;
  const kernel = makeWindowsKernel(memory, "sum", "float32"), to = 64, none = [1, 0];
  // Pairs of neighbours, then blocks of two rows of twelve by two columns.
  kernel(0, to * bytes, ...none, ...none, 5, 2 * bytes, ...none, ...none, 2, bytes);
  assertEquals([...data.subarray(to, to + 6)], [1, 5, 9, 13, 17, 0]);
  kernel(0, to * bytes, ...none, ...none, 6, 2 * bytes, ...none, 2, 12 * bytes, 2, bytes);
  assertEquals([...data.subarray(to, to + 6)], [26, 34, 42, 50, 58, 66]);
});
