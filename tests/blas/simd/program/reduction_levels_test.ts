import { assertEquals } from "@std/assert";
import { reductionLevels } from "../../../../blas/simd/program/reduction_levels.ts";

Deno.test("a sum of rows keeps one level and walks along the rows", () => {
  const levels = reductionLevels([10, 20], [1], [[20, 1]], 4);
  assertEquals(levels, { lengths: [10, 20], strides: [[20, 1]], kept: 1, byRows: true });
});

Deno.test("a sum of columns walks across the columns that are kept", () => {
  const levels = reductionLevels([10, 20], [0], [[20, 1]], 4);
  assertEquals(levels, { lengths: [20, 10], strides: [[1, 20]], kept: 1, byRows: false });
});

Deno.test("a sum of all joins axes without gaps, and keeps a level of length 1", () => {
  const levels = reductionLevels([10, 20], [0, 1], [[20, 1]], 4);
  assertEquals([levels.lengths, levels.kept, levels.byRows], [[1, 200], 1, true]);
});
