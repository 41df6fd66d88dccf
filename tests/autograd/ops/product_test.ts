import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  gradient,
  hessian,
  product,
  ShapeError,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";

const slopes = (values: readonly number[]): number[] => toList(gradient((x: Tensor) => product(x))(tensor64(values)));

Deno.test("product() agrees with a loop, and its slope is the product of the others", () => {
  const values = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 9 });
  fc.assert(fc.property(values, (xs) => {
    const without = (k: number): number => xs.reduce((p, x, i) => i === k ? p : p * x, 1);
    assertEquals(toNumber(product(tensor64(xs))) + 0, without(-1) + 0); // + 0: the sign of 0 is no matter here
    assertEquals(slopes(xs).map((s) => s + 0), xs.map((_, k) => without(k) + 0));
  }));
});

Deno.test("product() with one 0 has a slope only there, with two none, and both have second derivatives", () => {
  assertEquals(slopes([2, 0, 3, 4]), [0, 24, 0, 0]);
  assertEquals(slopes([2, 0, 3, 0]).map(Math.abs), [0, 0, 0, 0]);
  const second = toArray(hessian((x: Tensor<"float64">) => product(x))(tensor64([2, 0, 3, 0])));
  assertEquals(second, [[0, 0, 0, 0], [0, 0, 0, 6], [0, 0, 0, 0], [0, 6, 0, 0]]);
});

Deno.test("the product of no elements is 1", () => {
  assertEquals(toNumber(product(tensor64([]))), 1);
  assertEquals(toArray(product(tensor64([[], []]), { axes: 1, keepDims: true })), [[1], [1]]);
});

Deno.test("product() of 128 float32 factors is rounded 127 times at most", () => {
  const factors = tensor32(Array.from({ length: 128 }, (_, k) => k % 2 ? 1.1 : 1 / 1.1));
  const exact = toList(factors).reduce((p, x) => p * x, 1);
  assertAlmostEquals(toNumber(product(factors)) / exact, 1, 127 * 2 ** -24);
});

Deno.test("the slope of product() is rounded twice, however many float32 factors there are", () => {
  const factors = tensor32(Array.from({ length: 500 }, (_, k) => 0.9 + (k * 7919 % 1000) / 5000)),
    given = toList(factors);
  const slope = toList(gradient((x: Tensor<"float32">) => product(x))(factors));
  slope.forEach((value, k) => {
    const others = given.reduce((p, x, i) => i === k ? p : p * x, 1);
    assertAlmostEquals(value / others, 1, 2 ** -23);
  });
});

Deno.test("product() refuses axes that do not exist, in its own name", () => {
  assertThrows(() => product(tensor64([1]), { axes: 1 }), ShapeError, "Cannot apply product to x [1] and axis 1");
  assertThrows(() => product(tensor64([1]), { axes: [0, -1] }), ShapeError, "an axis is named twice");
});
