import { assertEquals, assertLess } from "@std/assert";
import { buildGemv } from "../../../blas/simd/gemv_kernel.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "./kernel_memory.ts";

const SIZES = [[1, 1], [3, 2], [4, 8], [5, 17], [9, 4], [2, 30], [17, 5], [6, 300], [2, 1000]] as const, GAP = 3;

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const where = `in ${dtype}${fused ? " with fused multiply-add" : ""}`;
  const { run, put, take, lanes: { bytes } } = kernelMemory(dtype, fused, buildGemv);
  const times = (
    m: number,
    n: number,
    at: (i: number, j: number) => number,
    x: readonly number[],
    y: readonly number[],
  ) => Array.from({ length: m }, (_, i) => x.slice(0, n).reduce((sum, value, j) => sum + at(i, j) * value, y[i]!));

  Deno.test(`rows(), columns() and strided() add a matrix times a vector ${where}`, () => {
    for (const [m, n] of SIZES) {
      const matrix = wholes((m + GAP) * (n + GAP), 3), a = put(2000, matrix), x = wholes(n, 2), y = wholes(m, 4);
      const place = (): [number, number] => [put(16, x), put(1500, [...y, 42])];
      run("rows", m, n, a, (n + GAP) * bytes, ...place());
      assertEquals(take(1500, m + 1), [...times(m, n, (i, j) => matrix[i * (n + GAP) + j]!, x, y), 42]);
      run("columns", m, n, a, (m + GAP) * bytes, ...place());
      assertEquals(take(1500, m + 1), [...times(m, n, (i, j) => matrix[j * (m + GAP) + i]!, x, y), 42]);
      // Backwards along the columns.
      const last = (n - 1) * (m + GAP);
      run("strided", m, n, a + last * bytes, bytes, -(m + GAP) * bytes, ...place());
      assertEquals(take(1500, m + 1), [...times(m, n, (i, j) => matrix[last - j * (m + GAP) + i]!, x, y), 42]);
    }
  });

  Deno.test(`outer() adds the products of two vectors, and leaves the gaps between rows ${where}`, () => {
    for (const [m, n] of SIZES) {
      const step = n + GAP, matrix = wholes(m * step, 3), x = wholes(m, 2), y = wholes(n, 4);
      run("outer", m, n, put(2000, matrix), step * bytes, put(16, x), put(500, y));
      const wanted = matrix.map((value, k) => {
        const i = Math.floor(k / step), j = k % step;
        return j < n ? value + x[i]! * y[j]! : value;
      });
      assertEquals(take(2000, m * step), wanted);
    }
  });

  Deno.test(`combine() does not read what a factor of 0 leaves out ${where}`, () => {
    const x = put(16, [1, 2, 3]);
    run("combine", 3, 2, x, 0, put(500, [NaN, Infinity, 5, 6]));
    assertEquals(take(500, 4), [2, 4, 6, 6]);
    run("combine", 3, -1, x, 10, 500 * bytes);
    assertEquals(take(500, 4), [19, 38, 57, 6]);
  });
}

for (const [_, fused] of KERNEL_VARIANTS.filter(([dtype]) => dtype === "float32")) {
  const { run, put, take } = kernelMemory("float32", fused, buildGemv);

  Deno.test(`rows() keeps what a long chain of float32 would lose${fused ? ", fused" : ""}`, () => {
    const n = 4000, ones = new Array<number>(n).fill(1), tenths = new Array<number>(n).fill(0.1);
    for (const m of [1, 4]) {
      const a = put(8192, new Array(m).fill(tenths).flat());
      run("rows", m, n, a, 4 * n, put(16, ones), put(6000, new Array<number>(m).fill(0)));
      for (const sum of take(6000, m)) assertLess(Math.abs(sum / (n * Math.fround(0.1)) - 1), 2e-7);
    }
  });
}
