/**
 * Signs of vectors that are determined up to their sign.
 *
 * @module
 */

/** Magnitudes that differ by less count as equal, so that rounding does not choose between them. */
const NEARLY = 1 - 1e-8;

/** Returns -1 if the first of the largest elements of a run, in magnitude, is negative, and 1 otherwise. */
export function signOfRun(a: Float64Array, at: number, count: number): 1 | -1 {
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(a[at + i]!));
  for (let i = 0; i < count; i++) if (Math.abs(a[at + i]!) >= largest * NEARLY) return a[at + i]! < 0 ? -1 : 1;
  return 1;
}
