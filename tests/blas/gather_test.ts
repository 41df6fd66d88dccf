import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { gather, scatterAdd } from "../../blas/gather.ts";
import { allocate, type View } from "../../blas/view.ts";
import { elementsOf, indicesOf, layOut, layoutArbitrary, numberArbitrary, positionOf } from "./layouts.ts";

const arrayOf = (size: number, element: fc.Arbitrary<number>) =>
  fc.array(element, { minLength: size, maxLength: size });

/** `whole` with an axis of some length, `picked` and `indices` with another, all with any strides. */
const operandsArbitrary = fc.record({
  rest: fc.array(fc.nat(3), { maxLength: 3 }),
  at: fc.nat(3),
  length: fc.integer({ min: 1, max: 4 }),
  count: fc.nat(4),
}).chain(({ rest, at, length, count }) => {
  const axis = Math.min(at, rest.length);
  const shapeWith = (n: number): number[] => [...rest.slice(0, axis), n, ...rest.slice(axis)];
  const wholeShape = shapeWith(length), pickedShape = shapeWith(count);
  const sizes = [wholeShape, pickedShape].map((shape) => shape.reduce((product, n) => product * n, 1));
  return fc.record({
    axis: fc.constant(axis),
    whole: fc.tuple(arrayOf(sizes[0]!, numberArbitrary), layoutArbitrary(wholeShape, { repeat: false }))
      .map(([values, layout]) => layOut("float64", wholeShape, values, layout) as View<"float64">),
    picked: fc.tuple(arrayOf(sizes[1]!, numberArbitrary), layoutArbitrary(pickedShape, { repeat: false }))
      .map(([values, layout]) => layOut("float64", pickedShape, values, layout) as View<"float64">),
    // Repeating layouts among them: one index for a whole row.
    indices: fc.tuple(arrayOf(sizes[1]!, fc.nat(length - 1)), layoutArbitrary(pickedShape))
      .map(([values, layout]) => layOut("float64", pickedShape, values, layout) as View<"float64">),
  });
});

const target = (indices: View, axis: number, index: readonly number[]): number[] =>
  index.map((i, k) => k === axis ? indices.get(...index) : i);

Deno.test("gather() is y[o, j, i] = x[o, indices[o, j, i], i], for any strides", () => {
  fc.assert(fc.property(operandsArbitrary, ({ axis, whole, indices }) => {
    const y = allocate("float64", indices.shape);
    gather({ axis, x: whole, indices, y });
    const expected = indicesOf(indices.shape).map((index) => whole.get(...target(indices, axis, index)));
    assertEquals(elementsOf(y as View), expected);
  }));
});

Deno.test("scatterAdd() is y[o, indices[o, j, i], i] += x[o, j, i], for any strides", () => {
  fc.assert(fc.property(operandsArbitrary, ({ axis, whole, picked, indices }) => {
    const y = layOut("float64", whole.shape, elementsOf(whole)),
      expected = layOut("float64", whole.shape, elementsOf(whole));
    scatterAdd({ axis, x: picked, indices, y });
    for (const index of indicesOf(picked.shape)) {
      const at = target(indices, axis, index);
      expected.data[positionOf(expected as View, at)]! += picked.get(...index);
    }
    assertEquals(elementsOf(y as View), elementsOf(expected as View));
  }));
});

Deno.test("indices are rounded, and clamped to the axis", () => {
  const x = layOut("float32", [3], [10, 20, 30]) as View<"float32">, y = allocate("float32", [4]);
  gather({ axis: 0, x, indices: layOut("float32", [4], [0.9, -5, 7, 1.4]) as View<"float32">, y });
  assertEquals(elementsOf(y as View), [20, 10, 30, 20]);
});
