/**
 * Summarizes slices as one time.
 *
 * @module
 */
import type { Slice } from "./slice.ts";

/** The summary of one side's slices: milliseconds per call, and the share of slices that counted. */
export type Summary = { readonly best: number; readonly median: number; readonly kept: number };

/** The share of the best probe that a slice's probe must reach for the slice to count. */
const NEAR = 0.8;

/** Returns the median of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Summarizes slices, without those measured while the core was slow.
 *
 * @param slices The slices of one workload and side.
 * @param peak The best probe of this side in the whole run.
 * @returns The best and the median of the slices that count; of all slices if none does, and then `kept` is 0.
 */
export function summarize(slices: readonly Slice[], peak: number): Summary {
  const good = slices.filter(({ probe }) => probe >= NEAR * peak);
  const times = (good.length > 0 ? good : slices).map(({ milliseconds }) => milliseconds);
  return { best: Math.min(...times), median: median(times), kept: good.length / slices.length };
}
