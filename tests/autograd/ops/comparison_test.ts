import { assertEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { abs, clamp, maximum, minimum, sign, where } from "../../../autograd/ops/choice.ts";
import { equal, greater, less } from "../../../autograd/ops/comparison.ts";
import { div, mul } from "../../../autograd/ops/arithmetic.ts";
import { log } from "../../../autograd/ops/exponential.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { ShapeError } from "../../../blas/errors.ts";

type T = Tensor<"float64">;
const slopes = (f: (x: T) => T, ...at: number[]): number[] => {
  const x = tensor64(at);
  return toList(backward(f(x)).get(x)!);
};

Deno.test("comparisons give 1 and 0, and 0 beside NaN", () => {
  const a = tensor64([1, 2, 3, NaN]), b = tensor64([2, 2, 2, 2]);
  assertEquals([greater(a, b), less(a, b), equal(a, b)].map(toList), [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]]);
  assertEquals(toList(greater(2.5, a)), [1, 1, 0, 0]);
});

Deno.test("comparisons are not tracked, so a graph does not keep operands that need no derivative", () => {
  // PyTorch: torch.gt(torch.ones(2, requires_grad=True), 0).requires_grad is False.
  const x = tensor64([1, 2]), masks = [greater(x, 0), less(0, x), equal(x, x), greater(x, x)];
  assertEquals(masks.map(({ requiresGrad }) => requiresGrad), [false, false, false, false]);
  assertEquals(toList(gradient((v: T) => sum(greater(v, 1)))(x)), [0, 0]);
});

Deno.test("no gradient flows through comparisons and sign", () => {
  assertEquals(slopes((x) => sign(x), -1, 0, 1), [0, 0, 0]);
  assertEquals(slopes((x) => mul(x, greater(x, 0)), -1, 2), [0, 1], "the slope of the other factor remains");
});

Deno.test("maximum() and minimum() share the gradient equally at a tie, and carry NaN", () => {
  const a = tensor64([1, 2, 3]), b = tensor64([3, 2, 1]);
  const up = backward(maximum(a, b)), down = backward(minimum(a, b));
  assertEquals([toList(up.get(a)!), toList(up.get(b)!)], [[0, 0.5, 1], [1, 0.5, 0]]);
  assertEquals([toList(down.get(a)!), toList(down.get(b)!)], [[1, 0.5, 0], [0, 0.5, 1]]);
  assertEquals(toList(maximum(tensor64([NaN, 1]), tensor64([1, NaN]))), [NaN, NaN]);
  assertEquals(slopes((x) => maximum(x, 2), 1, 2, 3), [0, 0.5, 1]);
});

Deno.test("abs() has slope 0 at 0", () => {
  assertEquals(toList(abs(tensor64([-2, 0, 3, -Infinity]))), [2, 0, 3, Infinity]);
  assertEquals(slopes(abs, -2, 0, 3), [-1, 0, 1]);
});

Deno.test("clamp() passes the gradient inside and at the bounds", () => {
  assertEquals(toList(clamp(tensor64([-3, -1, 0, 2, 5]), -1, 2)), [-1, -1, 0, 2, 2]);
  assertEquals(slopes((x) => clamp(x, -1, 2), -3, -1, 0, 2, 5), [0, 1, 1, 1, 0]);
  assertEquals(toList(clamp(tensor64([-9, 9]), -Infinity, 3)), [-9, 3]);
  assertEquals(toList(clamp(tensor64([1, 2, 3]), 2, 2)), [2, 2, 2]);
});

Deno.test("clamp() with crossed bounds returns the upper one", () => {
  // PyTorch: torch.clamp(torch.tensor([-3., 0.5, 9.]), 2, 1) is tensor([1., 1., 1.]); its documentation says so.
  assertEquals(toList(clamp(tensor64([-3, 0.5, 9]), 2, 1)), [1, 1, 1]);
  assertEquals(slopes((x) => clamp(x, 2, 1), -3, 1, 1.5, 2, 9), [0, 0, 0, 0, 0]);
});

Deno.test("clamp() takes tensors as bounds, which get the gradient where they are the result", () => {
  const x = tensor64([[-3, 0, 9], [5, 6, 7]]), low = tensor64([-1, -1, 8]), high = tensor64([[2], [6]]);
  const y = clamp(x, low, high), gradients = backward(y);
  assertEquals(toArray(y), [[-1, 0, 2], [5, 6, 6]]);
  // PyTorch's rule: x where low <= x <= high, low where x < low < high, high where it is exceeded or low is above it.
  assertEquals(toArray(gradients.get(x)!), [[0, 1, 0], [1, 1, 0]]);
  assertEquals([toArray(gradients.get(low)!), toArray(gradients.get(high)!)], [[1, 0, 0], [[1], [1]]]);
  assertEquals(toList(clamp(tensor64([1, 5]), low.shape.length, tensor64([2, 3]))), [1, 3]);
});

Deno.test("clamp() refuses bounds that are NaN, and shapes that do not broadcast", () => {
  const x = tensor64([1, 2]);
  assertThrows(() => clamp(x, NaN, 1), RangeError, "Cannot clamp with min NaN: bounds must be numbers that");
  assertThrows(() => clamp(x, 0, NaN), RangeError, "Cannot clamp with max NaN");
  assertThrows(() => clamp(x, tensor64([1, 2, 3]), 9), ShapeError, "Cannot apply clamp");
});

Deno.test("where() chooses, and the operand not chosen has no influence, not even as NaN", () => {
  const x = tensor64([-1, 0, Math.E]);
  assertEquals(toList(where(greater(x, 0), log(x), 0)), [0, 0, 1]);
  assertEquals(slopes((v) => where(greater(v, 0), v, 0), -1, 2), [0, 1]);
  const a = tensor64([1, 2]), b = tensor64([NaN, 4]), chosen = backward(where(tensor64([1, 0]), a, b));
  assertEquals([toList(chosen.get(a)!), toList(chosen.get(b)!)], [[1, 0], [0, 1]]);
  assertEquals(slopes((v) => where(equal(v, 0), 1, div(1, v) as T), 2), [-0.25]);
  assertEquals(where(tensor64([[1], [0]]), tensor64([1, 2, 3]), 0).shape, [2, 3]);
});

Deno.test("the gradient of the operand not chosen is 0, which an infinite derivative makes NaN; a double where() avoids it", () => {
  // As in JAX ("why is my gradient NaN where I use where?" in its FAQ) and PyTorch: 0 * (1 / 0).
  assertEquals(slopes((x) => where(greater(x, 0), log(x), 0), 0, 2), [NaN, 0.5]);
  assertEquals(slopes((x) => where(greater(x, 0), log(where(greater(x, 0), x, 1)), 0), 0, 2), [0, 0.5]);
});
