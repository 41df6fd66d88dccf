/**
 * Reductions of small windows, such as the sums of blocks of a matrix: one for each element of the result.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import { rowMajorStrides, sizeOf } from "../shape.ts";
import type { ReductionWalks } from "../walk.ts";
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
export function windowsOf({ outside, inside }: ReductionWalks): Windows | undefined {
  if (sizeOf(inside.shape) > MOST) return undefined;
  if (Math.abs(inside.strides[0]!.at(-1)!) === 1 && inside.shape.at(-1)! > MOST_ADJACENT) return undefined;
  if (outside.shape.length > WINDOW_AXES || inside.shape.length > WINDOW_AXES) return undefined;
  const dense = rowMajorStrides(outside.shape);
  if (outside.shape.some((length, axis) => length > 1 && outside.strides[1]![axis] !== dense[axis])) return undefined;
  return { lengths: outside.shape, steps: outside.strides[0]!, within: inside.shape, stepsWithin: inside.strides[0]! };
}

/** Blocks of windows: some along the first axis of the result at a time. */
export type WindowBlocks = {
  /** The length of that axis, and the most of its indices in a block. */
  readonly length: number;
  readonly block: number;
  /** The results for an index; and the most elements that a block needs. */
  readonly each: number;
  readonly most: number;
  /** Returns the position of the first element that a block needs, and of its first window from there; and their number. */
  readonly rangeOf: (
    first: number,
    count: number,
  ) => { readonly start: number; readonly before: number; readonly size: number };
  /** Returns the kernel's arguments after the addresses. */
  readonly axesOf: (count: number) => readonly number[];
};

/** Cuts windows into blocks; returns `undefined` if their elements are too far apart. */
export function windowBlocks(
  { lengths, steps, within, stepsWithin }: Windows,
  input: View,
): WindowBlocks | undefined {
  const [length, step] = [lengths[0]!, steps[0]!], others = lengths.slice(1), each = sizeOf(others);
  // Where the elements of the windows lie that have the first index 0, from the first of them.
  const reaches = [
    ...others.map((n, k) => (n - 1) * steps[k + 1]!),
    ...within.map((n, k) => (n - 1) * stepsWithin[k]!),
  ];
  const low = reaches.reduce((sum, reach) => sum + Math.min(0, reach), 0);
  const reach = reaches.reduce((sum, reach) => sum + Math.abs(reach), 1), perStep = Math.abs(step);
  // Where elements repeat, there may be far more windows than elements.
  if (reach > RANGE || each > RANGE) return undefined;
  const near = perStep === 0 ? length : Math.max(1, Math.floor((RANGE - reach) / perStep));
  const block = Math.min(length, near, Math.floor(RANGE / each));
  const most = reach + (block - 1) * perStep, bytes = BYTES_PER_ELEMENT[input.dtype];
  if (most > WASTE * block * each * sizeOf(within)) return undefined;
  const numbers = (shape: readonly number[], strides: readonly number[]): number[] => {
    const own = shape.flatMap((n, k) => [n, strides[k]! * bytes]);
    while (own.length < 2 * WINDOW_AXES) own.unshift(1, 0);
    return own;
  };
  const window = numbers(within, stepsWithin);
  return {
    length,
    block,
    each,
    most,
    rangeOf: (first, count) => {
      const before = -low + (step < 0 ? (count - 1) * perStep : 0);
      return { start: input.offset + first * step - before, before, size: reach + (count - 1) * perStep };
    },
    axesOf: (count) => [...numbers([count, ...others], steps), ...window],
  };
}

/** Reduces windows, block by block; returns false if their elements are too far apart. */
export function reduceWindows(
  scratch: Scratch,
  kernel: WindowsKernel,
  windows: Windows,
  input: View,
  output: MutableView,
): boolean {
  const blocks = windowBlocks(windows, input), bytes = BYTES_PER_ELEMENT[input.dtype];
  if (blocks === undefined) return false;
  const { length, block, each, most, rangeOf, axesOf } = blocks;
  const from = scratch.reserve(most * bytes + MARGIN), to = scratch.reserve(block * each * bytes + MARGIN);
  const heap: Elements = scratch.data(input.dtype);
  for (let first = 0; first < length; first += block) {
    const count = Math.min(block, length - first), { start, before, size } = rangeOf(first, count);
    copyRun(input.data, start, heap, from / bytes, size);
    kernel(from + before * bytes, to, ...axesOf(count));
    copyRun(heap, to / bytes, output.data, output.offset + first * each, count * each);
  }
  return true;
}
