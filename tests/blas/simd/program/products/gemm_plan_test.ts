/**
 * How products are cut, and which way they are computed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { planOf, problemOf, tileRows } from "../../../../../blas/simd/program/products/gemm_plan.ts";
import { turned, whole } from "./run_product.ts";

Deno.test("tileRows() covers all rows, and has tiles of fewer than 4 only if there is no other way", () => {
  for (let rows = 0; rows < 200; rows++) {
    const tiles = tileRows(rows);
    assertEquals(tiles.reduce((sum, { rows, count }) => sum + rows * count, 0), rows);
    if (rows >= 8) assert(tiles.every(({ rows }) => rows >= 4), `${rows}`);
  }
});

Deno.test("problemOf() makes one product of a batch of consecutive matrices times one matrix", () => {
  const b = { value: 1, shape: [2, 5, 4, 6], stride: [0, 0, 6, 1], offset: 0 };
  const { m, batch, unit } = problemOf(whole(0, [2, 5, 3, 4]), b);
  assertEquals({ m, batch, unit }, { m: 30, batch: [], unit: 15 });
  assertEquals(problemOf(whole(0, [2, 5, 3, 4]), whole(1, [2, 5, 4, 6])).batch.length, 2);
});

Deno.test("planOf() packs nothing for the three products of a dense layer at batch 32", () => {
  const x = whole(0, [32, 784]), weight = whole(1, [128, 784]), y = whole(2, [32, 128]);
  const plans = [[x, turned(weight)], [turned(y), x], [y, weight]] as const;
  assertEquals(
    plans.map(([a, b]) => planOf(problemOf(a, b), "float32", false)).map(({ form, packed }) => [form, packed]),
    [["dot", false], ["outer", false], ["outer", false]],
  );
});
