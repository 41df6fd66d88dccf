/**
 * The settings of random draws, checked and rounded; and random orders.
 *
 * @module
 */
import type { Distribution } from "../../blas/distribution.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";

/**
 * Returns the uniform distribution on `[min, max)`.
 *
 * There are 2^23 equally likely values in float32 and 2^52 in float64, spaced evenly from `min`. Where `max - min` is
 * small compared with `max`, the largest of them round to `max` itself, as in JAX and NumPy; on `[0, 1)` none does.
 *
 * @throws {RangeError} If `min` exceeds `max`, or one of them or their distance is not finite in the dtype.
 */
export function uniformDistribution(dtype: DType, min: number, max: number): Distribution {
  const { round } = DTYPES[dtype], low = round(min), range = round(round(max) - low);
  if (!(min <= max && Number.isFinite(low) && Number.isFinite(range))) {
    throw new RangeError(
      `Cannot draw uniform values from min ${min} to max ${max}: both and their distance must be finite in ${dtype}, ` +
        "and max must not be less than min; correct them",
    );
  }
  return { kind: "uniform", low, range };
}

/**
 * Returns the normal distribution.
 *
 * @throws {RangeError} If `std` is negative, or `mean` or `std` is not finite in the dtype.
 */
export function normalDistribution(dtype: DType, mean: number, std: number): Distribution {
  const { round } = DTYPES[dtype], centre = round(mean), scale = round(std);
  if (!(Number.isFinite(centre) && Number.isFinite(scale) && std >= 0)) {
    throw new RangeError(
      `Cannot draw normal values with mean ${mean} and std ${std}: both must be finite in ${dtype}, and std 0 or ` +
        "more; correct them",
    );
  }
  return { kind: "normal", mean: centre, std: scale };
}

/**
 * Returns the uniform distribution of whole numbers in `[min, max)`.
 *
 * A number is the remainder of 64 random bits divided by `max - min` if that is at most 2^16, of 32 bits otherwise
 * (JAX's arithmetic, in which the upper half then cancels). One value is likelier than another by at most 2^-48, or
 * `(max - min) / 2^32`.
 *
 * @throws {RangeError} If `max` does not exceed `min`, or either is fractional or beyond 32 bits.
 */
export function integerDistribution(min: number, max: number): Distribution {
  if (!(Number.isInteger(min) && Number.isInteger(max) && min < max && min >= -(2 ** 31) && max <= 2 ** 31)) {
    throw new RangeError(
      `Cannot draw whole numbers from min ${min} up to max ${max}: both must be whole numbers between -(2^31) and ` +
        "2^31, and max, which is not drawn itself, above min; correct them",
    );
  }
  return { kind: "integer", min, span: max - min };
}

/** 32-bit words, as JAX draws them from the second of the keys that a key splits into. */
export const WORDS: Distribution = { kind: "integer", min: 0, span: 2 ** 32 };

/**
 * Returns how often `n` numbers must be sorted by {@link WORDS} for a random order of them: until ties are too rare to matter.
 *
 * @throws {RangeError} If `n` is not a whole number of 0 or more, or too many for an array.
 */
export function shufflesFor(n: number): number {
  if (!(Number.isInteger(n) && n >= 0 && n < 2 ** 31)) {
    throw new RangeError(
      `Cannot draw a permutation of size ${n}: a size must be a whole number between 0 and 2^31 - 1; correct it`,
    );
  }
  return Math.ceil(3 * Math.log(Math.max(1, n)) / Math.log(2 ** 32 - 1));
}

/**
 * Sorts numbers by 32-bit words with a stable radix sort, in three passes of 11, 11 and 10 bits.
 *
 * @param words Whole numbers from 0 to 2^32 - 1.
 * @param values As many numbers.
 */
export function sortedBy(words: ArrayLike<number>, values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const n = words.length;
  let keys = Uint32Array.from(words), own = values, otherKeys = new Uint32Array(n), other = new Float64Array(n);
  for (const shift of [0, 11, 22]) {
    const next = new Int32Array(2049);
    for (let i = 0; i < n; i++) next[(keys[i]! >>> shift & 2047) + 1]!++;
    for (let digit = 0; digit < 2048; digit++) next[digit + 1]! += next[digit]!;
    for (let i = 0; i < n; i++) {
      const at = next[keys[i]! >>> shift & 2047]!++;
      otherKeys[at] = keys[i]!;
      other[at] = own[i]!;
    }
    [keys, otherKeys] = [otherKeys, keys];
    [own, other] = [other, own === values ? new Float64Array(n) : own];
  }
  return own;
}
