/**
 * The elements of an axis that each element of a resized axis is a weighted sum of, and their weights.
 *
 * @module
 */

/** The kind of interpolation. */
export type ResizeMode = "nearest" | "linear" | "cubic";

/** For each element of the result, one element of the axis and its weight; weights over all taps add up to 1. */
export type Tap = { readonly indices: readonly number[]; readonly weights: readonly number[] };

/** The parameter of the cubic kernel in PyTorch; other libraries use -0.5. */
const CUBIC = -0.75;

/**
 * Returns the taps that take an axis of `from` elements to one of `to`, with PyTorch's conventions: elements are squares
 * whose centers are at 0.5, 1.5 and so on, or, if corners are aligned, points of which the first and the last stay.
 *
 * @see Keys, Cubic convolution interpolation for digital image processing, 1981, eq. 4 and 5, for the cubic kernel.
 */
export function resizeTaps(from: number, to: number, mode: ResizeMode, alignCorners: boolean): readonly Tap[] {
  const all = Array.from({ length: to }, (_, k) => k);
  if (mode === "nearest") {
    // PyTorch rounds to float32 here, in both dtypes: from 14 elements to 46, element 23 is therefore element 6, not 7.
    const step = Math.fround(from / to);
    const indices = all.map((k) => Math.min(from - 1, Math.floor(Math.fround(k * step))));
    return [{ indices, weights: all.map(() => 1) }];
  }
  const positions = all.map((k) =>
    alignCorners ? (to === 1 ? 0 : k * (from - 1) / (to - 1)) : (k + 0.5) * from / to - 0.5
  );
  const inside = (index: number): number => Math.min(Math.max(index, 0), from - 1);
  // The line is constant before the first center, not extrapolated.
  const floors = positions.map((x) => mode === "linear" ? Math.floor(Math.max(x, 0)) : Math.floor(x));
  const shares = positions.map((x, k) => (mode === "linear" ? Math.max(x, 0) : x) - floors[k]!);
  const kernels = mode === "linear" ? LINEAR : CUBICS;
  return kernels.map(([offset, weight]): Tap => ({
    indices: floors.map((index) => inside(index + offset)),
    weights: shares.map(weight),
  }));
}

type Kernel = readonly (readonly [offset: number, weight: (share: number) => number])[];

const LINEAR: Kernel = [[0, (t) => 1 - t], [1, (t) => t]];

/** The weights at a distance below 1, and at one between 1 and 2. */
const near = (x: number): number => ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
const far = (x: number): number => ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;

const CUBICS: Kernel = [[-1, (t) => far(t + 1)], [0, near], [1, (t) => near(1 - t)], [2, (t) => far(2 - t)]];
