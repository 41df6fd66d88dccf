import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { checkGradient } from "../../../autograd/transforms/check_gradient.ts";
import { constant, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { exp, matmul, mul, relu, sin, sum } from "../../../autograd/ops/mod.ts";
import { apply, type Primitive } from "../../../autograd/primitive.ts";
import { scale } from "../../../autograd/ops/arithmetic.ts";
import { stopGradient } from "../../../autograd/stop_gradient.ts";
import { constantOf, type Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import * as either from "../../../blas/either.ts";

/** `x -> x`, with a derivative of our choice. */
const withSlope = (slope: (cotangent: Tensor) => Tensor | null) => (x: Tensor): Tensor => {
  const primitive: Primitive<null> = {
    name: "questionable",
    samples: () => [],
    shape: ([shape]) => either.right(shape!),
    evaluate: ([v]) => v!,
    vjp: (_, cotangent) => slope(cotangent),
  };
  return apply(primitive, null, [x]);
};

Deno.test("checkGradient() confirms right derivatives, and reports how close they are", () => {
  const { analytic, numeric, relativeError } = checkGradient(
    (a, b) => matmul(sin(a), exp(b)),
    tensor64([[1, 2], [3, 4]]),
    tensor64([[0.5], [-1]]),
  );
  assert(analytic !== 0);
  assertLess(Math.abs(analytic - numeric), 1e-5 * Math.max(1, Math.abs(analytic)));
  assertLess(relativeError, 1e-5);
});

Deno.test("checkGradient() catches a wrong derivative, even a slightly wrong one", () => {
  const x = tensor64([1, 2, 3]), wrong = [1.001, -1, 2, 0];
  checkGradient(withSlope((c) => c), x);
  for (const factor of wrong) {
    assertThrows(() => checkGradient(withSlope((c) => scale(c, factor)), x), Error, "Cannot confirm the gradient: ");
  }
  assertThrows(() => checkGradient(withSlope(() => null), x), Error, "Cannot confirm the gradient: 0 where central");
  assertThrows(
    () => checkGradient(withSlope((c) => scale(c, 1.01)), tensor32([1, 2])),
    Error,
    "a relative error of 0.0",
  );
});

Deno.test("checkGradient() catches a derivative of NaN, and one at the wrong place", () => {
  assertThrows(() => checkGradient(withSlope((c) => scale(c, NaN)), tensor64([1, 2])), Error, "NaN");
  const swapped = (c: Tensor): Tensor => matmul(c, constant([[0, 1], [1, 0]], { dtype: c.dtype }));
  assertThrows(() => checkGradient(withSlope(swapped), tensor64([1, 2])), Error, "Cannot confirm the gradient");
});

Deno.test("checkGradient() catches a missing gradient of one of several operands", () => {
  const half = withSlope(() => null), x = tensor64([1, 2]);
  assertThrows(() => checkGradient((a, b) => mul(a, half(b)), x, x), Error, "Cannot confirm the gradient");
});

Deno.test("checkGradient() confirms second derivatives, and catches a rule that is right only once", () => {
  const x = tensor64([0.5, -1]);
  checkGradient((v) => gradient((own: Tensor) => sum(mul(sin(own), own)))(v), x);
  // The slope of exp as a constant: right the first time, and 0 when differentiated again.
  const frozen: Primitive<null> = {
    name: "frozenExp",
    samples: () => [],
    shape: ([shape]) => either.right(shape!),
    evaluate: ([v]) => exp(constantOf(v!)).view,
    vjp: (_, c, { output }) => mul(c, stopGradient(output)),
  };
  checkGradient((v) => apply(frozen, null, [v]), x);
  assertThrows(
    () => checkGradient((v) => gradient((own: Tensor) => sum(apply(frozen, null, [own])))(v), x),
    Error,
    "Cannot confirm",
  );
});

Deno.test("checkGradient() gives the same answer every time, and works on empty and 0-d tensors", () => {
  const f = (x: Tensor): Tensor => sin(x), x = tensor64([1, 2]);
  assertEquals(checkGradient(f, x), checkGradient(f, x));
  assertEquals(checkGradient(f, zeros([0, 2])).analytic, 0);
  assert(checkGradient(f, tensor64(1)).analytic !== 0);
});

Deno.test("checkGradient() throws where a function has no derivative", () => {
  assertThrows(() => checkGradient((x) => relu(x), tensor64([0, 0, 0])), Error, "check where the function is smooth");
});
