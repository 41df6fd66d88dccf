import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { checkGradient } from "../../../autograd/transforms/check_gradient.ts";
import { arange, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { add } from "../../../autograd/ops/arithmetic.ts";
import { reshape } from "../../../autograd/ops/reshape.ts";
import { logSoftmax, logSumExp, softmax } from "../../../autograd/ops/softmax.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { ShapeError } from "../../../blas/errors.ts";

const rows = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 6 });

Deno.test("softmax() gives positive numbers that add up to 1, the same after any shift", () => {
  fc.assert(fc.property(rows, fc.double({ min: -100, max: 100, noNaN: true }), (row, shift) => {
    const p = toList(softmax(tensor64(row))), shifted = toList(softmax(add(tensor64(row), shift)));
    assert(p.every((x) => x >= 0 && x <= 1));
    assertAlmostEquals(p.reduce((total, x) => total + x, 0), 1, 1e-12);
    p.forEach((x, i) => assertAlmostEquals(x, shifted[i]!, 1e-9));
  }));
});

Deno.test("exp(logSoftmax()) is softmax(), and logSoftmax() keeps what softmax() loses to underflow", () => {
  fc.assert(fc.property(rows, (row) => {
    const p = toList(softmax(tensor64(row)));
    toList(logSoftmax(tensor64(row))).forEach((x, i) => assertAlmostEquals(Math.exp(x), p[i]!, 1e-12));
  }));
  assertEquals(toList(softmax(tensor64([0, -1000]))), [1, 0]);
  assertEquals(toList(logSoftmax(tensor64([0, -1000]))), [0, -1000]);
});

Deno.test("softmax() works on any axis", () => {
  const t = reshape(arange(6, undefined, 1, { dtype: "float64" }), [2, 3]),
    along = toArray(softmax(t, { axis: 0 })) as number[][];
  along[0]!.forEach((x, i) => assertAlmostEquals(x + along[1]![i]!, 1, 1e-15));
  assertAlmostEquals(along[1]![0]!, 1 / (1 + Math.exp(-3)), 1e-15);
  assertThrows(() => softmax(t, { axis: 2 }), ShapeError, "Cannot apply softmax to x [2, 3] and axis 2");
  assertThrows(() => logSoftmax(tensor64(1)), ShapeError, "a 0-d tensor has no axes");
});

Deno.test("infinite logits give limits, not NaN, if one is finite", () => {
  assertEquals(toList(softmax(tensor64([-Infinity, 0, 0]))), [0, 0.5, 0.5]);
  assertEquals(toList(logSoftmax(tensor64([-Infinity, 0]))), [-Infinity, 0]);
  assertEquals(toNumber(logSumExp(tensor64([-Infinity, 3]))), 3);
  const x = tensor64([-Infinity, 0, 0]), slope = toList(gradient((t: Tensor<"float64">) => sum(softmax(t)))(x));
  assert(slope.every((v) => v === 0), String(slope));
});

Deno.test("logSumExp() does not overflow, and its gradient is softmax()", () => {
  assertAlmostEquals(toNumber(logSumExp(tensor64([1000, 1000]))), 1000 + Math.LN2, 1e-12);
  assertEquals([toNumber(logSumExp(tensor64([-Infinity, -Infinity]))), toNumber(logSumExp(tensor64([Infinity, 1])))], [
    -Infinity,
    Infinity,
  ]);
  assertEquals([logSumExp(zeros([2, 3]), { axes: 1 }).shape, logSumExp(zeros([2, 3]), { keepDims: true }).shape], [
    [2],
    [
      1,
      1,
    ],
  ]);
  fc.assert(fc.property(rows, (row) => {
    const x = tensor64(row), p = toList(softmax(x));
    toList(backward(logSumExp(x)).get(x)!).forEach((g, i) => assertAlmostEquals(g, p[i]!, 1e-12));
  }));
});

Deno.test("softmax() and its relatives have the first and second derivatives of central differences", () => {
  for (const make of [tensor32, tensor64]) {
    const x = make([[0.5, -1, 2], [1, 1, -0.3]]);
    for (
      const f of [softmax, logSoftmax, (t: Tensor) => softmax(t, { axis: 0 }), (t: Tensor) => logSumExp(t, { axes: 1 })]
    ) {
      checkGradient((t) => f(t), x);
      checkGradient((t) => gradient((own: Tensor) => sum(softmax(f(own), { axis: 0 })))(t), x);
    }
  }
});

Deno.test("logSumExp() has PyTorch's gradient where all elements are -Infinity or one is Infinity: no shares exist", () => {
  // PyTorch 1.13: NaN for both of the first row; the second row's finite element has 0.
  const slopes = gradient((t: Tensor<"float64">) => sum(logSumExp(t, { axes: 1 })));
  const x = tensor64([[-Infinity, -Infinity], [Infinity, 0], [-Infinity, 0]]);
  assertEquals(toArray(slopes(x)), [[NaN, NaN], [NaN, 0], [0, 1]]);
  assertEquals(toList(softmax(tensor64([-Infinity, -Infinity]))), [NaN, NaN]);
});

Deno.test("softmax() of an empty tensor is empty", () => {
  assertEquals([softmax(zeros([0, 3])).shape, softmax(zeros([3, 0])).shape, logSoftmax(zeros([0])).shape], [[0, 3], [
    3,
    0,
  ], [
    0,
  ]]);
});
