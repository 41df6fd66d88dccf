import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { callsOf, chainOf } from "../../../../../blas/simd/program/products/conv_chains.ts";

const length = fc.integer({ min: 1, max: 300 }), few = fc.integer({ min: 1, max: 40 });

/** Sizes of which only those that chains depend on are given; channels and kernels make `k` elements for each filter. */
const sizes = (filters: number, k: number, outputHeight: number, outputWidth: number) => ({
  batch: 1,
  groups: 1,
  filters,
  channels: k,
  kernelHeight: 1,
  kernelWidth: 1,
  height: outputHeight,
  width: outputWidth,
  outputHeight,
  outputWidth,
});

Deno.test("chains of windows are short, and as many as are computed together fill the axis that they divide", () => {
  fc.assert(fc.property(few, few, length, length, few, (filters, k, height, width, many) => {
    const chain = chainOf(sizes(filters, k, height, width), many, "float32"), { images, rows, columns, bands } = chain;
    const most = filters * k <= 512 ? 20 : 160;
    assertLessOrEqual(images * rows * columns, Math.max(1, most));
    assertLessOrEqual(bands, chain.together);
    assert(images === 1 || (rows === height && columns === width), "several images only where each is one chain");
    assert(rows === 1 || columns === width, "several rows only where each is whole");
    if (bands > 1) assertEquals(columns === width ? height % (rows * bands) : width % (columns * bands), 0);
    assertEquals(
      callsOf(chain, many),
      Math.ceil(many / images) * Math.ceil(height / rows) * Math.ceil(width / columns),
    );
  }));
});

Deno.test("sums of float64 are one chain", () => {
  const { images, rows, columns, bands } = chainOf(sizes(4, 9, 100, 70), 3, "float64");
  assertEquals([images, rows, columns, bands], [3, 100, 70, 1]);
});

Deno.test("rows that divide an image evenly are preferred, unless they are much shorter", () => {
  const rowsOf = (height: number, width: number) => chainOf(sizes(60, 20, height, width), 1, "float32").rows;
  assertEquals([rowsOf(28, 28), rowsOf(14, 14), rowsOf(10, 10), rowsOf(13, 13)], [4, 7, 10, 7]);
});

Deno.test("a weight gradient of 1,024 elements sums each image of 8 x 8 by itself: both in one chain lost a bit", () => {
  assertEquals(chainOf(sizes(16, 64, 8, 8), 2, "float32").images, 1);
  assertEquals(chainOf(sizes(16, 65, 8, 8), 2, "float32").images, 2);
});
