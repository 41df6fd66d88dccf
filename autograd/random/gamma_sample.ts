/**
 * One number of the gamma distribution from one key, in the steps of JAX.
 *
 * @module
 */
import { aboveMinusOne } from "../../blas/distribution.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";
import { erfInverse, erfInverse32 } from "../../blas/scalar/erf_inverse.ts";
import { threefry2x32, type Words } from "../../blas/threefry.ts";

/** Returns key `i` of the keys into which a key is split. */
export const subkey = (key: Words, i: number): Words => threefry2x32(key, [0, i]);

/** Returns number `i` that a key draws from the uniform distribution on [0, 1). */
export function unitAt(key: Words, i: number, dtype: DType): number {
  const [high, low] = threefry2x32(key, [0, i]);
  return dtype === "float32" ? ((high ^ low) >>> 9) * 2 ** -23 : (high * 2 ** 20 + (low >>> 12)) * 2 ** -52;
}

function normalOf(key: Words, dtype: DType): number {
  const { round, epsilon } = DTYPES[dtype], low = aboveMinusOne(epsilon);
  const u = Math.max(low, round(2 * unitAt(key, 0, dtype) + low));
  return round(round(Math.SQRT2) * (dtype === "float32" ? erfInverse32(u) : erfInverse(u)));
}

/** The factor of a cheap bound within which numbers are accepted. */
const SQUEEZE = 0.0331;

/**
 * Draws one number, or its logarithm, which does not underflow.
 *
 * @param key Its key.
 * @param alpha The shape parameter.
 * @returns NaN if `alpha` is not finite and above 0.
 * @see Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000.
 */
export function gammaSample(key: Words, alpha: number, dtype: DType, isLog: boolean): number {
  if (!(alpha > 0 && Number.isFinite(alpha))) return NaN;
  const isBoosted = alpha < 1, d = (isBoosted ? alpha + 1 : alpha) - 1 / 3;
  const v = accepted(subkey(key, 0), d, dtype), last = subkey(key, 1);
  // Below 1, a number for alpha + 1 is multiplied by a power of a uniform one.
  const unit = isBoosted ? unitAt(last, 0, dtype) : 0;
  if (!isLog) return d * v * (isBoosted ? (1 - unit) ** (1 / alpha) : 1);
  return Math.log(d) + Math.log(v) + (isBoosted && unit !== 0 ? Math.log1p(-unit) / alpha : 0);
}

/** Draws the cube of a shifted normal number until one is accepted. */
function accepted(start: Words, d: number, dtype: DType): number {
  const c = 1 / 3 / Math.sqrt(d);
  for (let key = start;; key = subkey(key, 0)) {
    const { square, v } = positive(subkey(key, 1), c, dtype), u = unitAt(subkey(key, 2), 0, dtype);
    if (u < 1 - SQUEEZE * square * square || Math.log(u) < square / 2 + d * (1 - v + Math.log(v))) return v;
  }
}

/** Draws normal numbers until `1 + c x` is above 0. */
function positive(start: Words, c: number, dtype: DType): { readonly square: number; readonly v: number } {
  for (let key = start;; key = subkey(key, 0)) {
    const x = normalOf(subkey(key, 1), dtype), root = 1 + x * c;
    if (root > 0) return { square: x * x, v: root ** 3 };
  }
}
