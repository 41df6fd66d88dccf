/**
 * Lines of arrays: the runs of elements along one axis.
 *
 * @module
 */
import type { MutableView, View } from "../view.ts";
import type { ComplexRun } from "./mixed_radix.ts";

/** Returns the position in the data of the first element of each line, in row-major order of the other axes. */
export function lineOffsets(
  { shape, stride, offset }: Pick<View, "shape" | "stride" | "offset">,
  axis: number,
): readonly number[] {
  let offsets: readonly number[] = shape.includes(0) ? [] : [offset];
  for (let k = 0; k < shape.length; k++) {
    if (k === axis) continue;
    offsets = offsets.flatMap((start) => Array.from({ length: shape[k]! }, (_, i) => start + i * stride[k]!));
  }
  return offsets;
}

/** Reads a line into the front of a run. */
export function readLine(v: View, axis: number, start: number, to: Float64Array): void {
  const { data } = v, step = v.stride[axis]!;
  for (let k = 0, at = start, count = v.shape[axis]!; k < count; k++, at += step) to[k] = data[at]!;
}

/** Writes a line from the front of a run. */
export function writeLine(v: MutableView, axis: number, start: number, from: Float64Array): void {
  const { data } = v, step = v.stride[axis]!;
  for (let k = 0, at = start, count = v.shape[axis]!; k < count; k++, at += step) data[at] = from[k]!;
}

/** Allocates a run of zeros. */
export const newRun = (length: number): ComplexRun => ({ re: new Float64Array(length), im: new Float64Array(length) });
