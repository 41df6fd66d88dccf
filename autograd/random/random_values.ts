/**
 * The settings of random draws, checked and rounded; and random orders.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DistributionOf } from "../../blas/distribution.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";

/**
 * Returns the uniform distribution on `[min, max)`.
 *
 * There are 2^23 equally likely values in float32 and 2^52 in float64, spaced evenly from `min`. Where `max - min` is
 * small compared with `max`, the largest of them round to `max` itself, as in JAX and NumPy; on `[0, 1)` none does.
 *
 * @throws {RangeError} If `min` exceeds `max`, or one of them or their distance is not finite in the dtype.
 */
export function uniformDistribution(dtype: DType, min: number, max: number): DistributionOf<"uniform"> {
  checkNumbers("draw uniform values", { min, max });
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
export function normalDistribution(dtype: DType, mean: number, std: number): DistributionOf<"normal"> {
  checkNumbers("draw normal values", { mean, std });
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
export function integerDistribution(min: number, max: number): DistributionOf<"integer"> {
  if (!(Number.isInteger(min) && Number.isInteger(max) && min < max && min >= -(2 ** 31) && max <= 2 ** 31)) {
    throw new RangeError(
      `Cannot draw whole numbers from min ${min} up to max ${max}: both must be whole numbers between -(2^31) and ` +
        "2^31, and max, which is not drawn itself, above min; correct them",
    );
  }
  return { kind: "integer", min, span: max - min };
}

/** The distribution of 32-bit words, as JAX draws them, from the second of the two keys into which a key is split. */
export const WORDS: DistributionOf<"integer"> = { kind: "integer", min: 0, span: 0x1_0000_0000 };

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
 * Returns a function that sorts `n` places by 32-bit words, in place, with a stable radix sort: the more places, the
 * more bits at a time.
 */
export function placeSorter(n: number): (words: ArrayLike<number>, places: Uint32Array) => void {
  const bits = n > 2 ** 16 ? 16 : n > 2 ** 10 ? 11 : 8;
  // Each word is followed by its place, so that both are in the same cache line.
  let pairs = new Uint32Array(2 * n), others = new Uint32Array(2 * n);
  return (words, places) => {
    for (let i = 0; i < n; i++) {
      pairs[2 * i] = words[i]!;
      pairs[2 * i + 1] = places[i]!;
    }
    for (let shift = 0; shift < 32; shift += bits) {
      distribute(pairs, others, shift, bits);
      [pairs, others] = [others, pairs];
    }
    for (let i = 0; i < n; i++) places[i] = pairs[2 * i + 1]!;
  };
}

/** Returns the whole numbers from 0 to `n - 1`. */
export function placesUpTo(n: number): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(n);
  for (let i = 0; i < n; i++) places[i] = i;
  return places;
}

/** Moves pairs, in order, to the range of those whose word has the same digit. */
function distribute(from: Uint32Array, to: Uint32Array, shift: number, bits: number): void {
  const mask = (1 << bits) - 1, next = new Int32Array(mask + 2);
  for (let i = 0; i < from.length; i += 2) next[(from[i]! >>> shift & mask) + 1]!++;
  for (let digit = 0; digit <= mask; digit++) next[digit + 1]! += next[digit]!;
  for (let i = 0; i < from.length; i += 2) {
    const word = from[i]!, digit = word >>> shift & mask, at = next[digit]!;
    next[digit] = at + 1;
    to[2 * at] = word;
    to[2 * at + 1] = from[i + 1]!;
  }
}

/** Throws if a setting is not a number. */
export function checkNumbers(action: string, settings: { readonly [name: string]: number }): void {
  for (const name in settings) {
    if (typeof settings[name] === "number") continue;
    throw new RangeError(
      `Cannot ${action} with ${name} ${describe(settings[name])}: it must be a number; pass one, or leave it out`,
    );
  }
}
