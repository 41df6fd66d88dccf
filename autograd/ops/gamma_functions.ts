/**
 * The logarithm of the gamma function and its derivative.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { polynomial } from "../../blas/scalar/polynomial.ts";
import {
  abs,
  add,
  cos,
  div,
  equal,
  less,
  log,
  mul,
  neg,
  round,
  type Scalar,
  type ScalarLike,
  select,
  sin,
  sub,
} from "../../blas/scalar/scalar.ts";
import { applyElementwise, elementwise } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";

/** `logGamma(x) / ((x - 1) (x - 2))` from 1 to 2.5, in `x - 7/4`; `make_vector_math.py --coefficients logGamma`. */
// deno-fmt-ignore: a table of coefficients, several in a line
const NEAR = [
  0.4501393121092563, -0.11948158662524266, 0.04452044719850912, -0.019053957830261398, 0.008776370425302516,
  -0.004226194125163002, 0.002095533878418925, -0.0010605660943677768, 0.0005448970165679358, -0.00028319035356470703,
  0.0001485164993368634, -7.846410018451044e-05, 4.170715667432752e-05, -2.226798094435054e-05, 1.1942141023954298e-05,
  -6.4885775992908455e-06, 3.5272390417576417e-06, -1.7662059511041611e-06, 9.224065025280975e-07,
  -7.580690600296995e-07, 4.5830748375296137e-07, 3.533855904754984e-08, -4.941344103077164e-08,
  -1.581757737020764e-07, 9.588221159700258e-08,
];

/** The Bernoulli numbers B2, B4, …, of Stirling's series. */
export const bernoulli =
  (): readonly number[] => [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];

/** From here on the series is accurate to all digits of float64. */
export const LARGE = 8;

/** Stirling's series: the logarithm of `gamma(x)` less `(x - 1/2) log(x) - x + log(2 pi) / 2`, for x from 8 on. */
export function stirlingSeries(x: Scalar): Scalar {
  const inverse = div(1, x), coefficients = bernoulli().map((b, k) => b / ((2 * k + 2) * (2 * k + 1)));
  return mul(inverse, polynomial(mul(inverse, inverse), coefficients));
}

const sumOf = (terms: readonly Scalar[]): Scalar => terms.reduce((sum, term) => add(sum, term));
const shifted = (x: Scalar, count: number): readonly Scalar[] => Array.from({ length: count }, (_, k) => add(x, k));

/** The distance to the nearest whole number: pi times that has the same sine and cosine, but for the sign, as `pi x`. */
const fromNearest = (x: Scalar): Scalar => sub(x, round(x));

/**
 * For positive numbers: Stirling's series from 8 on, and below a polynomial of the number between 1 and 2.5 that is a
 * whole number less, by `gamma(x) = (x - 1) gamma(x - 1)`, which cancels almost nothing. Below 1, `gamma(x) = gamma(x +
 * 1) / x`.
 */
export function logGammaOfPositive(x: Scalar): Scalar {
  return termsOf((n) => sub(x, n), less(x, 1)).value;
}

/**
 * Returns the logarithm at a number, and the terms that it is made of, from a function that returns that number less a
 * whole one. Up to 8, the product belongs under a logarithm.
 */
function termsOf(reduced: (n: number) => Scalar, below: ScalarLike) {
  const x = reduced(0), isLarge = less(LARGE, x), [z, product] = towardsTwo(reduced);
  const first = select(below, x, sub(z, 1)), second = select(below, reduced(1), sub(z, 2));
  const near = mul(mul(first, second), polynomial(select(below, sub(x, 0.75), sub(z, 1.75)), NEAR));
  const logarithm = log(select(isLarge, x, select(below, x, product)));
  const series = add(stirlingSeries(x), Math.log(2 * Math.PI) / 2 - 0.5);
  const far = add(mul(sub(x, 0.5), sub(logarithm, 1)), series);
  const value = select(isLarge, far, add(near, select(below, neg(logarithm), logarithm)));
  return { isLarge, near, product, far, value };
}

/** Returns `x - n`, at most 2.5 for numbers up to 8, and `(x - 1) (x - 2) ... (x - n)`, for the least whole `n` of 0 or more. */
function towardsTwo(reduced: (n: number) => Scalar): readonly [Scalar, ScalarLike] {
  let z = reduced(0), product: ScalarLike = 1;
  for (let n = 1; n <= 6; n++) {
    const isAbove = less(2.5, z), lower = reduced(n);
    product = select(isAbove, mul(product, lower), product);
    z = select(isAbove, lower, z);
  }
  return [z, product];
}

/**
 * Below 0 by reflection: `gamma(x) gamma(1 - x) = pi / sin(pi x)`. Up to -7, what cancels at its zeros is under one
 * logarithm, and `1 - x - n` is computed in one step.
 */
function logGammaOf(x: Scalar): Scalar {
  const isNegative = less(x, 0), size = abs(x), below = select(isNegative, 0, less(x, 1));
  const reduced = (n: number): Scalar => add(size, sub(isNegative, n)); // of 1 - x, or of x
  const { isLarge, near, product, far, value } = termsOf(reduced, below);
  const distance = fromNearest(x), angle = mul(Math.PI, distance);
  // Subnormal numbers times pi have few digits: the quotient of sine and angle has all.
  const factor = mul(abs(distance), div(sin(angle), angle));
  const reflected = neg(add(log(mul(factor, select(isLarge, 1, product))), select(isLarge, far, near)));
  const isPole = equal(select(isNegative, distance, 1), 0);
  return select(equal(select(isPole, Infinity, size), Infinity), Infinity, select(isNegative, reflected, value));
}

/** For positive numbers: the derivative of Stirling's series, applied to `x + 8` below 8. */
export function digammaOfPositive(x: Scalar): Scalar {
  const isSmall = less(x, LARGE),
    z = select(isSmall, add(x, 8), x),
    inverse = div(1, z),
    square = mul(inverse, inverse);
  const series = mul(square, polynomial(square, bernoulli().map((b, k) => b / (2 * k + 2))));
  const far = sub(sub(log(z), mul(0.5, inverse)), series);
  return sub(far, select(isSmall, sumOf(shifted(x, 8).map((term) => div(1, term))), 0));
}

function digammaOf(x: Scalar): Scalar {
  const isNegative = less(x, 0), positive = digammaOfPositive(select(isNegative, sub(1, x), x));
  const distance = fromNearest(x), angle = mul(Math.PI, distance), cotangent = div(cos(angle), sin(angle));
  // NaN at a pole, and so is the slope there: that of a constant would be 0.
  const reflected = select(equal(distance, 0), mul(NaN, x), sub(positive, mul(Math.PI, cotangent)));
  return select(isNegative, reflected, positive);
}

const logGammaPrimitive = /* @__PURE__ */ elementwise("logGamma", logGammaOf, {
  derivatives: [(x) => digammaOf(x!)],
  domains: [[0.3, 4]],
});
const digammaPrimitive = /* @__PURE__ */ elementwise("digamma", digammaOf, { domains: [[0.4, 4]] });

/** The primitives of this file, for the generic checks. */
export const gammaFunctionPrimitives = [logGammaPrimitive, digammaPrimitive];

/**
 * Computes `log(|gamma(x)|)` for every element; `logGamma(n + 1)` is the logarithm of `n!`. Infinite at 0 and at negative whole
 * numbers. The derivative is `digamma`.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { logGamma, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [half, five] = toList(logGamma(tensor64([0.5, 5])));
 * assertAlmostEquals(half!, Math.log(Math.PI) / 2);
 * assertAlmostEquals(five!, Math.log(24));
 * ```
 *
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 6.1.41 and 6.1.17.
 */
export function logGamma<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(logGammaPrimitive, [x]);
}

/**
 * Computes the digamma function of every element, the derivative of `logGamma`: -Infinity at 0, NaN at negative whole numbers.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example Minus Euler's constant
 * ```ts
 * import { digamma, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(digamma(tensor64(1))), -0.5772156649015329, 1e-14);
 * ```
 *
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 6.3.18 and 6.3.7.
 */
export function digamma<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(digammaPrimitive, [x]);
}
