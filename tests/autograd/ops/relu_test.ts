import { assertEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { clamp } from "../../../autograd/ops/choice.ts";
import { leakyRelu, prelu, relu, relu6 } from "../../../autograd/ops/relu.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { ShapeError } from "../../../blas/errors.ts";

type T = Tensor<"float64">;
const both = (f: (x: T) => T, ...at: number[]): number[][] => {
  const x = tensor64(at), y = f(x);
  return [toList(y), toList(backward(y).get(x)!)];
};

Deno.test("relu() and its relatives have the slopes promised at their bends", () => {
  assertEquals(both(relu, -1, 0, 2), [[0, 0, 2], [0, 0, 1]]);
  assertEquals(both((x) => leakyRelu(x), -100, 0, 2), [[-1, 0, 2], [0.01, 0.01, 1]]);
  assertEquals(both((x) => leakyRelu(x, { alpha: 0.5 }), -2, 2), [[-1, 2], [0.5, 1]]);
  assertEquals(both(relu6, -1, 0, 3, 6, 9), [[0, 0, 3, 6, 6], [0, 0, 1, 0, 0]]);
});

Deno.test("relu() carries NaN", () => {
  assertEquals([relu, relu6].map((f) => toList(f(tensor64([NaN, Infinity])))), [[NaN, Infinity], [NaN, 6]]);
});

Deno.test("prelu() learns one slope for all, or one for each channel", () => {
  const x = tensor64([[-1, 2], [-3, -4]]), slope = tensor64([0.5, 0.25]), y = prelu(x, slope);
  assertEquals(toArray(y), [[-0.5, 2], [-1.5, -1]]);
  const gradients = backward(y);
  assertEquals([toList(gradients.get(slope)!), toArray(gradients.get(x)!)], [[-4, -4], [[0.5, 1], [0.5, 0.25]]]);
  assertEquals([prelu(x, tensor64(0.5)).shape, prelu(tensor64(-2), tensor64([0.5])).shape], [[2, 2], []]);
  assertEquals(prelu(zeros([2, 3, 4, 5]), zeros([3])).shape, [2, 3, 4, 5]);
});

Deno.test("prelu() says what slopes must be", () => {
  assertThrows(
    () => prelu(zeros([2, 3]), zeros([2])),
    ShapeError,
    "one for each channel of x (axis 1), or several axes",
  );
  assertThrows(
    () => prelu(zeros([2, 3]), zeros([3, 1])),
    ShapeError,
    "Cannot apply prelu to x [2, 3] and slope [3, 1]",
  );
  assertThrows(() => prelu(zeros([2, 4, 3]), zeros([3])), ShapeError, "one for each channel of x (axis 1)");
  assertThrows(() => prelu(zeros([3]), zeros([1, 3])), ShapeError, "Cannot apply prelu");
});

Deno.test("where relu(), relu6() and clamp() are flat, a cotangent that is NaN or infinite has no influence", () => {
  for (const f of [relu, relu6, (x: T) => clamp(x, 0, 9)]) {
    const x = tensor64([-1, -1, 2]), seed = tensor64([NaN, Infinity, 3]);
    assertEquals(toList(backward(f(x), seed).get(x)!), [0, 0, 3]);
  }
});

Deno.test("prelu() takes slopes that broadcast, as ONNX has them, and [channels] along axis 1, as PyTorch has them", () => {
  const x = tensor64([[[[-1, 2]], [[-3, -4]]]]), flat = tensor64([0.5, 0.25]), wanted = [[[[-0.5, 2]], [[-0.75, -1]]]];
  for (const slope of [flat, tensor64([[[0.5]], [[0.25]]]), tensor64([[[[0.5]], [[0.25]]]])]) {
    assertEquals(toArray(prelu(x, slope)), wanted);
    assertEquals(toList(backward(prelu(x, slope)).get(slope)!), [-1, -7]);
  }
  assertEquals(toArray(prelu(tensor64([[[-1, 2]], [[-3, -4]]]), tensor64([[[0.5]], [[0.25]]]))), wanted[0]!);
  assertEquals(toList(prelu(tensor64([-2, 4]), tensor64([[[0.5]]], [1]))), [-1, 4]);
});
