import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { coalesce, forEachRun, reductionWalks } from "../../blas/walk.ts";
import { allocate, type View } from "../../blas/view.ts";
import { indicesOf, positionOf, rowMajor, shapeArbitrary, viewArbitrary } from "./layouts.ts";

const pairs = shapeArbitrary().chain((shape) =>
  fc.tuple(viewArbitrary("float64", shape), viewArbitrary("float64", shape))
) as fc.Arbitrary<
  [View, View]
>;

Deno.test("walking through coalesced views visits every element, in row-major order, of all views in step", () => {
  fc.assert(
    fc.property(pairs, (views) => {
      const shape = views[0].shape, walk = coalesce(shape, views.map(({ stride }) => stride));
      const seen: number[][] = [], last = walk.shape.length - 1;
      forEachRun(walk, views.map(({ offset }) => offset), (at) => {
        for (let i = 0; i < walk.shape[last]!; i++) seen.push(at.map((p, k) => p + i * walk.strides[k]![last]!));
      });
      assertEquals(seen, indicesOf(shape).map((index) => views.map((v) => positionOf(v, index))));
    }),
    { numRuns: 500 },
  );
});

Deno.test("coalesce() leaves no two axes that are evenly spaced in every view, and none of length 1", () => {
  fc.assert(fc.property(pairs, (views) => {
    const { shape, strides } = coalesce(views[0].shape, views.map(({ stride }) => stride));
    assert(shape.length === 1 || !shape.includes(1));
    for (let axis = 1; axis < shape.length; axis++) {
      assert(!strides.every((stride) => stride[axis - 1] === shape[axis]! * stride[axis]!));
    }
  }));
});

Deno.test("coalesce() makes one run of a new array of any rank", () => {
  fc.assert(fc.property(shapeArbitrary().filter((shape) => !shape.includes(0)), (shape) => {
    const { stride } = {
      stride: rowMajor(shape).order.map((axis) => shape.slice(axis + 1).reduce((p, n) => p * n, 1)),
    };
    assertEquals(coalesce(shape, [stride]).shape, [shape.reduce((product, n) => product * n, 1)]);
  }));
});

Deno.test("a reduction walks over the axes that it keeps in both views, and over the others in its input", () => {
  const input = allocate("float64", [2, 3, 1, 4]), output = allocate("float64", [2, 1, 1, 4]);
  assertEquals(reductionWalks(input, output), {
    outside: { shape: [2, 4], strides: [[12, 1], [4, 1]] },
    inside: { shape: [3], strides: [[4]] },
  });
  assertEquals(reductionWalks(input, allocate("float64", [1, 1, 1, 1])).outside, { shape: [1], strides: [[1], [1]] });
});
