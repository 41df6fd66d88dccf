/**
 * The natural logarithm, written out: the one of `Math` differs between runtimes, and random numbers must not.
 *
 * `x = 2^k (1 + f)` with `1 + f` between sqrt(1/2) and sqrt(2); with `s = f / (2 + f)` and `z = s^2`,
 * `log(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + z t(z)))`, where `t` is the polynomial of W. Kahan's and K. C. Ng's logarithm in
 * fdlibm, 1993.
 *
 * @module
 */

/** log 2 in two parts; products of the first with whole numbers up to the largest exponent are exact. */
export const LOG2_HIGH = 6.93147180369123816490e-01, LOG2_LOW = 1.90821492927058770002e-10;

/** The coefficients of `t`, lowest power first. */
export const LOG_TAIL: readonly number[] = [
  6.666666666666735130e-01,
  3.999999999940941908e-01,
  2.857142874366239149e-01,
  2.222219843214978396e-01,
  1.818357216161805012e-01,
  1.531383769920937332e-01,
  1.479819860511658591e-01,
];

const words = /* @__PURE__ */ new Uint32Array(2), number = /* @__PURE__ */ (() => new Float64Array(words.buffer))();

/** The word that holds the exponent; the other one holds the rest of the fraction. */
const UPPER = /* @__PURE__ */ (() => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0)();

/** The upper and the lower word of sqrt(1/2). */
const ROOT = [0x3fe6a09e, 0x667f3bcd] as const;

/**
 * Computes the natural logarithm of a normal number above 0, within one unit in the last place.
 *
 * @example
 * ```ts
 * import { logarithm } from "./logarithm.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logarithm(0.5), -Math.LN2);
 * ```
 */
export function logarithm(x: number): number {
  number[0] = x;
  const exponent = words[UPPER]! & 0x7ff00000, lower = (words[UPPER]! & 0xfffff) | 0x3fe00000;
  const isUpper = lower > ROOT[0] || (lower === ROOT[0] && words[1 - UPPER]! >= ROOT[1]);
  const k = (exponent >> 20) - (isUpper ? 1022 : 1023);
  words[UPPER] = isUpper ? lower : lower + 0x100000;
  const f = number[0]! - 1, s = f / (2 + f), z = s * s, half = 0.5 * f * f;
  const correction = s * (half + z * horner(z, LOG_TAIL)) + k * LOG2_LOW;
  return k * LOG2_HIGH - (half - correction - f);
}

/** Computes a polynomial, lowest power first, rounded after every product and every sum. */
export function horner(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[coefficients.length - 1]!;
  for (let k = coefficients.length - 2; k >= 0; k--) sum = coefficients[k]! + x * sum;
  return sum;
}
