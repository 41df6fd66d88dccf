/**
 * The arrangement of a layer's views in rows.
 *
 * @module
 */

/** The number of views in a row, and the side of each, in pixels. */
export type FeatureLayout = { readonly columns: number; readonly rows: number; readonly size: number };

/** The space between two views, and the smallest and the largest side of one, in pixels. */
export const FEATURE_GAP = 4;
const SMALLEST = 17, LARGEST = 72;

/** Arranges views in as few rows as fit, of equal length if possible. */
export function featureLayout(width: number, channels: number): FeatureLayout {
  const sizeOf = (columns: number): number => Math.floor((width + FEATURE_GAP) / columns) - FEATURE_GAP;
  const wanted = Math.max(SMALLEST, width / 20);
  const columns = divisors(channels).findLast((count) => sizeOf(count) >= wanted) ?? 1;
  return { columns, rows: Math.ceil(channels / columns), size: Math.max(SMALLEST, Math.min(LARGEST, sizeOf(columns))) };
}

const divisors = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, k) => k + 1).filter((k) => count % k === 0);
