/**
 * Stacks of matrices, one after the other.
 *
 * @module
 */
import type { Failure } from "../../decompositions/decompositions.ts";
import { matrixOffsets } from "../../decompositions/matrices.ts";
import type { MutableView, View } from "../../view.ts";

/** Computes something for each matrix of stacks, until one returns the position that it fails at. */
export function eachOffset(
  views: readonly View[],
  compute: (index: number, ...offsets: number[]) => number | undefined,
): Failure | undefined {
  const all = views.map(matrixOffsets);
  for (let index = 0; index < all[0]!.length; index++) {
    const position = compute(index, ...all.map((offsets) => offsets[index]!));
    if (position !== undefined) return { index, position };
  }
  return undefined;
}

/** Returns a function that writes some numbers for each matrix; nothing, if they are not wanted. */
export function valueWriter(
  view: MutableView | undefined,
  count: number,
): (index: number, values: ArrayLike<number>) => void {
  return view === undefined ? () => {} : (index, values) => view.data.set(values, view.offset + index * count);
}
