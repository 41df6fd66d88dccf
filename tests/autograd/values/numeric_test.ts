import { assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Numeric, parseNumeric } from "../../../autograd/values/numeric.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { sizeOf } from "../../../blas/shape.ts";
import type { View } from "../../../blas/view.ts";
import { elementsOf, shapeArbitrary } from "../../blas/layouts.ts";

const parse = (data: unknown, shape?: readonly number[]): View<"float64"> =>
  parseNumeric("tensor64", data as Numeric, "float64", shape) as View<"float64">;

/** Nested arrays of this shape that count from 0. */
function nested(shape: readonly number[], next = { value: 0 }): Numeric {
  if (shape.length === 0) return next.value++;
  return Array.from({ length: shape[0]! }, () => nested(shape.slice(1), next));
}

Deno.test("parseNumeric() takes the shape from the nesting and the elements in order", () => {
  fc.assert(fc.property(shapeArbitrary(), (shape) => {
    const v = parse(nested(shape)), end = shape.indexOf(0);
    assertEquals(v.shape, end < 0 ? shape : shape.slice(0, end + 1));
    assertEquals(elementsOf(v), Array.from({ length: sizeOf(shape) }, (_, i) => i));
  }));
});

Deno.test("parseNumeric() takes typed arrays of every kind, nested or not", () => {
  for (const Kind of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
    assertEquals(elementsOf(parse(new Kind([1, 2, 3]))), [1, 2, 3]);
  }
  for (const Kind of [Float32Array, Float64Array]) assertEquals(elementsOf(parse(new Kind([0.5, -2]))), [0.5, -2]);
  assertEquals(parse([new Float32Array([1, 2]), new Float32Array([3, 4])]).shape, [2, 2]);
  assertEquals(elementsOf(parse([[1, 2], new Uint8Array([3, 4])])), [1, 2, 3, 4]);
  assertEquals(parse(new Float32Array(6), [2, 3]).shape, [2, 3]);
});

Deno.test("parseNumeric() copies: later changes of the data have no influence", () => {
  const data = new Float64Array([1, 2]), shape = [2], v = parse(data, shape);
  assertNotStrictEquals(v.data, data);
  data[0] = 9;
  shape[0] = 7;
  assertEquals([elementsOf(v), v.shape], [[1, 2], [2]]);
});

Deno.test("parseNumeric() keeps NaN, infinities and -0", () => {
  assertEquals(elementsOf(parse([NaN, Infinity, -Infinity, -0])), [NaN, Infinity, -Infinity, -0]);
});

Deno.test("parseNumeric() says where nesting is ragged", () => {
  assertThrows(() => parse([[1, 2], [3]]), ShapeError, "Cannot apply tensor64 to data with an array of 1 at data[1]");
  assertThrows(() => parse([[1, 2], [3]]), ShapeError, "each depth, here of 2; pad the shorter rows");
  assertThrows(() => parse([[1], [2, 3]]), ShapeError, "with an array of 2 at data[1]");
  assertThrows(() => parse([[1, 2], 3]), ShapeError, "with 3 at data[1]");
  assertThrows(() => parse([[[1]], [[2], [3]]]), ShapeError, "at data[1]");
  assertThrows(() => parse([1, [2]]), ShapeError, "with an array of 1 at data[1]: nesting must be equally deep");
  assertThrows(() => parse([new Float32Array(2), new Float32Array(3)]), ShapeError, "with an array of 3 at data[1]");
  assertThrows(() => parse([[[1, 2]], new Float32Array(1)]), ShapeError, "at data[1][0]");
});

Deno.test("parseNumeric() says what is not a number, and where", () => {
  assertThrows(() => parse([1, "2"]), ShapeError, 'with "2" at data[1]: every element must be a number; convert it');
  assertThrows(() => parse([[1], [undefined]]), ShapeError, "with undefined at data[1][0]");
  for (
    const data of [
      null,
      undefined,
      "3",
      true,
      {},
      3n,
      new BigInt64Array(2),
      new Date(),
      new DataView(new ArrayBuffer(8)),
      Symbol("3"),
    ]
  ) {
    assertThrows(() => parse(data), ShapeError, "every element must be a number");
  }
});

Deno.test("parseNumeric() says how many elements a shape needs", () => {
  assertThrows(
    () => parse([1, 2, 3], [2, 2]),
    ShapeError,
    "Cannot apply tensor64 to data of 3 elements and shape [2, 2]: the shape holds 4 elements, and 3 were given; " +
      "correct it, or leave it out to take it from the nesting",
  );
  assertThrows(() => parse([], []), ShapeError, "the shape holds 1 elements, and 0 were given");
  for (const shape of [[-1], [1.5], [NaN], [2, -2]]) {
    assertThrows(() => parse([1, 2, 3], shape), ShapeError, "every axis length must be a whole number of 0 or more");
  }
});
