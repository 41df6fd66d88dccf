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

/** Fewer numbers than this are added one by one. */
const SHORT = 8;

/** Adds a contiguous array over neighbouring axes. */
export function sumNeighbours({ outer, length, inner }: Neighbours, input: View, output: MutableView): void {
  const from = input.data, to = output.data;
  for (let i = 0, p = input.offset, q = output.offset; i < outer; i++, p += length * inner) {
    for (let j = p; j < p + inner; j++) {
      if (length < SHORT) {
        let sum = 0;
        for (let k = 0, at = j; k < length; k++, at += inner) sum += from[at]!;
        to[q++] = sum;
      } else to[q++] = total(from, j, inner, length);
    }
  }
}
