import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutRows, mostRows, planProduct } from "../../../../blas/machine/products/plan.ts";
import { plainDepth } from "../../../../blas/machine/products/tile.ts";

Deno.test("tiles cover all rows, and none is larger than the registers allow", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 30 }), (rows, most) => {
    const tiles = cutRows(rows, most);
    assertEquals(tiles.reduce((sum, tile) => sum + tile.rows * tile.count, 0), rows);
    assertEquals(tiles.every((tile) => tile.rows >= 1 && tile.rows <= most && tile.count >= 1), true);
  }));
});

Deno.test("a tile's sums, factors and mask fit in the registers", () => {
  assertEquals([1, 2, 3, 4].map((vectors) => mostRows(vectors, 256)), [13, 6, 3, 2]);
  assertEquals([1, 2, 3, 4].map((vectors) => mostRows(vectors, 512)), [30, 14, 9, 6]);
});

Deno.test("plain terms are counted once, in a loop or after it", () => {
  for (const count of [1, 3, 4, 9]) {
    const { loops, terms, tail } = plainDepth(count, 4, 64);
    assertEquals(loops[0]!.turns * terms.length + tail.length, count);
  }
});

Deno.test("products without code of their own are left to others", () => {
  const plan = (m: number, n: number, k: number, b: { readonly row: number; readonly column: number }) =>
    planProduct({ dtype: "float32", m, n, k, a: { row: k, column: 1 }, b, c: n }, 256);
  assertEquals(plan(8, 3, 8, { row: 3, column: 1 }), undefined); // few columns
  assertEquals(plan(8, 8, 8, { row: 30, column: 2 }), undefined); // no vectors in the second matrix
  assertEquals(plan(8, 8, 10_000, { row: 8, column: 1 }), undefined); // sums so long that they are in float64
  assertEquals(plan(8, 8, 8, { row: 8, column: 1 })!.packed, false);
  assertEquals(plan(64, 64, 64, { row: 64, column: 1 })!.packed, false); // it stays in the cache
  assertEquals(plan(64, 128, 64, { row: 128, column: 1 })!.packed, "rows");
  assertEquals(plan(64, 64, 64, { row: 1, column: 64 })!.packed, "columns");
});
