/**
 * Reductions of a few numbers by plain loops.
 *
 * @module
 */
import { IDENTITY, type Reduction } from "../reduction.ts";
import { isContiguous, type MutableView, type View } from "../view.ts";
import type { ReductionWalks } from "../walk.ts";

/** The lengths of a contiguous array before, along and behind the axes that are reduced, which are neighbours. */
export type Neighbours = { readonly outer: number; readonly length: number; readonly inner: number };

/** Returns those lengths; `undefined` if the array or the result has gaps, or the axes are not neighbours. */
export function neighboursOf(input: View, output: MutableView): Neighbours | undefined {
  if (!isContiguous(input) || (output.size > 1 && !isContiguous(output))) return undefined;
  const { shape } = input, { shape: to } = output;
  // Part 0 is before those axes, part 1 along them, and part 2 behind. Both shapes are read in every turn, as in
  // `stretchesTo` of shape.ts.
  let outer = 1, length = 1, inner = 1, part = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const n = shape[axis]!, isKept = to[axis] === n;
    if (part === 0 && !isKept) part = 1;
    else if (part === 1 && isKept && n !== 1) part = 2;
    else if (part === 2 && !isKept) return undefined;
    if (part === 0) outer *= n;
    else if (part === 1) length *= n;
    else inner *= n;
  }
  return { outer, length, inner };
}

/** Returns the walks of the reduction, as `reductionWalks` does, in less time. */
export const walksOf = ({ outer, length, inner }: Neighbours): ReductionWalks => ({
  outside: outer > 1 && inner > 1
    ? { shape: [outer, inner], strides: [[length * inner, 1], [inner, 1]] }
    : { shape: [outer * inner], strides: [[inner > 1 ? 1 : length], [1]] },
  inside: { shape: [length], strides: [[inner]] },
});

/** Reduces neighbouring axes of a contiguous array into another contiguous array. Accumulates in float64. */
export function reduceSmall(
  reduction: Reduction,
  { outer, length, inner }: Neighbours,
  input: View,
  output: MutableView,
): void {
  const from = input.data, to = output.data;
  for (let i = 0, p = input.offset, q = output.offset; i < outer; i++, p += length * inner) {
    for (let j = 0; j < inner; j++) to[q++] = fold(reduction, from, p + j, inner, length);
  }
}

function fold(
  reduction: Reduction,
  data: { readonly [index: number]: number },
  p: number,
  step: number,
  count: number,
): number {
  let value = IDENTITY[reduction];
  switch (reduction) {
    case "sum":
      for (let i = 0; i < count; i++, p += step) value += data[p]!;
      return value;
    case "product":
      for (let i = 0; i < count; i++, p += step) value *= data[p]!;
      return value;
    case "max":
      for (let i = 0; i < count; i++, p += step) value = Math.max(value, data[p]!);
      return value;
    case "min":
      for (let i = 0; i < count; i++, p += step) value = Math.min(value, data[p]!);
      return value;
  }
}
