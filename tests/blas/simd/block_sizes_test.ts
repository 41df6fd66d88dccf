import { assert, assertEquals } from "@std/assert";
import { DEFAULT_BLOCKS, passOf, rowsOf } from "../../../blas/simd/block_sizes.ts";
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
