import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { arange, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { expandDims, flatten, reshape, squeeze } from "../../../autograd/ops/reshape.ts";
import { transpose } from "../../../autograd/ops/transpose.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("reshape() keeps the row-major order, of transposed tensors too", () => {
  const t = reshape(arange(6), [2, 3]);
  assertEquals(toArray(reshape(t, [3, 2])), [[0, 1], [2, 3], [4, 5]]);
  assertEquals(toArray(reshape(transpose(t), [2, 3])), [[0, 3, 1], [4, 2, 5]]);
  assertEquals([reshape(t, [1, 6, 1]).shape, reshape(tensor64(3), [1, 1]).shape], [[1, 6, 1], [1, 1]]);
  assertStrictEquals(reshape(t, [2, 3]), t);
});

Deno.test("reshape() computes one axis given as -1", () => {
  assertEquals([reshape(arange(12), [3, -1]).shape, reshape(arange(12), [-1]).shape], [[3, 4], [12]]);
  assertEquals([reshape(zeros([0, 4]), [-1, 2]).shape, reshape(tensor64(1), [-1]).shape], [[0, 2], [1]]);
  assertThrows(() => reshape(arange(12), [5, -1]), ShapeError, "[12] has 12 elements, and [5, -1] a multiple of 5");
  assertThrows(
    () => reshape(arange(12), [-1, -1]),
    ShapeError,
    "only one axis can be -1; give the length of the others",
  );
  assertThrows(() => reshape(zeros([0]), [0, -1]), ShapeError, "Cannot apply reshape");
});

Deno.test("reshape() says how many elements do not fit", () => {
  assertThrows(
    () => reshape(arange(12), [5, 2]),
    ShapeError,
    "Cannot apply reshape to t [12] and shape [5, 2]: [12] has 12 elements, and [5, 2] 10; keep the number of elements",
  );
  for (const bad of [[-2], [1.5, 8], [NaN]]) {
    assertThrows(() => reshape(arange(12), bad), ShapeError, "axis lengths must be whole numbers of 0 or more");
  }
});

Deno.test("flatten(), expandDims() and squeeze() change the axes and nothing else", () => {
  const t = reshape(arange(4), [2, 1, 2]);
  assertEquals(toList(flatten(transpose(t))), [0, 2, 1, 3]);
  assertEquals([0, 1, 3, -1, -4].map((axis) => expandDims(t, axis).shape), [
    [1, 2, 1, 2],
    [2, 1, 1, 2],
    [2, 1, 2, 1],
    [2, 1, 2, 1],
    [1, 2, 1, 2],
  ]);
  assertEquals([squeeze(t).shape, squeeze(t, 1).shape, squeeze(t, -2).shape], [[2, 2], [2, 2], [2, 2]]);
  assertEquals([squeeze(zeros([1, 1])).shape, flatten(tensor64(1)).shape, flatten(zeros([2, 0])).shape], [[], [1], [
    0,
  ]]);
  assertThrows(() => expandDims(t, 4), ShapeError, "Cannot apply expandDims");
  assertThrows(() => squeeze(t, 0), ShapeError, "the axis must have length 1, and has 2; take one element of it");
});

Deno.test("gradients come back in the shape they left", () => {
  const t = tensor64([[1, 2], [3, 4]]);
  assertEquals(toArray(backward(flatten(transpose(t)), tensor64([1, 2, 3, 4])).get(t)!), [[1, 3], [2, 4]]);
});
