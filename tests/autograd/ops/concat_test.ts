import { assertEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { concat, stack } from "../../../autograd/ops/concat.ts";
import { mul } from "../../../autograd/ops/arithmetic.ts";
import { square } from "../../../autograd/ops/power.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("concat() joins along an axis, of unequal lengths", () => {
  const a = tensor64([[1, 2]]), b = tensor64([[3, 4], [5, 6]]);
  assertEquals(toArray(concat([a, b])), [[1, 2], [3, 4], [5, 6]]);
  assertEquals(toArray(concat([b, tensor64([[7], [8]])], -1)), [[3, 4, 7], [5, 6, 8]]);
  assertEquals(concat([a, zeros([0, 2], { dtype: "float64" })]).shape, [1, 2]);
});

Deno.test("concat() and stack() hand each operand its part of the gradient", () => {
  const a = tensor64([1, 2]), b = tensor64([3]), weights = tensor64([10, 20, 30]);
  const joined = backward(mul(concat([a, b]), weights));
  assertEquals([toList(joined.get(a)!), toList(joined.get(b)!)], [[10, 20], [30]]);
  const x = tensor64(1), y = tensor64(2), stacked = backward(mul(stack([x, y]), tensor64([5, 7])));
  assertEquals([toList(stacked.get(x)!), toList(stacked.get(y)!)], [[5], [7]]);
});

Deno.test("stack() adds an axis at any position", () => {
  const a = tensor64([1, 2]), b = tensor64([3, 4]);
  assertEquals([toArray(stack([a, b])), toArray(stack([a, b], 1)), toArray(stack([a, b], -1))], [
    [[1, 2], [3, 4]],
    [[1, 3], [2, 4]],
    [[1, 3], [2, 4]],
  ]);
});

Deno.test("concat() and stack() say what does not fit", () => {
  assertThrows(
    () => concat([zeros([2, 3]), zeros([2, 4])]),
    ShapeError,
    "Cannot apply concat to tensor 0 [2, 3] and tensor 1 [2, 4]: all axes but axis 0 must be of equal length",
  );
  assertThrows(() => concat([zeros([2]), zeros([2, 1])]), ShapeError, "all axes but axis 0");
  assertThrows(() => concat([]), ShapeError, "Cannot apply concat: there is nothing to join; pass at least one tensor");
  assertThrows(() => stack([]), ShapeError, "Cannot apply stack: there is nothing to join");
  assertThrows(
    () => stack([zeros([2]), zeros([3])]),
    ShapeError,
    "Cannot apply stack to tensor 0 [2] and tensor 1 [3]: all must have one shape",
  );
  assertThrows(() => concat([zeros([])]), ShapeError, "a 0-d tensor has no axes");
  assertThrows(() => concat([zeros([2])], 1), ShapeError, "axis must be a whole number from -1 to 0");
});

Deno.test("concat() and stack() of thousands hand back each its own", () => {
  const tensors = Array.from({ length: 5000 }, (_, k) => tensor64([k, -k]));
  for (const join of [concat, stack]) {
    const gradients = backward(sum(square(join(tensors))));
    assertEquals(tensors.map((t) => toList(gradients.get(t)!)), tensors.map((t) => toList(t).map((x) => 2 * x)));
  }
});
