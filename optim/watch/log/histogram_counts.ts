/**
 * Values, counted between limits.
 *
 * @module
 */

/** How often values are between limits. */
export type Histogram = {
  readonly min: number;
  readonly max: number;
  /** The number of finite values. */
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The number of values that are NaN or infinite; they are in none of the other numbers. */
  readonly notFinite: number;
  /** The lowest limit, and the upper limit of each bucket. */
  readonly limits: readonly number[];
  /** The number of values in each bucket. */
  readonly counts: readonly number[];
};

/**
 * Counts values in buckets of equal width, from the smallest to the largest. A value on a limit is in the upper bucket, and
 * the largest in the last one. Where all values are equal, there is a single bucket.
 */
export function histogramOf(values: ArrayLike<number>, buckets: number): Histogram {
  let min = Infinity, max = -Infinity, count = 0, sum = 0, sumOfSquares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    sumOfSquares += value * value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const notFinite = values.length - count;
  if (count === 0) return { min: 0, max: 0, count, sum, sumOfSquares, notFinite, limits: [0, 0], counts: [0] };
  // The width of subnormal ranges may be 0, and that of the largest ranges is infinite.
  const width = max / buckets - min / buckets, single = !(width > 0) || min + width === min;
  const counts = new Array<number>(single ? 1 : buckets).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    counts[single ? 0 : Math.min(Math.floor(value / width - min / width), buckets - 1)]! += 1;
  }
  const limits = single ? [min, max] : counts.map((_, k) => k === 0 ? min : Math.min(min + k * width, max)).concat(max);
  return { min, max, count, sum, sumOfSquares, notFinite, limits, counts };
}
