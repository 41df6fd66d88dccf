/**
 * The inverse error function, for both dtypes.
 *
 * The one for float64 has rational approximations fitted to 60-digit values; `tests/fixtures/make_special_functions.py
 * --coefficients` derives the coefficients and prints the error of each fit (all below 2e-17). Its branches follow Wichura,
 * Algorithm AS 241, Applied Statistics 37, 1988. The one for float32 is JAX's: Giles, Approximating the erfinv
 * function, 2010, table 5.
 *
 * `blas/simd/math/erf_inverse.ts` has the same steps in vector code, with the same bits.
 *
 * @module
 */
import { horner, logarithm } from "./logarithm.ts";

/** Two polynomials, lowest power first, the first of which is divided by the second. */
export type Rational = { readonly numerator: readonly number[]; readonly denominator: readonly number[] };

/** `erfInverse(x) / x - 1` for |x| up to 3/4, in `s = 9/16 - x^2`. */
// deno-fmt-ignore
export const CENTRAL: Rational = {
  numerator: [
    0.08455979679682472, 0.03956695859500148, -1.6683448568438621, -5.055902045548265, -5.775533043762014,
    -2.8389605263633926, -0.536202256606613, -0.025478978037297133,
  ],
  denominator: [
    1, 7.121354241112377, 19.70783200731746, 26.78300806716227, 18.607684554381887, 6.247619308964538,
    0.8535064285470091, 0.030108495873496597,
  ],
};

/** `1 - erfInverse(x) / r` for r up to 3, in `r = sqrt(-log(1 - x))`. */
// deno-fmt-ignore
export const NEAR: Rational = {
  numerator: [
    1.0006651282252912, 2.9174483052862725, 5.621464701601127, 6.258787814431384, 5.271132671984558,
    1.8281056965828786, 0.14445969987812396, 0.0006883806242319306, -5.362739597160776e-06,
  ],
  denominator: [
    1, 3.8110343045888815, 8.962028435966406, 13.86534912226495, 15.68350871680935, 12.287018890458604,
    6.450853363892313, 1.3059067104943594, 0.06334148010152411,
  ],
};

/** `1 - erfInverse(x) / r` for r from 3 to 6.1; the largest x below 1 has an r below 6.1. */
// deno-fmt-ignore
export const FAR: Rational = {
  numerator: [
    0.999913371323835, 1.3246503479150378, 2.115601704197702, 1.2054227906004542, 0.16797799807012365,
    0.0053921119647571064, 1.0101216568335719e-05, -3.7339921749673134e-08,
  ],
  denominator: [
    1, 2.198693291834729, 4.147508146707516, 4.171838509251924, 3.3841279521568026, 1.0205454062552026,
    0.09294992685488372, 0.002015094195226775,
  ],
};

/** `erfInverse(x) / x` for `w = -log(1 - x^2)` below 5, in `w - 2.5`; highest power first, rounded to float32. */
// deno-fmt-ignore
export const NEAR32: readonly number[] = /* @__PURE__ */ [
  2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
].map(Math.fround);

/** The same from 5 on, in `sqrt(w) - 3`. */
// deno-fmt-ignore
export const FAR32: readonly number[] = /* @__PURE__ */ [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
].map(Math.fround);

/**
 * Computes the inverse of `erf`: the `y` with `erf(y) = x`.
 *
 * Accurate within 3 units in the last place for every float64 in [-1, 1]; odd: `-0` gives `-0`.
 * `Math.SQRT2 * erfInverse(2 * p - 1)` is the quantile of the normal distribution.
 *
 * @example
 * ```ts
 * import { erf } from "./special_functions.ts";
 * import { erfInverse } from "./erf_inverse.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(erfInverse(erf(0.5)), 0.5, 1e-15);
 * ```
 *
 * @param x A number in [-1, 1].
 * @returns Any number, infinite at -1 and 1; NaN outside [-1, 1].
 */
export function erfInverse(x: number): number {
  const size = Math.abs(x);
  // For -0, the two terms of opposite sign would add up to 0.
  if (size <= 0.75) return size === 0 ? x : x + x * rational(0.5625 - x * x, CENTRAL);
  if (!(size < 1)) return size === 1 ? x * Infinity : NaN;
  // 1 - |x| is exact here. The result is a little less than r, by a fraction that varies slowly with r.
  const r = Math.sqrt(-logarithm(1 - size)), y = r - r * rational(r, r < 3 ? NEAR : FAR);
  return x > 0 ? y : -y;
}

/** Computes a quotient of two polynomials. */
export const rational = (x: number, { numerator, denominator }: Rational): number =>
  horner(x, numerator) / horner(x, denominator);

/**
 * Computes the inverse error function of a float32 strictly between -1 and 1, rounded at every step as JAX's compiler does on
 * a processor with fused multiply-add.
 */
export function erfInverse32(x: number): number {
  const f = Math.fround, w = -f(logarithm(1 - f(x * x))), isNear = w < 5;
  const v = isNear ? f(w - 2.5) : f(f(Math.sqrt(w)) - 3), [first, ...others] = isNear ? NEAR32 : FAR32;
  return f(others.reduce((sum, c) => f(c + sum * v), first!) * x);
}
