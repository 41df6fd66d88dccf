/**
 * Rounding up: to multiples, and to the lines of the cache that arrays in memory begin at.
 *
 * @module
 */

/** Bytes of a line of the cache. */
export const CACHE_LINE = 64;

/** Rounds up to a multiple of a step. */
export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Rounds up to whole lines of the cache. */
export const toLines = (bytes: number): number => roundUp(bytes, CACHE_LINE);
