import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { arange, constant, eye, full, ones, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { oneHot } from "../../../autograd/ops/one_hot.ts";
import { tensorData, toArray, toList } from "../../../autograd/values/read.ts";
import type { DType } from "../../../blas/dtype.ts";
import { DTypeError, ShapeError } from "../../../blas/errors.ts";
import { shapeArbitrary } from "../../blas/layouts.ts";
import { sizeOf } from "../../../blas/shape.ts";

Deno.test("tensor32() and tensor64() are tracked unless told otherwise", () => {
  for (const make of [tensor32, tensor64]) {
    const tracked = make([1, 2]), data = make([1, 2], undefined, { requiresGrad: false });
    assertEquals([tracked.tag, tracked.requiresGrad], ["variable", true]);
    assertEquals([data.tag, data.requiresGrad], ["constant", false]);
    assertEquals(make([1, 2, 3, 4], [2, 2]).shape, [2, 2]);
    assertEquals(make(5).shape, []);
    assert(Object.isFrozen(tracked));
  }
});

Deno.test("tensor32() rounds to float32, tensor64() keeps every bit", () => {
  assertEquals([tensor32(0.1).dtype, tensor64(0.1).dtype], ["float32", "float64"]);
  assertEquals(toList(tensor32([0.1, 1e300, 16777217])), [Math.fround(0.1), Infinity, 16777216]);
  assertEquals(toList(tensor64([0.1, 1e300, 16777217])), [0.1, 1e300, 16777217]);
  assertEquals(tensorData(tensor32([1])), new Float32Array([1]));
  assertEquals(tensorData(tensor64([1])), new Float64Array([1]));
});

Deno.test("constant() takes dtype and shape from its options", () => {
  const t = constant([1, 2, 3, 4], { dtype: "float64", shape: [2, 2] });
  assertEquals([t.tag, t.dtype, t.shape, t.requiresGrad], ["constant", "float64", [2, 2], false]);
  assertEquals([constant(3).dtype, constant([[1], [2]]).shape], ["float32", [2, 1]]);
});

Deno.test("constructors name themselves, what they were given and the remedy in their errors", () => {
  assertThrows(
    () => tensor32([[1, 2], [3]]),
    ShapeError,
    "Cannot apply tensor32 to data with an array of 1 at data[1]",
  );
  assertThrows(() => tensor64([1, 2], [3]), ShapeError, "Cannot apply tensor64 to data of 2 elements and shape [3]");
  assertThrows(() => constant([1], { shape: [-1] }), ShapeError, "Cannot apply constant to shape [-1]");
  for (const [name, make] of Object.entries({ zeros, ones, full: (shape: number[]) => full(shape, 1) })) {
    for (const length of [-1, 0.5, NaN, Infinity]) {
      assertThrows(() => make([2, length]), ShapeError, `Cannot apply ${name} to shape [2, ${length}]`);
    }
    assertThrows(
      () => make(3 as unknown as number[]),
      ShapeError,
      `Cannot apply ${name} to shape 3: a shape must be an array`,
    );
  }
  assertThrows(() => eye(-1), ShapeError, "Cannot apply eye to shape [-1, -1]");
  assertThrows(() => full([2], "1" as unknown as number), TypeError, "the value must be a number");
});

Deno.test("constructors of constants refuse what is not a dtype, and name it", () => {
  const options = { dtype: "int32" as DType };
  const makers = {
    constant: () => constant([1], options),
    full: () => full([1], 1, options),
    zeros: () => zeros([1], options),
    ones: () => ones([1], options),
    arange: () => arange(0, 1, 1, options),
    eye: () => eye(1, 1, options),
    oneHot: () => oneHot([0], 1, options),
  };
  for (const [name, make] of Object.entries(makers)) {
    assertThrows(
      make,
      DTypeError,
      `Cannot apply ${name} to int32: there are two dtypes, float32 and float64; pass one`,
    );
  }
});

Deno.test("zeros(), ones() and full() fill any shape", () => {
  fc.assert(fc.property(shapeArbitrary(), fc.constantFrom<DType>("float32", "float64"), (shape, dtype) => {
    for (
      const [t, value] of [[zeros(shape, { dtype }), 0], [ones(shape, { dtype }), 1], [
        full(shape, -2.5, { dtype }),
        -2.5,
      ]] as const
    ) {
      assertEquals([t.tag, t.dtype, t.shape], ["constant", dtype, shape]);
      assertEquals(toList(t), new Array(sizeOf(shape)).fill(value));
    }
  }));
  assertEquals(zeros([1000, 1000, 1000]).shape, [1000, 1000, 1000], "of a thousand million elements, none is stored");
});

Deno.test("a shape changed afterwards changes no tensor", () => {
  const shape = [2, 3], t = zeros(shape);
  shape[0] = 9;
  assertEquals(t.shape, [2, 3]);
});

Deno.test("arange() counts as NumPy's does", () => {
  assertEquals(toList(arange(4)), [0, 1, 2, 3]);
  assertEquals(toList(arange(2, 5)), [2, 3, 4]);
  assertEquals(toList(arange(5, 0, -2)), [5, 3, 1]);
  assertEquals(toList(arange(0, 1, 0.25, { dtype: "float64" })), [0, 0.25, 0.5, 0.75]);
  const wide = arange(-1.5e308, 1.5e308, 1e308, { dtype: "float64" }); // the distance overflows
  assertEquals(toList(wide), [-1.5e308, -1.5e308 + 1e308, -1.5e308 + 1e308 + 1e308]);
  assertEquals([arange(0).shape, arange(3, 1).shape, arange(1, 3, -1).shape], [[0], [0], [0]]);
  // 100 steps of 0.1 do not add up to 10, but 99 * 0.1 is rounded once.
  assertEquals(toList(arange(0, 10, 0.1, { dtype: "float64" })).at(-1), 99 * 0.1);
  for (const [start, stop, step] of [[0, 1, 0], [0, NaN, 1], [0, Infinity, 1], [0, 1e12, 1e-3], [NaN, 1, 1]] as const) {
    assertThrows(
      () => arange(start, stop, step),
      RangeError,
      `Cannot build arange from ${start} to ${stop} by ${step}`,
    );
  }
});

Deno.test("eye() has ones on the diagonal, of matrices that are not square too", () => {
  assertEquals(toArray(eye(2)), [[1, 0], [0, 1]]);
  assertEquals(toArray(eye(2, 3)), [[1, 0, 0], [0, 1, 0]]);
  assertEquals(toArray(eye(3, 2, { dtype: "float64" })), [[1, 0], [0, 1], [0, 0]]);
  assertEquals(eye(0).shape, [0, 0]);
});

Deno.test("arange() refuses whole numbers that float32 would round to a neighbour", () => {
  assertEquals(toList(arange(2 ** 24 - 1, 2 ** 24 + 1)), [2 ** 24 - 1, 2 ** 24]);
  assertEquals(toList(arange(2 ** 25, 2 ** 25 + 8, 4)), [2 ** 25, 2 ** 25 + 4]);
  assertThrows(
    () => arange(2 ** 24, 2 ** 24 + 2),
    RangeError,
    "Cannot build arange from 16777216 to 16777218 by 1 in float32: 16777217 must be exact, and float32 holds every whole " +
      'number up to 2^24 only; pass { dtype: "float64" }',
  );
  assertThrows(() => arange(-(2 ** 24) - 1, 0, 2 ** 24), RangeError, "-16777217 must be exact");
  assertEquals(toList(arange(2 ** 24, 2 ** 24 + 2, 1, { dtype: "float64" })), [2 ** 24, 2 ** 24 + 1]);
});
