/**
 * Sums over any axes as plain loops.
 *
 * @module
 */
import type { MutableView, View } from "../view.ts";
import { forEachRun, reductionWalks } from "../walk.ts";

/** The most numbers that one call adds: runtimes compile what is called often, and a loop that has not ended only badly. */
const PIECE = 4096;

/**
 * Adds over the axes that have length 1 in the output, which may have a wider dtype, in float64.
 *
 * @param walks The walks of the reduction, if they are known.
 */
export function sumByLoops(input: View, output: MutableView, walks = reductionWalks(input, output)): void {
  const { outside, inside } = walks, { data } = input;
  const last = outside.shape.length - 1, run = inside.shape.length - 1;
  const n = outside.shape[last]!, count = inside.shape[run]!, step = inside.strides[0]![run]!;
  const [fromStep, toStep] = outside.strides.map((stride) => stride[last]!) as [number, number]; // of both views
  const totals = new Float64Array(n);
  forEachRun(outside, [input.offset, output.offset], ([from, to]) => {
    totals.fill(0);
    forEachRun(inside, [from!], ([start]) => {
      // The inner loop follows memory.
      if (n > 1 && Math.abs(fromStep) <= Math.abs(step)) {
        for (let k = 0; k < count; k++) {
          for (let i = 0, p = start! + k * step; i < n; i++, p += fromStep) totals[i]! += data[p]!;
        }
      } else {
        for (let i = 0; i < n; i++) {
          for (let k = 0, p = start! + i * fromStep; k < count; k += PIECE) {
            totals[i]! += total(data, p + k * step, step, Math.min(PIECE, count - k));
          }
        }
      }
    });
    for (let i = 0; i < n; i++) output.data[to! + i * toStep] = totals[i]!;
  });
}

/** Adds numbers that are `step` apart; four sums take turns, so that additions do not wait for one another. */
export function total(data: { readonly [index: number]: number }, p: number, step: number, count: number): number {
  let a = 0, b = 0, c = 0, d = 0, k = 0;
  // No position waits for the one before it. All that are read are below 2^31, so `| 0` changes none, and spares checks.
  const two = 2 * step, three = two + step, four = two + two;
  for (; k < count - 3; k += 4, p = (p + four) | 0) {
    a += data[p]!;
    b += data[(p + step) | 0]!;
    c += data[(p + two) | 0]!;
    d += data[(p + three) | 0]!;
  }
  for (; k < count; k++, p += step) a += data[p]!;
  return a + b + (c + d);
}
