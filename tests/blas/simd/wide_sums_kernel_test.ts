import { assertEquals } from "@std/assert";
import { buildWideSums } from "../../../blas/simd/wide_sums_kernel.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "./kernel_memory.ts";

for (const [_, fused] of KERNEL_VARIANTS.filter(([dtype]) => dtype === "float32")) {
  const { run, put, take, memory } = kernelMemory("float32", fused, buildWideSums);
  const wide = new Float64Array(memory.buffer);

  Deno.test(`carry() moves float32 sums to float64 ones, and narrow() rounds those${fused ? ", fused" : ""}`, () => {
    for (const n of [1, 3, 4, 9]) {
      const x = put(16, [...wholes(n), 42]), at = 100; // the address of float64 number 100 is 800
      wide.fill(0, at, at + n + 1).fill(2 ** 40, at, at + n);
      run("carry", n, x, 8 * at);
      assertEquals(take(16, n + 1), [...new Array<number>(n).fill(0), 42]);
      assertEquals([...wide.subarray(at, at + n + 1)], [...wholes(n).map((value) => 2 ** 40 + value), 0]);
      wide.set(wholes(n).map((value) => value + 2 ** -40), at);
      run("narrow", n, 8 * at, x);
      assertEquals(take(16, n + 1), [...wholes(n).map((value) => Math.fround(value + 2 ** -40)), 42]);
    }
  });
}
