/**
 * Lines of arrays in the memory of kernels.
 *
 * @module
 */
import { lineOffsets } from "../../fourier/lines.ts";
import type { MutableView, View } from "../../view.ts";

/** The lines of an array along an axis. */
export type Lines = {
  readonly view: View;
  readonly length: number;
  /** The step along a line. */
  readonly step: number;
  /** The position of the first element of each line. */
  readonly offsets: readonly number[];
};

/** Returns the lines of an array. */
export const linesOf = (view: View, axis: number): Lines => ({
  view,
  length: view.shape[axis]!,
  step: view.stride[axis]!,
  offsets: lineOffsets(view, axis),
});

/** Returns the elements from one staged line to the next: kernels read and write two at once. */
export const stagedWidth = (length: number): number => length + length % 2;

/** Tells whether some lines follow each other without gaps, both in the array and in memory. */
function isBlock({ length, step, offsets }: Lines, first: number, count: number): boolean {
  if (step !== 1 || length % 2 !== 0) return false;
  for (let k = 1; k < count; k++) if (offsets[first + k] !== offsets[first]! + k * length) return false;
  return true;
}

/**
 * Copies some lines into memory, and repeats the last one until their number is a multiple of `multiple`: kernels compute
 * several at once.
 *
 * @param start The position in memory.
 */
export function stageLines(
  memory: Float32Array | Float64Array,
  start: number,
  lines: Lines,
  [first, count, multiple]: readonly [first: number, count: number, multiple: number],
): void {
  const { view, length, step, offsets } = lines, width = stagedWidth(length), data = view.data as Float32Array; // only read
  if (isBlock(lines, first, count)) {
    memory.set(data.subarray(offsets[first], offsets[first]! + count * length), start);
  } else if (step === 1) {
    for (let k = 0; k < count; k++) {
      memory.set(data.subarray(offsets[first + k], offsets[first + k]! + length), start + k * width);
    }
  } else {
    for (let j = 0; j < length; j++) {
      for (let k = 0, to = start + j; k < count; k++, to += width) memory[to] = data[offsets[first + k]! + j * step]!;
    }
  }
  for (let k = count; k % multiple !== 0; k++) {
    memory.copyWithin(start + k * width, start + (count - 1) * width, start + count * width);
  }
}

/** Copies some lines out of memory. */
export function unstageLines(
  memory: Float32Array | Float64Array,
  start: number,
  lines: Lines & { readonly view: MutableView },
  [first, count]: readonly [first: number, count: number],
): void {
  const { view: { data }, length, step, offsets } = lines, width = stagedWidth(length);
  if (isBlock(lines, first, count)) {
    data.set(memory.subarray(start, start + count * length), offsets[first]);
  } else if (step === 1) {
    for (let k = 0; k < count; k++) {
      data.set(memory.subarray(start + k * width, start + k * width + length), offsets[first + k]);
    }
  } else {
    for (let j = 0; j < length; j++) {
      for (let k = 0, at = start + j; k < count; k++, at += width) data[offsets[first + k]! + j * step] = memory[at]!;
    }
  }
}
