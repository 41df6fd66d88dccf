import { assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { arange, ones, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { broadcastTo, mean, sum, sumTo } from "../../../autograd/ops/sum.ts";
import { reshape } from "../../../autograd/ops/reshape.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { innerView } from "../../../autograd/tensor_record.ts";
import { assertShares } from "../../blas/shared_elements.ts";

Deno.test("sum() and mean() reduce chosen axes, all if none is chosen", () => {
  const t = tensor64([[1, 2, 3], [4, 5, 9]]);
  assertEquals([toNumber(sum(t)), toNumber(mean(t))], [24, 4]);
  assertEquals([toArray(sum(t, { axes: 0 })), toArray(sum(t, { axes: -1 }))], [[5, 7, 12], [6, 18]]);
  assertEquals(toArray(mean(t, { axes: [1], keepDims: true })), [[2], [6]]);
  assertEquals(toArray(sum(t, { axes: [] })), toArray(t));
  assertEquals([sum(t).shape, sum(t, { keepDims: true }).shape], [[], [1, 1]]);
});

Deno.test("the sum of no elements is 0, and their mean is NaN", () => {
  assertEquals([toNumber(sum(zeros([0]))), toNumber(mean(zeros([0])))], [0, NaN]);
  assertEquals(toList(sum(zeros([0, 3]), { axes: 0 })), [0, 0, 0]);
  assertEquals(sum(zeros([0, 3]), { axes: 1 }).shape, [0]);
});

Deno.test("the gradient of a mean is one over the number of elements", () => {
  const t = tensor64([[1, 2], [3, 4]]);
  assertEquals(toArray(backward(mean(t)).get(t)!), [[0.25, 0.25], [0.25, 0.25]]);
  assertEquals(toArray(backward(mean(t, { axes: 0 })).get(t)!), [[0.5, 0.5], [0.5, 0.5]]);
});

Deno.test("a float32 sum of a million elements keeps float32's precision", () => {
  assertAlmostEquals(toNumber(sum(tensor32(new Float32Array(1e6).fill(0.1)))) / (1e6 * Math.fround(0.1)), 1, 1e-6);
});

Deno.test("reductions name axes that are out of range or named twice", () => {
  assertThrows(
    () => sum(zeros([2, 3]), { axes: 2 }),
    ShapeError,
    "Cannot apply sum to x [2, 3] and axis 2: axis must be",
  );
  assertThrows(
    () => mean(zeros([2, 3]), { axes: [1, -1] }),
    ShapeError,
    "Cannot apply mean to x [2, 3] and axes [1, -1]",
  );
});

Deno.test("sumTo() undoes broadcasting", () => {
  const t = reshape(arange(12), [2, 3, 2]);
  assertEquals(toArray(sumTo(t, [2])), [30, 36]);
  assertEquals(toArray(sumTo(t, [3, 1])), [[14], [22], [30]]);
  assertEquals(toNumber(sumTo(t, [])), 66);
  assertEquals(sumTo(t, [2, 3, 2]), t);
  assertEquals(sumTo(ones([1, 1, 3]), [3]).shape, [3]);
  assertEquals(toArray(sumTo(zeros([0, 3]), [1, 3])), [[0, 0, 0]]);
  assertEquals(sumTo(zeros([2, 0]), [1, 0]).shape, [1, 0]);
});

Deno.test("broadcastTo() repeats without copying, and sums the gradient", () => {
  const t = tensor64([[1], [2]]), wide = broadcastTo(t, [3, 2, 2]);
  assertEquals(toArray(wide), [[[1, 1], [2, 2]], [[1, 1], [2, 2]], [[1, 1], [2, 2]]]);
  assertShares(innerView(wide), innerView(t));
  assertEquals(toArray(backward(wide).get(t)!), [[6], [6]]);
  assertStrictEquals(broadcastTo(t, [2, 1]), t);
  assertEquals([broadcastTo(tensor64(1), [2]).shape, broadcastTo(zeros([1]), [0]).shape], [[2], [0]]);
});

Deno.test("broadcastTo() refuses shapes that are not stretched ones", () => {
  assertThrows(
    () => broadcastTo(zeros([2, 3]), [3]),
    ShapeError,
    "Cannot apply broadcastTo to t [2, 3] and shape [3]: axes must be equal from the right, or 1 in t; insert axes",
  );
  assertThrows(() => broadcastTo(zeros([2]), [3]), ShapeError, "Cannot apply broadcastTo to t [2] and shape [3]");
  assertThrows(() => broadcastTo(zeros([2]), [1]), ShapeError, "Cannot apply broadcastTo");
  assertThrows(() => broadcastTo(zeros([1]), [-1]), ShapeError, "but one is -1");
});
