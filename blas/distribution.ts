/**
 * Distributions of random numbers, and how their numbers are computed from random words.
 *
 * @module
 */
/** A distribution. Its numbers are those of a dtype, to which its settings are rounded. */
export type Distribution =
  /** On `[low, low + range)`: `low + range * u`, `u` made of the leading bits of a word, as many as a significand holds. */
  | { readonly kind: "uniform"; readonly low: number; readonly range: number }
  /** Normal: `mean + std * (sqrt(2) * erfInverse(u))`, `u` uniform on (-1, 1). */
  | { readonly kind: "normal"; readonly mean: number; readonly std: number }
  /** Whole numbers in `[min, min + span)`: remainders of 64 random bits; see {@link integerMultiplier}. */
  | { readonly kind: "integer"; readonly min: number; readonly span: number };

/** The distributions of a kind. */
export type DistributionOf<K extends Distribution["kind"]> = Extract<Distribution, { readonly kind: K }>;

/**
 * What the upper 32 of 64 random bits are multiplied by before they are added to the lower ones and divided by `span`: 2^32
 * mod `span`, as the square of 2^16 mod `span`. Where `span` exceeds 2^16 it wraps around to 0, as in JAX.
 */
export function integerMultiplier(span: number): number {
  return (((2 ** 16 % span) ** 2) >>> 0) % span;
}

/** Returns where the open interval (-1, 1) starts in a dtype: at -1 itself the inverse error function is infinite. */
export const aboveMinusOne = (epsilon: number): number => epsilon / 2 - 1;
