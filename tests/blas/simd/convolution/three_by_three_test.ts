import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ConvolutionGeometry, sizesOf } from "../../../../blas/convolution.ts";
import type { DType } from "../../../../blas/dtype.ts";
import { isThreeByThree } from "../../../../blas/simd/convolution/three_by_three.ts";
import type { View } from "../../../../blas/view.ts";
import type { Convolution } from "../../convolutions.ts";
import { viewArbitrary } from "../../layouts.ts";
import { testConvolutions } from "./variants.ts";

/** Kernels of 3 x 3 elements on images of every width, with padding on any side. */
function threeByThreeArbitrary<D extends DType>(dtype: D): fc.Arbitrary<Convolution<D>> {
  return fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 2 }),
    rows: fc.integer({ min: 2, max: 6 }),
    columns: fc.integer({ min: 2, max: 21 }),
    top: fc.nat(3),
    left: fc.nat(1),
    bottom: fc.nat(3),
    right: fc.nat(1),
  }).filter(({ rows, columns, top, left, bottom, right }) => rows + 2 > top + bottom && columns + 2 > left + right)
    .chain(
      ({ batch, groups, filters, rows, columns, top, left, bottom, right }) => {
        const geometry: ConvolutionGeometry = {
          stride: [1, 1],
          padding: [top, left, bottom, right],
          dilation: [1, 1],
          groups,
        };
        const filled = (shape: readonly number[]) => viewArbitrary(dtype, shape) as fc.Arbitrary<View<D>>;
        return fc.record({
          geometry: fc.constant(geometry),
          x: filled([batch, groups, rows + 2 - top - bottom, columns + 2 - left - right]),
          w: filled([groups * filters, 1, 3, 3]),
          y: filled([batch, groups * filters, rows, columns]),
        });
      },
    );
}

testConvolutions(
  "3 x 3 on single channels is what seven loops give, for every width and padding",
  threeByThreeArbitrary,
  200,
);

Deno.test("most of those convolutions are computed by the kernels for 3 x 3", () => {
  const some = fc.sample(threeByThreeArbitrary("float32"), { numRuns: 200, seed: 1 });
  const taken = some.filter((convolution) => isThreeByThree(sizesOf(convolution), convolution.geometry, 4));
  assertEquals(taken.length > 80, true);
});
