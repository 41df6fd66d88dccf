import { assertEquals } from "@std/assert";
import { buildGemm } from "../../../blas/simd/gemm_kernel.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "./kernel_memory.ts";

/** Rows, columns, depth: less than a tile, whole tiles, and edges of every kind. */
const SIZES = [[1, 1, 1], [6, 8, 4], [7, 9, 5], [13, 17, 11], [3, 20, 1], [12, 3, 9]] as const;
const A = 2000, B = 4000, C = 6000, ROWS = 8000, PANELS = 10_000, SPARE = 20_000;

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const where = `in ${dtype}${fused ? " with fused multiply-add" : ""}`;
  const { run, put, take, lanes: { bytes } } = kernelMemory(dtype, fused, buildGemm);

  Deno.test(`gemm() over small blocks equals three plain loops, for operands that are transposed too ${where}`, () => {
    for (const [m, n, k] of SIZES) {
      for (const [turnedA, turnedB] of [[false, false], [true, false], [false, true], [true, true]]) {
        const [aRow, aColumn] = turnedA ? [1, m] : [k, 1], [bRow, bColumn] = turnedB ? [1, k] : [n, 1];
        const a = wholes(2 * m * k, 2), b = wholes(k * n, 3), c = wholes(2 * m * n, 4);
        [[A, a], [B, b], [C, [...c, 99]]].forEach(([at, numbers]) => put(at as number, numbers as number[]));
        const sizes = [2, m, n, k], strides = (...list: number[]) => list.map((stride) => stride * bytes);
        // Two products of one `b`, in blocks of 6 rows and 4 steps.
        run(
          "gemm",
          ...sizes,
          ...strides(A, m * k, aRow!, aColumn!, B, 0, bRow!, bColumn!, C, m * n, n),
          6,
          4,
          ...strides(ROWS, k + 1, PANELS, SPARE),
          0,
          2,
          -1,
        );
        const wanted = c.map((old, at) => {
          const batch = Math.floor(at / (m * n)), i = Math.floor(at / n) % m, j = at % n;
          let sum = 0;
          for (let p = 0; p < k; p++) {
            sum += a[batch * m * k + i * aRow! + p * aColumn!]! * b[p * bRow! + j * bColumn!]!;
          }
          return 2 * sum - old;
        });
        assertEquals(take(C, 2 * m * n + 1), [...wanted, 99], `${[m, n, k, turnedA, turnedB]}`);
      }
    }
  });

  Deno.test(`gemm() with a factor of 0 does not read what was there ${where}`, () => {
    put(A, [1, 2]), put(B, [3, 4]), put(C, [NaN, 5]);
    const at = (element: number) => element * bytes;
    run(
      "gemm",
      1,
      1,
      1,
      2,
      at(A),
      0,
      at(2),
      at(1),
      at(B),
      0,
      at(1),
      at(1),
      at(C),
      0,
      at(1),
      6,
      4,
      at(ROWS),
      at(2),
      at(PANELS),
      at(SPARE),
      0,
      1,
      0,
    );
    assertEquals(take(C, 2), [11, 5]);
  });
}
