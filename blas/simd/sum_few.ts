/**
 * Sums of a few float32 by plain loops, all in float64: no digit is lost before the last rounding. That takes less time than
 * copying them to scratch memory.
 *
 * @module
 */
import type { MutableView, View } from "../view.ts";
import { forEachRun, type ReductionWalks } from "../walk.ts";
import type { Neighbours } from "./reduce_small.ts";

/** Up to this many numbers are added by plain loops. Measured: 2048 take 0.8 microseconds, and 0.95 in scratch memory. */
export const FEW = 2048;

type Numbers = { readonly [index: number]: number };

/** Adds numbers that are `step` apart; four sums take turns, so that additions do not wait for one another. */
function total(data: Numbers, p: number, step: number, count: number): number {
  let a = 0, b = 0, c = 0, d = 0, k = 0;
  for (; k < count - 3; k += 4, p += 4 * step) {
    a += data[p]!;
    b += data[p + step]!;
    c += data[p + 2 * step]!;
    d += data[p + 3 * step]!;
  }
  for (; k < count; k++, p += step) a += data[p]!;
  return (a + b) + (c + d);
}

/** Adds a contiguous array over neighbouring axes. */
export function sumNeighbours({ outer, length, inner }: Neighbours, input: View, output: MutableView): void {
  const from = input.data, to = output.data;
  for (let i = 0, p = input.offset, q = output.offset; i < outer; i++, p += length * inner) {
    for (let j = 0; j < inner; j++) to[q++] = total(from, p + j, inner, length);
  }
}

/** Adds over any axes of an array with any strides. */
export function sumApart({ outside, inside }: ReductionWalks, input: View, output: MutableView): void {
  const last = outside.shape.length - 1, run = inside.shape.length - 1;
  const n = outside.shape[last]!, count = inside.shape[run]!, step = inside.strides[0]![run]!;
  const [fromStep, toStep] = outside.strides.map((stride) => stride[last]!) as [number, number]; // those of both views
  const totals = new Float64Array(n);
  forEachRun(outside, [input.offset, output.offset], ([from, to]) => {
    totals.fill(0);
    forEachRun(inside, [from!], ([start]) => {
      for (let i = 0; i < n; i++) totals[i]! += total(input.data, start! + i * fromStep, step, count);
    });
    for (let i = 0; i < n; i++) output.data[to! + i * toStep] = totals[i]!;
  });
}
