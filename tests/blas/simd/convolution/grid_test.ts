import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { sizesOf } from "../../../../blas/convolution.ts";
import { gridOf } from "../../../../blas/simd/convolution/grid.ts";
import { shapesArbitrary, SMALL } from "../../convolutions.ts";

const cases = shapesArbitrary({ ...SMALL, batch: { min: 1, max: 1 }, channels: { min: 1, max: 1 }, groups: 1 });

Deno.test("in a grid, the elements that one element of the kernel meets in all windows are one run", () => {
  fc.assert(fc.property(cases, ({ geometry, x, w, y }) => {
    const sizes = sizesOf({ geometry, x: { shape: x }, w: { shape: w }, y: { shape: y } }),
      grid = gridOf(sizes, geometry);
    const { height, width, kernelWidth, outputHeight, outputWidth } = sizes, { stride, padding, dilation } = geometry;
    // Numbers the elements of the image from 1 on, and moves them into the grid; 0 is padding.
    const placed = new Array<number>(grid.plane).fill(0);
    for (const { rows, count, image, imageRow, imageStep, grid: at } of grid.moves) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < count; j++) placed[at + i * grid.width + j] = 1 + image + i * imageRow + j * imageStep;
      }
    }
    grid.taps.forEach(({ offset, phase }, k) => {
      assertEquals(Math.floor(offset / grid.size), phase);
      for (let i = 0; i < outputHeight; i++) {
        for (let j = 0; j < outputWidth; j++) {
          const row = i * stride[0] - padding[0] + Math.floor(k / kernelWidth) * dilation[0];
          const column = j * stride[1] - padding[1] + k % kernelWidth * dilation[1];
          const inside = row >= 0 && row < height && column >= 0 && column < width;
          assertEquals(placed[offset + i * grid.width + j], inside ? 1 + row * width + column : 0);
        }
      }
    });
    if (grid.trivial) assertEquals(placed, Array.from({ length: height * width }, (_, k) => k + 1));
    assertEquals(grid.windows, (outputHeight - 1) * grid.width + outputWidth);
  }));
});

const apart = (side: number, windows: number) => {
  const geometry = { stride: [side, side], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
  const x = { shape: [1, 1, windows * side, windows * side] }, y = { shape: [1, 1, windows, windows] };
  return gridOf(sizesOf({ geometry, x, w: { shape: [1, 1, side, side] }, y }), geometry);
};

Deno.test("a grid of windows far apart takes time in proportion to its size", () => {
  assertEquals(apart(600, 2).moves.length, 600 ** 2); // 10^11 steps if every grid asked every element
});

Deno.test("the grid of a single window is the image, whatever the stride", () => {
  const { moves, plane, taps } = apart(600, 1);
  assertEquals([moves.length, plane, taps.length], [1, 600 ** 2, 600 ** 2]);
});
