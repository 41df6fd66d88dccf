import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cumulativeSum } from "../../blas/cumsum.ts";
import { allocate, type View } from "../../blas/view.ts";
import { elementsOf, indicesOf, layOut, shapeArbitrary, viewArbitrary } from "./layouts.ts";

Deno.test("cumulativeSum() adds the preceding elements along an axis, for any strides on both sides", () => {
  const operands = shapeArbitrary({ maxRank: 3 }).filter((shape) => shape.length > 0).chain((shape) =>
    fc.record({
      x: viewArbitrary("float64", shape),
      y: viewArbitrary("float64", shape, { repeat: false }),
      axis: fc.nat(shape.length - 1),
    })
  );
  fc.assert(fc.property(operands, ({ x, y, axis }) => {
    cumulativeSum({ axis, x: x as View<"float64">, y });
    const expected = indicesOf(x.shape).map((index) =>
      Array.from({ length: index[axis]! + 1 }, (_, j) => x.get(...index.map((i, k) => k === axis ? j : i)))
        .reduce((sum, element) => sum + element, 0)
    );
    assertEquals(elementsOf(y as View), expected); // the numbers are multiples of 1/64, so no order of addition rounds
  }));
});

Deno.test("cumulativeSum() accumulates float32 in float64", () => {
  const ones = layOut("float32", [3], [2 ** 24, 1, 1]) as View<"float32">, y = allocate("float32", [3]);
  cumulativeSum({ axis: 0, x: ones, y });
  assertEquals(elementsOf(y as View), [2 ** 24, 2 ** 24, 2 ** 24 + 2]);
});

Deno.test("cumulativeSum() adds from the end of an axis, too", () => {
  const x = layOut("float64", [2, 3], [1, 2, 3, 4, 5, 6]) as View<"float64">;
  const sums = [0, 1].map((axis) => {
    const y = allocate("float64", [2, 3]);
    cumulativeSum({ axis, reverse: true, x, y });
    return elementsOf(y as View);
  });
  assertEquals(sums, [[5, 7, 9, 4, 5, 6], [6, 5, 3, 15, 11, 6]]);
});
