/**
 * Sums of a few float32 by plain loops, all in float64: no digit is lost before the last rounding. That takes less time than
 * copying them to scratch memory.
 *
 * @module
 */
import { total } from "../reference/sum.ts";
import type { MutableView, View } from "../view.ts";
import type { Neighbours } from "./reduce_small.ts";

/** Up to this many numbers are added by plain loops. Measured: 2048 take 0.8 microseconds, and 0.95 in scratch memory. */
export const FEW = 2048;

/** Shorter rows and columns, where there are many of them, are windows, for which there are kernels that add in float64, too. */
export const SHORT = 8;

/** Adds a contiguous array over neighbouring axes. */
export function sumNeighbours({ outer, length, inner }: Neighbours, input: View, output: MutableView): void {
  const from = input.data, to = output.data;
  for (let i = 0, p = input.offset, q = output.offset; i < outer; i++, p += length * inner) {
    for (let j = p; j < p + inner; j++) to[q++] = total(from, j, inner, length);
  }
}
