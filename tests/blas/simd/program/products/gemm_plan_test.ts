/**
 * How products are cut, and which way they are computed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { planOf, problemOf, tileRows } from "../../../../../blas/simd/program/products/gemm_plan.ts";
import type { DType } from "../../../../../blas/dtype.ts";
import type { Operand } from "../../../../../blas/program/program.ts";
import { turned, whole } from "./run_product.ts";

Deno.test("tileRows() cuts rows into as few tiles as there can be, of at most two sizes if there are 25 rows or more", () => {
  for (let rows = 25; rows < 200; rows++) {
    const tiles = tileRows(rows);
    assertEquals(tiles.reduce((sum, { count }) => sum + count, 0), Math.ceil(rows / 6));
    assertEquals(tiles.length <= 2, true, `${rows} rows`);
  }
});

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

const square = (order: string, m: number, k: number, n: number, blocks = false) => {
  const a = order[0] === "n" ? whole(0, [m, k]) : turned(whole(0, [k, m]));
  const b = order[1] === "n" ? whole(1, [k, n]) : turned(whole(1, [n, k]));
  const { form, upright, packed, transposed: isTransposed } = planOf(problemOf(a, b), "float32", blocks);
  return { form, upright, packed, transposed: isTransposed };
};

Deno.test("planOf() computes ragged products along the axis of sums, and packs what does not lie along it", () => {
  const along = { form: "dot", transposed: false } as const;
  assertEquals(square("nn", 256, 256, 33), { ...along, upright: false, packed: "columns" });
  assertEquals(square("tn", 256, 256, 33), { ...along, upright: true, packed: "columns" });
  assertEquals(square("nt", 256, 256, 33), { ...along, upright: false, packed: false });
  assertEquals(square("tt", 33, 256, 256), { form: "dot", transposed: true, upright: false, packed: "columns" });
});

Deno.test("planOf() keeps panels where they are nearly full, and packs nothing for few rows or little to add up", () => {
  assertEquals(square("nn", 300, 40, 300).form, "outer");
  assertEquals(square("nn", 8, 256, 33), { form: "outer", transposed: false, upright: false, packed: false });
  assertEquals(square("nn", 500, 5, 33).form, "outer");
  assertEquals(square("nt", 500, 5, 500), { form: "outer", transposed: false, upright: false, packed: "panels" });
});

Deno.test("planOf() packs a first matrix whose columns crowd the cache, and computes short sums where they go", () => {
  assertEquals(square("tn", 1024, 256, 1024), { form: "outer", transposed: false, upright: true, packed: "panels" });
  assertEquals(square("tn", 256, 256, 64).upright, false);
  assertEquals(square("tt", 512, 10, 512), { form: "outer", transposed: false, upright: false, packed: "panels" });
});

Deno.test("planOf() adds products with few results wholly in float64, repeated operands too, but not those backwards", () => {
  const plan = (a: Operand, b: Operand, dtype: DType = "float32") => planOf(problemOf(a, b), dtype, false).exact;
  const row = whole(0, [1, 64]), column = whole(1, [64, 2]);
  const repeated = { ...row, shape: [2, 64], stride: [0, 1] }, constant = { ...column, stride: [0, 0] };
  assertEquals([plan(row, column), plan(repeated, column), plan(row, constant)], ["all", "all", "all"]);
  const backwards = { ...row, stride: [64, -1], offset: 63 }, from = { ...column, stride: [-2, 1], offset: 126 };
  assertEquals([plan(backwards, column), plan(row, from)].includes("all"), false);
  assertEquals(plan(row, column, "float64") === "all", false);
});
