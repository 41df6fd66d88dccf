import { assert, assertEquals } from "@std/assert";
import { DEFAULT_BLOCKS, isExactProduct, passOf, rowsOf, sumChains } from "../../../blas/simd/block_sizes.ts";
import { TILE_ROWS } from "../../../blas/simd/micro_kernel.ts";

Deno.test("passes over k are about equal, multiples of 4, and no longer than allowed", () => {
  assertEquals([1, 4, 384, 385, 1000].map((k) => passOf(k, 384)), [4, 4, 384, 196, 336]);
  assertEquals(passOf(0, 384), 0);
});

Deno.test("blocks of rows are whole tiles within the given bytes, but at least four rows", () => {
  for (const rowBytes of [16, 100, 1536, 4096]) {
    const rows = rowsOf(rowBytes, DEFAULT_BLOCKS);
    assertEquals(rows % TILE_ROWS, 0);
    assert(rows * rowBytes <= DEFAULT_BLOCKS.bytes);
  }
  assertEquals(rowsOf(1e9, DEFAULT_BLOCKS), 4 * TILE_ROWS);
});

Deno.test("products of float32 are exact from 32 terms on, with up to 8 results; convolutions of few sum in chains of 16", () => {
  assertEquals([[8, 32], [8, 31], [9, 32]].map(([results, terms]) => isExactProduct(results!, terms!, "float32")), [
    true,
    false,
    false,
  ]);
  assertEquals(isExactProduct(8, 32, "float64"), false);
  assertEquals(sumChains(1, "float32").terms, 16);
  assertEquals(sumChains(1e9, "float32").terms, 128);
  assertEquals(sumChains(1, "float64").chains, Infinity);
});
