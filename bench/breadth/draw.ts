/**
 * Shapes drawn from a seed: the same seed and workload give the same shapes in every run, and no shape is chosen by
 * hand. Seed 0 draws round sizes: powers of two, if there is one between the bounds.
 *
 * @module
 */

/** Draws sizes for one workload. */
export type Draw = {
  /**
   * Draws a whole number, all magnitudes equally likely; one in three is awkward: a prime, or one more than a power of
   * two.
   */
  between(low: number, high: number): number;
  /** Draws a whole number, all equally likely: counts of layers and steps. */
  count(low: number, high: number): number;
  /** Draws one of several values. */
  pick<T>(values: readonly T[]): T;
  /** Draws the rows and columns of a matrix whose number of elements is drawn from a range. */
  matrix(low: number, high: number): readonly [rows: number, columns: number];
};

/**
 * Starts drawing for a workload. The seed includes its name, so adding a workload does not change the shapes of others.
 */
export function drawFor(seed: number, name: string): Draw {
  const next = generator(hash(`${seed} ${name}`));
  const count = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const between = (low: number, high: number): number => {
    const plain = Math.round(low * (high / low) ** next()), kind = next();
    if (seed === 0) return roundSize(plain, low, high);
    const drawn = kind < 1 / 6 ? primeBelow(plain) : kind < 1 / 3 ? 2 ** Math.round(Math.log2(plain)) + 1 : plain;
    return Math.min(Math.floor(high), Math.max(Math.ceil(low), drawn));
  };
  const matrix = (low: number, high: number): readonly [number, number] => {
    const elements = between(low, high), rows = between(elements ** 0.35, elements ** 0.65);
    return [rows, Math.max(1, Math.round(elements / rows))];
  };
  return { between, count, matrix, pick: (values) => values[Math.floor(next() * values.length)]! };
}

/** Returns the power of two nearest to a size, between the bounds if there is one there. */
function roundSize(size: number, low: number, high: number): number {
  const nearest = Math.round(Math.log2(size));
  const within = [nearest, nearest - 1, nearest + 1].map((k) => 2 ** k).find((power) => power >= low && power <= high);
  return within ?? Math.min(Math.floor(high), Math.max(Math.ceil(low), size));
}

/** Computes the FNV-1a hash, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193);
  return state >>> 0;
}

/** Makes a Mulberry32 generator of numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns the largest prime that does not exceed a number; at least 2. */
function primeBelow(number: number): number {
  for (let candidate = Math.floor(number); candidate > 2; candidate--) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor > candidate) return candidate;
  }
  return 2;
}
