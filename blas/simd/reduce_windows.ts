/**
 * Reductions of small windows, such as the sums of blocks of a matrix: one for each element of the result.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import { rowMajorStrides, sizeOf } from "../shape.ts";
import { coalesce } from "../walk.ts";
import type { MutableView, View } from "../view.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import { WINDOW_AXES, type WindowsKernel } from "./reduce_windows_kernel.ts";
import { MARGIN, type Scratch } from "./scratch.ts";

/** The most elements in a window, and in one whose elements lie side by side: longer rows are faster one by one. */
const MOST = 64, MOST_ADJACENT = 16;

/** The largest range of elements that is copied in at a time, and the most of them for each element of the windows. */
const RANGE = 32_768, WASTE = 3;

/** The axes of the result and those of a window, with the steps of the elements. */
type Windows = {
  readonly lengths: readonly number[];
  readonly steps: readonly number[];
  readonly within: readonly number[];
  readonly stepsWithin: readonly number[];
};

/** Returns the windows that a reduction consists of; `undefined` if they are large, or have too many axes. */
export function windowsOf(input: View, output: MutableView): Windows | undefined {
  const axes = input.shape.map((_, axis) => axis);
  const kept = axes.filter((axis) => output.shape[axis] === input.shape[axis]);
  const reduced = axes.filter((axis) => output.shape[axis] !== input.shape[axis]);
  const choose = (from: readonly number[], which: readonly number[]): number[] => which.map((axis) => from[axis]!);
  if (sizeOf(choose(input.shape, reduced)) > MOST) return undefined;
  const outside = coalesce(choose(input.shape, kept), [choose(input.stride, kept), choose(output.stride, kept)]);
  const inside = coalesce(choose(input.shape, reduced), [choose(input.stride, reduced)]);
  if (Math.abs(inside.strides[0]!.at(-1)!) === 1 && inside.shape.at(-1)! > MOST_ADJACENT) return undefined;
  if (outside.shape.length > WINDOW_AXES || inside.shape.length > WINDOW_AXES) return undefined;
  const dense = rowMajorStrides(outside.shape);
  if (outside.shape.some((length, axis) => length > 1 && outside.strides[1]![axis] !== dense[axis])) return undefined;
  return { lengths: outside.shape, steps: outside.strides[0]!, within: inside.shape, stepsWithin: inside.strides[0]! };
}

/** Reduces windows, some along the first axis at a time; returns false if their elements are too far apart. */
export function reduceWindows(
  scratch: Scratch,
  kernel: WindowsKernel,
  { lengths, steps, within, stepsWithin }: Windows,
  input: View,
  output: MutableView,
): boolean {
  const [length, step] = [lengths[0]!, steps[0]!], others = lengths.slice(1), each = sizeOf(others);
  // Where the elements of the windows lie that have the first index 0, from the first of them.
  const reaches = [
    ...others.map((n, k) => (n - 1) * steps[k + 1]!),
    ...within.map((n, k) => (n - 1) * stepsWithin[k]!),
  ];
  const low = reaches.reduce((sum, reach) => sum + Math.min(0, reach), 0);
  const reach = reaches.reduce((sum, reach) => sum + Math.abs(reach), 1), perStep = Math.abs(step);
  if (reach > RANGE) return false;
  const block = Math.min(length, perStep === 0 ? length : Math.max(1, Math.floor((RANGE - reach) / perStep)));
  const most = reach + (block - 1) * perStep;
  if (most > WASTE * block * each * sizeOf(within)) return false;
  const bytes = BYTES_PER_ELEMENT[input.dtype], from = scratch.reserve(most * bytes + MARGIN);
  const to = scratch.reserve(block * each * bytes + MARGIN), heap: Elements = scratch.data(input.dtype);
  const numbers = (shape: readonly number[], strides: readonly number[]): number[] => {
    const own = shape.flatMap((n, k) => [n, strides[k]! * bytes]);
    while (own.length < 2 * WINDOW_AXES) own.unshift(1, 0);
    return own;
  };
  const window = numbers(within, stepsWithin);
  for (let first = 0; first < length; first += block) {
    const count = Math.min(block, length - first), range = reach + (count - 1) * perStep;
    const before = -low + (step < 0 ? (count - 1) * perStep : 0);
    copyRun(input.data, input.offset + first * step - before, heap, from / bytes, range);
    kernel(from + before * bytes, to, ...numbers([count, ...others], steps), ...window);
    copyRun(heap, to / bytes, output.data, output.offset + first * each, count * each);
  }
  return true;
}
