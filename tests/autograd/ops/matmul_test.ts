import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { checkGradient } from "../../../autograd/transforms/check_gradient.ts";
import { full, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { key } from "../../../autograd/random/key.ts";
import { dot, matmul, outer } from "../../../autograd/ops/matmul.ts";
import { compile } from "../../../autograd/compile/compile.ts";
import { mul } from "../../../autograd/ops/arithmetic.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { transpose } from "../../../autograd/ops/transpose.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import { tensorData, toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";

const random = (seed: number, shape: Shape): Tensor<"float64"> => randomNormal(key(seed), shape, { dtype: "float64" });

Deno.test("matmul() takes matrices and vectors on either side", () => {
  const a = tensor64([[1, 2], [3, 4]]), x = tensor64([1, -1]);
  assertEquals(toArray(matmul(a, a)), [[7, 10], [15, 22]]);
  assertEquals([toArray(matmul(a, x)), toArray(matmul(x, a))], [[-1, -1], [-2, -2]]);
  assertEquals([matmul(x, x).shape, toNumber(matmul(x, x))], [[], 2]);
});

Deno.test("matmul() has NumPy's shapes for every pair of ranks, and gradients of the operands' shapes", () => {
  const cases: readonly (readonly [Shape, Shape, Shape])[] = [
    [[3], [3], []],
    [[2, 3], [3], [2]],
    [[3], [3, 4], [4]],
    [[2, 3], [3, 4], [2, 4]],
    [[5, 2, 3], [3, 4], [5, 2, 4]],
    [[5, 2, 3], [3], [5, 2]],
    [[3], [5, 3, 4], [5, 4]],
    [[2, 3], [5, 3, 4], [5, 2, 4]],
    [[5, 1, 2, 3], [6, 3, 4], [5, 6, 2, 4]],
    [[1, 2, 3], [5, 3, 4], [5, 2, 4]],
    [[2, 0], [0, 3], [2, 3]],
    [[0, 2, 3], [3, 1], [0, 2, 1]],
    [[0], [0], []],
  ];
  cases.forEach(([a, b, shape], k) => {
    const x = tensor64(toList(random(k, a)), a), y = tensor64(toList(random(k + 50, b)), b), product = matmul(x, y);
    assertEquals(product.shape, shape);
    const gradients = backward(product);
    assertEquals([gradients.get(x)!.shape, gradients.get(y)!.shape], [a, b]);
    if (sizeOf(a) > 0) checkGradient(matmul, x, y);
  });
  assertEquals(toArray(matmul(zeros([2, 0]), zeros([0, 2]))), [[0, 0], [0, 0]]);
});

Deno.test("a product of batches is the product of each, whatever is broadcast", () => {
  const a = random(1, [4, 1, 2, 3]), b = random(2, [5, 3, 2]), whole = toArray(matmul(a, b)) as number[][][][];
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 5; j++) {
      const [x, y] = [toArray(a), toArray(b)] as [number[][][][], number[][][]];
      assertEquals(whole[i]![j], toArray(matmul(tensor64(x[i]![0]!), tensor64(y[j]!))) as number[][]);
    }
  }
});

Deno.test("the product of the transposed is the transposed product", () => {
  fc.assert(fc.property(fc.nat(5), fc.nat(5), fc.nat(5), (m, n, k) => {
    const a = random(m, [m, k]), b = random(n, [k, n]);
    const left = toList(transpose(matmul(a, b))), right = toList(matmul(transpose(b), transpose(a)));
    left.forEach((x, i) => assertAlmostEquals(x, right[i]!, 1e-12));
  }));
});

Deno.test("matmul() names both shapes and the fix", () => {
  assertThrows(
    () => matmul(zeros([32, 784]), zeros([128, 784])),
    ShapeError,
    "Cannot apply matmul to a [32, 784] and b [128, 784]: columns of a (784) must equal rows of b (128); " +
      "if b holds one row per output, pass transpose(b)",
  );
  assertThrows(() => matmul(zeros([2, 3]), zeros([4, 5])), ShapeError, "transpose or reshape one of them so that they");
  assertThrows(() => matmul(zeros([3]), zeros([4, 5])), ShapeError, "the length of a (3) must equal rows of b (4)");
  assertThrows(() => matmul(zeros([2, 3]), zeros([4])), ShapeError, "columns of a (3) must equal the length of b (4)");
  assertThrows(() => matmul(zeros([3]), zeros([4])), ShapeError, "Cannot apply matmul to a [3] and b [4]");
  assertThrows(() => matmul(zeros([]), zeros([2])), ShapeError, "a 0-d tensor is not a matrix");
  assertThrows(() => matmul(zeros([2, 3]), zeros([])), ShapeError, "a 0-d tensor is not a matrix");
  assertThrows(() => matmul(zeros([2, 2, 3]), zeros([3, 3, 2])), ShapeError, "batch axes must be equal or 1 from the");
});

Deno.test("dot() and outer() are the products of two vectors", () => {
  const a = tensor64([1, 2, 3]), b = tensor64([4, 5, 6]);
  assertEquals([toNumber(dot(a, b)), dot(a, b).shape], [32, []]);
  assertEquals(toArray(outer(a, tensor64([1, -1]))), [[1, -1], [2, -2], [3, -3]]);
  assertEquals([outer(zeros([0]), zeros([2])).shape, toNumber(dot(zeros([0]), zeros([0])))], [[0, 2], 0]);
  assertThrows(
    () => dot(zeros([2]), zeros([3])),
    ShapeError,
    "Cannot apply dot to a [2] and b [3]: the lengths must be",
  );
  assertThrows(
    () => dot(zeros([2, 2]), zeros([2])),
    ShapeError,
    "both must be vectors, with one axis; reshape them, or",
  );
  assertThrows(() => outer(zeros([]), zeros([2])), ShapeError, "Cannot apply outer to a [] and b [2]");
});

Deno.test("the gradient of outer() of long float32 vectors keeps their digits, plainly and compiled", () => {
  // PyTorch 1.13: 3.0e-8, of torch.outer; 4.5e-6 of a matrix times a vector.
  const n = 100_000, tenth = Math.fround(0.1), wanted = n * tenth * tenth;
  const x = full([4], 0.1), y = full([n], 0.1);
  const slope = gradient((v: typeof x) => sum(mul(outer(v, y), 0.1)));
  for (const found of [slope(x), compile(slope)(x)]) {
    for (const value of tensorData(found)) assertLess(Math.abs(value / wanted - 1), 2e-7);
  }
});

Deno.test("outer() keeps the sign of zero, as a product of two numbers does", () => {
  assertEquals(toArray(outer(tensor64([-0, 1]), tensor64([1, -0]))), [[-0, 0], [1, -0]]);
});
