/**
 * Reductions of a few numbers by plain loops.
 *
 * @module
 */
import { IDENTITY, type Reduction } from "../reduction.ts";
import type { MutableView, View } from "../view.ts";

/**
 * Reduces neighbouring axes of a contiguous array into another contiguous array. Accumulates in float64.
 *
 * @returns Whether it did; false if the axes to reduce are not neighbours, or the output has gaps.
 */
export function reduceSmall(reduction: Reduction, input: View, output: MutableView): boolean {
  const { shape } = input, rank = shape.length;
  let axis = 0, outer = 1, length = 1, inner = 1;
  for (; axis < rank && output.shape[axis] === shape[axis]; axis++) outer *= shape[axis]!;
  for (; axis < rank && (output.shape[axis] !== shape[axis] || shape[axis] === 1); axis++) length *= shape[axis]!;
  for (; axis < rank && output.shape[axis] === shape[axis]; axis++) inner *= shape[axis]!;
  if (axis < rank) return false;
  for (let k = rank - 1, step = 1; k >= 0; k--) {
    if (output.shape[k] !== 1 && output.stride[k] !== step) return false;
    step *= output.shape[k]!;
  }
  const from = input.data, to = output.data;
  for (let i = 0, p = input.offset, q = output.offset; i < outer; i++, p += length * inner) {
    for (let j = 0; j < inner; j++) to[q++] = fold(reduction, from, p + j, inner, length);
  }
  return true;
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
