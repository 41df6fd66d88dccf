/**
 * Polynomials as scalar expressions.
 *
 * @module
 */
import type { Rational } from "./erf_inverse.ts";
import { add, constantScalar, div, mul, type Scalar } from "./scalar.ts";

/**
 * Builds a polynomial, in Horner's form.
 *
 * @param coefficients At least one, lowest power first.
 *
 * @example
 * ```ts
 * import { argument, evaluateScalar } from "@nanograd/nanograd/blas";
 * import { polynomial } from "./polynomial.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(evaluateScalar(polynomial(argument(0), [1, 2, 3]), [10]), 321);
 * ```
 */
export const polynomial = (x: Scalar, coefficients: readonly number[]): Scalar =>
  coefficients.slice(0, -1).reduceRight((sum, c) => add(mul(sum, x), c), constantScalar(coefficients.at(-1)!));

/** Builds a quotient of two polynomials. */
export const quotientOf = (x: Scalar, { numerator, denominator }: Rational): Scalar =>
  div(polynomial(x, numerator), polynomial(x, denominator));
