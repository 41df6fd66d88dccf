import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  compile,
  constant,
  cosineSimilarity,
  type DType,
  gradient,
  hypot,
  l2Normalize,
  matmul,
  mul,
  norm,
  scale,
  ShapeError,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";

const vector = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 })
  .filter((xs) => Math.hypot(...xs) > 1e-3);

Deno.test("l2Normalize() gives length 1 and keeps the direction", () => {
  fc.assert(fc.property(vector, (xs) => {
    const length = Math.hypot(...xs);
    toList(l2Normalize(tensor64(xs))).forEach((x, i) => assertAlmostEquals(x, xs[i]! / length, 1e-14));
  }));
});

Deno.test("l2Normalize() of 0 is 0, and its gradient finite", () => {
  const slope = gradient((x: Tensor) => sum(mul(l2Normalize(x, { epsilon: 0.5 }), tensor64([1, -2]))));
  assertEquals(toList(l2Normalize(tensor64([0, 0]))), [0, 0]);
  assertEquals(toList(slope(tensor64([0, 0]))), [2, -4]);
  assertEquals(toList(gradient((x: Tensor) => sum(slope(x)))(tensor64([0, 0]))), [0, 0]);
});

Deno.test("squares neither overflow nor vanish on the way", () => {
  for (const x of [tensor64([3e200, 4e200]), tensor32([3e30, 4e30]), tensor32([3e-30, 4e-30])]) {
    toList(l2Normalize<DType>(x, { epsilon: 0 })).forEach((y, i) => assertAlmostEquals(y, [0.6, 0.8][i]!, 1e-7));
  }
});

Deno.test("l2Normalize() over no axis, over several, and without elements", () => {
  assertEquals(toList(l2Normalize(tensor64([2, -3]), { axis: [] })), [1, -1]);
  assertEquals(toList(l2Normalize(tensor64([[[3], [4]], [[6], [8]]]), { axis: [1, 2] })), [0.6, 0.8, 0.6, 0.8]);
  assertEquals(l2Normalize(zeros([2, 0]), { axis: 1 }).shape, [2, 0]);
});

Deno.test("cosineSimilarity() is the cosine: scaling does not matter, a half turn changes the sign", () => {
  fc.assert(fc.property(vector, vector, fc.double({ min: 0.1, max: 9, noNaN: true }), (xs, ys, factor) => {
    const a = tensor64(xs), b = tensor64(ys), cosine = toNumber(cosineSimilarity(a, b));
    assertAlmostEquals(cosine, toNumber(matmul(a, b)) / Math.hypot(...xs) / Math.hypot(...ys), 1e-13);
    assertAlmostEquals(toNumber(cosineSimilarity(scale(a, factor), b)), cosine, 1e-12);
    assertAlmostEquals(toNumber(cosineSimilarity(a, scale(b, -1))), -cosine, 1e-13);
  }));
});

Deno.test("cosineSimilarity() with 0 is 0, also its gradient is finite", () => {
  const slope = toList(gradient((x: Tensor) => cosineSimilarity(x, tensor64([3, 4])))(tensor64([0, 0])));
  assertEquals(toNumber(cosineSimilarity(tensor64([0, 0]), tensor64([3, 4]))), 0);
  assertEquals(slope.every(Number.isFinite), true);
});

Deno.test("both refuse axes that do not exist and a negative epsilon", () => {
  assertThrows(() => l2Normalize(zeros([2]), { axis: 1 }), ShapeError, "Cannot apply l2Normalize");
  assertThrows(() => l2Normalize(zeros([2]), { epsilon: -1 }), RangeError, "Cannot apply l2Normalize with epsilon -1");
  assertThrows(() => cosineSimilarity(zeros([2]), zeros([3])), ShapeError, "Cannot apply cosineSimilarity");
  assertThrows(() => cosineSimilarity(zeros([]), zeros([])), ShapeError, "a 0-d tensor has no axes");
});

Deno.test("vectors too short for the reciprocal of their elements have finite gradients, those of x / epsilon", () => {
  // PyTorch 1.13: F.cosine_similarity(x, torch.tensor([3., -4.]), dim=0) at [1e-200, 2e-200] has the gradient [6e7, -8e7].
  // By hand: below epsilon l2Normalize(x) is x / 1e-8, whose slope is 1e8, and the cosine's is the other direction's 1e8.
  for (
    const tiny of [
      tensor64([1e-200, 2e-200]),
      tensor64([1e-310, 2e-310]),
      tensor32([1e-30, 2e-30]),
      tensor32([1e-40, 0]),
    ]
  ) {
    const other = tiny.dtype === "float64" ? tensor64([3, -4]) : tensor32([3, -4]);
    const ofNormalized = gradient((x: Tensor) => sum(mul(l2Normalize(x), other)))(tiny);
    toList(ofNormalized).forEach((slope, i) => assertAlmostEquals(slope / [3e8, -4e8][i]!, 1, 1e-6));
    const ofCosine = gradient((x: Tensor) => cosineSimilarity(x, other))(tiny);
    toList(ofCosine).forEach((slope, i) => assertAlmostEquals(slope / [0.6e8, -0.8e8][i]!, 1, 1e-6));
    assertEquals(toList(gradient((x: Tensor) => cosineSimilarity(x, tiny))(tiny)).every(Number.isFinite), true);
  }
});

Deno.test("without an epsilon short vectors have the slope 1 / length across, 0 along", () => {
  // By hand at (3e-200, 4e-200): the first row of (1 - u u^T) / |x| for the unit vector u = (0.6, 0.8).
  const slope = gradient((x: Tensor) => sum(mul(l2Normalize(x, { epsilon: 0 }), tensor64([1, 0]))));
  const found = toList(slope(tensor64([3e-200, 4e-200])));
  found.forEach((value, i) => assertAlmostEquals(value / 5e-200 ** -1, [0.64, -0.48][i]!, 1e-13));
});

Deno.test("l2Normalize() is exact for vectors whose squares overflow or vanish, in both dtypes", () => {
  for (
    const [dtype, sizes] of [["float32", [1e-44, 1e-30, 1, 1e30]], ["float64", [1e-300, 1e-200, 1, 1e300]]] as const
  ) {
    for (const size of sizes) {
      const x = constant([3, 4, 0].map((k) => k * size), { dtype, shape: [3] });
      const [a, b, c] = toList(l2Normalize(x, { epsilon: 0 })) as readonly number[];
      const tolerance = size < 1e-40 ? 0.1 : dtype === "float32" ? 1e-6 : 1e-14; // 1e-44 is seven times the smallest number
      assertAlmostEquals(a!, 0.6, tolerance);
      assertAlmostEquals(b!, 0.8, tolerance);
      assertEquals(c, 0);
    }
  }
});

Deno.test("norm() and hypot() have derivatives of size 1 for numbers of any size, plain and compiled, in both dtypes", () => {
  const sizes = {
    float32: [1e-41, 1e-40, 1e-38, 1e-30, 1e-20, 2e-15, 9e-16, 1.5e-13, 3e-12, 1, 9e14, 2e15, 1e20, 1e38],
    float64: [1e-300, 1e-200, 1.1e-120, 9e-121, 1, 9e134, 2e135, 1e200, 1e307],
  };
  const length = (x: Tensor) => sum(norm(x, { axes: [] })), pair = (x: Tensor) => sum(hypot(x, x));
  for (const dtype of ["float32", "float64"] as const) {
    for (const size of sizes[dtype]) {
      const x = constant([size, -size], { dtype, shape: [2] });
      for (const [f, slope] of [[length, 1], [pair, Math.SQRT2]] as const) {
        for (const derivative of [gradient(f), compile(gradient(f))]) {
          const found = toList(derivative(x)), precise = size > 1e-37 ? 1e-6 : 1e-3;
          assertAlmostEquals(found[0]!, slope, precise * slope, `${dtype} ${size}`);
          assertAlmostEquals(found[1]!, -slope, precise * slope, `${dtype} ${size}`);
        }
      }
    }
  }
});

Deno.test("the slope of l2Normalize() lies between those of both sides where the length is epsilon", () => {
  const slope = (x: number) => toList(gradient((t: Tensor) => sum(l2Normalize(t, { epsilon: 1 })))(tensor64([x])))[0];
  assertEquals([slope(0.5), slope(1), slope(2)], [1, 0.5, 0]);
});
