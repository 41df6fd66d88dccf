/**
 * The logistic sigmoid and functions built on it.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { abs, add, div, exp, log1p, max, min, mul, neg, sub } from "../../blas/scalar/scalar.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import type { Scalar } from "../../blas/scalar/scalar.ts";
import { applyElementwise, exponential } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";

/** `log(1 + exp(x))`, written so that the exponential never exceeds 1: exp(710) is Infinity, exp(-|x|) is not. */
const softplusOf = (x: Scalar): Scalar => add(max(x, 0), log1p(exp(neg(abs(x)))));

/** `log(1 + exp(beta * x)) / beta`: only what vanishes far from 0 is multiplied by beta, since `beta * x` may overflow. */
const softplusBy = (x: Scalar, beta: Scalar): Scalar => add(max(x, 0), div(log1p(exp(neg(mul(beta, abs(x))))), beta));

const sigmoidPrimitive = /* @__PURE__ */ exponential("sigmoid", (x) => scalar.sigmoid(x));
const sigmoidStablePrimitive = /* @__PURE__ */ exponential("sigmoidStable", (x) => scalar.sigmoid(x));
const tanhPrimitive = /* @__PURE__ */ exponential("tanh", (x) => scalar.tanh(x));
// The derivatives of these two are given: differentiating max and abs separately would lose them at 0.
const softplusPrimitive = /* @__PURE__ */ exponential("softplus", softplusBy, {
  derivatives: [
    (x, beta) => scalar.sigmoid(mul(beta!, x!)),
    (x, beta) => div(sub(mul(x!, scalar.sigmoid(mul(beta!, x!))), softplusBy(x!, beta!)), beta!),
  ],
  domains: [[-2, 2], [0.5, 2]],
});
const logSigmoidPrimitive = /* @__PURE__ */ exponential("logSigmoid", (x) => sub(min(x, 0), log1p(exp(neg(abs(x))))), {
  derivatives: [(x) => scalar.sigmoid(neg(x!))],
});
const siluPrimitive = /* @__PURE__ */ exponential("silu", (x) => mul(x, scalar.sigmoid(x)));
const mishPrimitive = /* @__PURE__ */ exponential("mish", (x) => mul(x, scalar.tanh(softplusOf(x))), {
  derivatives: [(far) => {
    // Long before 1000 the slope is 0 or 1; Infinity times 0 would be NaN.
    const x = max(min(far!, 1000), -1000),
      isRight = scalar.greater(x, 0),
      power = exp(scalar.select(isRight, neg(x), x));
    // tanh(log(1 + exp(x))) and its slope, written without functions that have kinks.
    const square = mul(power, power), double = mul(2, power);
    const above = scalar.select(isRight, add(1, double), add(square, double));
    const below = add(above, scalar.select(isRight, mul(2, square), 2));
    const steep = mul(mul(4, scalar.select(isRight, square, power)), add(1, power));
    return add(div(above, below), mul(x, div(div(steep, below), below)));
  }],
});

/** The primitives of this file, for the generic checks. */
export const sigmoidPrimitives = [
  sigmoidPrimitive,
  sigmoidStablePrimitive,
  tanhPrimitive,
  softplusPrimitive,
  logSigmoidPrimitive,
  siluPrimitive,
  mishPrimitive,
];

/**
 * Computes `1 / (1 + exp(-x))`, element by element, without overflow.
 *
 * @example
 * ```ts
 * import { sigmoid, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(sigmoid(tensor64([0, -1000]))), [0.5, 0]);
 * ```
 */
export function sigmoid<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(sigmoidPrimitive, [x]);
}

/**
 * Computes the same as {@link sigmoid}, which is stable too; the original library has both names.
 *
 * @example
 * ```ts
 * import { sigmoidStable, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(sigmoidStable(tensor64([0, -1000]))), [0.5, 0]);
 * ```
 */
export function sigmoidStable<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(sigmoidStablePrimitive, [x]);
}

/**
 * Computes the hyperbolic tangent of every element.
 *
 * @example
 * ```ts
 * import { tanh, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(tanh(tensor64(1))), Math.tanh(1));
 * ```
 */
export function tanh<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(tanhPrimitive, [x]);
}

/**
 * Computes `log(1 + exp(beta * x)) / beta`, element by element, without overflow; the derivative is `sigmoid(beta *
 * x)`.
 *
 * @param options `beta`: how sharp the bend is, 1 by default.
 * @throws {RangeError} If `beta` is not a finite number above 0.
 * @see Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2000.
 *
 * @example `log 2` at zero, the identity far to the right
 * ```ts
 * import { softplus, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(softplus(tensor64([0, 800]))), [Math.LN2, 800]);
 * ```
 */
export function softplus<D extends DType>(
  x: Tensor<D>,
  options: { readonly beta?: number | undefined } = {},
): Tensor<D> {
  checkOptions("apply softplus", options, { beta: true });
  const { beta = 1 } = options;
  if (!(Number.isFinite(beta) && beta > 0)) {
    throw new RangeError(
      `Cannot apply softplus with beta ${describe(beta)}: beta must be a finite number above 0; 1 is usual`,
    );
  }
  return applyElementwise(softplusPrimitive, [x, beta]);
}

/**
 * Computes `log(sigmoid(x))`, element by element, without overflow or loss of digits.
 *
 * @example
 * ```ts
 * import { logSigmoid, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(logSigmoid(tensor64(-1000))), -1000);
 * ```
 */
export function logSigmoid<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(logSigmoidPrimitive, [x]);
}

/**
 * Computes `x * sigmoid(x)`, element by element, also called swish.
 *
 * @example
 * ```ts
 * import { silu, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(silu(tensor64(0))), 0);
 * ```
 *
 * @see Elfwing et al., Sigmoid-Weighted Linear Units, 2017.
 */
export function silu<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(siluPrimitive, [x]);
}

/**
 * Computes `x * tanh(softplus(x))`, element by element.
 *
 * @example
 * ```ts
 * import { mish, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mish(tensor64(0))), 0);
 * ```
 *
 * @see Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019.
 */
export function mish<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(mishPrimitive, [x]);
}
