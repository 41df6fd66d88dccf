/**
 * Special functions that `Math` lacks: the error function and its complement; `erf_inverse.ts` has the inverse.
 *
 * Every branch is a rational approximation fitted to 60-digit values; `tests/fixtures/make_special_functions.py
 * --coefficients` derives the coefficients and prints the error of each fit (all below 2e-17). The intervals of the
 * branches follow Cody, Rational Chebyshev Approximations for the Error Function, Mathematics of Computation 23,
 * 1969.
 *
 * @module
 */
import { type Rational, rational } from "./erf_inverse.ts";

/** `log(x erfc(x) exp(x^2)) + 9/16` for x from 0.8 to 2.25, in `1 / x`. */
// deno-fmt-ignore
export const TAIL_NEAR: Rational = {
  numerator: [
    -0.00985779742143924, -0.05540585384725617, -0.6695139358428264, -3.122681622746777, -8.261977641890578,
    -12.485317537043446, -3.7870738499055125, -0.1865463092846353,
  ],
  denominator: [
    1, 5.595221293838406, 17.47775440407964, 30.39975547191837, 30.350771074727962, 12.94264844321067,
    1.7317138714701932, 0.041759583206487004,
  ],
};

/** The same for x from 2.25 to 27.3, in `1 / x^2`. */
// deno-fmt-ignore
export const TAIL_FAR: Rational = {
  numerator: [
    -0.009864942924700214, -0.8290312826590254, -20.101768296444504, -209.30193801746955, -1038.034792368676,
    -2427.795658790525, -2398.934829316064, -743.1289963516712, -19.9885961684532,
  ],
  denominator: [
    1, 33.35359212624712, 410.54188191367456, 2365.480029463262, 6688.224899829586, 8884.916990358523,
    4791.284530261532, 712.2801590908703,
  ],
};

/** From here on {@link TAIL_FAR} is used. */
export const TAIL_IS_FAR = 2.25;

/** From here on `erf(x)` is computed as `1 - erfc(x)`, where `erfc(x)` is so small that its errors do not matter. */
const ERF_BY_COMPLEMENT = 1;

/** Up to here `erfc(x)` is computed as `1 - erf(x)`; above, the difference would lose digits. */
const ERFC_BY_COMPLEMENT = 0.8;

/** From here on `erf` is 1 in float64, and `erfc` is 0. */
const ERF_IS_ONE = 6;
const ERFC_IS_ZERO = 27.3;

/**
 * Computes the error function, `2 / sqrt(pi)` times the integral of `exp(-t^2)` from 0 to `x`.
 *
 * Accurate within 1.2 units in the last place for every float64, including subnormal ones; odd: `-0` gives `-0`.
 *
 * @example
 * ```ts
 * import { erf } from "./special_functions.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([erf(0.5), erf(-Infinity)], [0.5204998778130465, -1]);
 * ```
 *
 * @param x Any number.
 * @returns A number in [-1, 1]; NaN for NaN.
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size <= ERF_BY_COMPLEMENT) return x + x * centralExcess(x * x);
  if (!(size < ERF_IS_ONE)) return size > 0 ? Math.sign(x) : NaN;
  const rest = roughComplement(size);
  return x > 0 ? 1 - rest : rest - 1;
}

/**
 * Computes the complementary error function, `1 - erf(x)`, without the cancellation of that difference for large `x`.
 *
 * Accurate within 4 units in the last place for every float64, even where the result is subnormal (`x` above 26.5).
 *
 * @example The tail of the normal distribution: 6 standard deviations
 * ```ts
 * import { erfc } from "./special_functions.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(erfc(6 / Math.SQRT2) / 2, 9.865876450376981e-10, 1e-23);
 * ```
 *
 * @param x Any number.
 * @returns A number in [0, 2]; NaN for NaN.
 */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size <= ERFC_BY_COMPLEMENT) {
    const excess = x * centralExcess(x * x);
    // Above 1/4 the subtraction of 1/2 is exact, so that the result, down to 1/4, keeps its last digits.
    return x < 0.25 ? 1 - (x + excess) : 0.5 - (excess + (x - 0.5));
  }
  if (!(size < ERFC_IS_ZERO)) return size > 0 ? 1 - Math.sign(x) : NaN;
  if (x < 0) return size < ERF_IS_ONE ? 2 - roughComplement(size) : 2;
  // x = high + low with 24 bits in high: high^2 + 9/16 is exact, and exp(-x^2) keeps its digits however large x is.
  const high = Math.fround(x), exponent = -high * high - 0.5625;
  const rest = Math.exp((high - x) * (high + x) + tailLogarithm(x)) / x;
  if (x < 26) return Math.exp(exponent) * rest;
  // exp(exponent) alone would be subnormal and lose digits; as a square it is rounded once, at the end.
  const root = Math.exp(0.5 * exponent);
  return root * (root * rest);
}

/**
 * Returns `erfc(x)` for x from 0.8 to 6, with a relative error of about x^2 units in the last place from the rounding
 * of `x^2`; this vanishes in the difference to 1 or 2 where it is used.
 */
function roughComplement(x: number): number {
  return Math.exp(tailLogarithm(x) - 0.5625 - x * x) / x;
}

/** Returns `log(x erfc(x) exp(x^2)) + 9/16` for x from 0.8 to 27.3: a number between -0.4 and 0. */
function tailLogarithm(x: number): number {
  const t = 1 / x;
  return x < TAIL_IS_FAR ? rational(t, TAIL_NEAR) : rational(t * t, TAIL_FAR);
}

/** Returns `erf(x) / x - 1` for |x| up to 1, from `z = x^2`. */
function centralExcess(z: number): number {
  const p = 0.1283791670955126 +
    z *
      (-0.3169891693395489 +
        z *
          (-0.048371274599796295 +
            z * (-0.008822336324816778 + z * (-0.0004966403525373908 + z * -2.07802280765619e-05))));
  const q = 1 +
    z *
      (0.46064498648983654 +
        z *
          (0.0938746087651241 + z * (0.010705251871973175 + z * (0.0006937362332349159 + z * 2.0866484101019162e-05))));
  return p / q;
}
