/**
 * Rounding up to multiples and to whole cache lines: every array in memory begins at a cache line.
 *
 * @module
 */

/** The bytes of a cache line. */
export const CACHE_LINE = 64;

/** Rounds up to a multiple of `step`. */
export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Rounds up to whole cache lines. */
export const toLines = (bytes: number): number => roundUp(bytes, CACHE_LINE);
