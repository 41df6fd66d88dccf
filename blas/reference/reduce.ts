/**
 * Reductions over any axes as plain loops.
 *
 * @module
 */
import { IDENTITY, type Reduction } from "../reduction.ts";
import type { MutableView, View } from "../view.ts";
import { forEachRun, reductionWalks } from "../walk.ts";
import { sumByLoops } from "./sum.ts";

/**
 * Reduces the axes that have length 1 in the output, which may have a wider dtype; sums and products accumulate in
 * float64.
 */
export function reduce(reduction: Reduction, input: View, output: MutableView): void {
  if (reduction === "sum") return sumByLoops(input, output);
  const { outside, inside } = reductionWalks(input, output);
  const last = outside.shape.length - 1, n = outside.shape[last]!;
  // A step of each operand.
  const [fromStep, toStep] = outside.strides.map((stride) => stride[last]!) as [number, number];
  const runLength = inside.shape[inside.shape.length - 1]!, runStep = inside.strides[0]![inside.shape.length - 1]!;
  const accumulator = new Float64Array(n);
  forEachRun(outside, [input.offset, output.offset], ([from, to]) => {
    accumulator.fill(IDENTITY[reduction]);
    forEachRun(inside, [from!], ([start]) => {
      if (n > 1 && Math.abs(fromStep) <= Math.abs(runStep)) {
        for (let j = 0; j < runLength; j++) {
          accumulate(reduction, accumulator, input.data, start! + j * runStep, fromStep, n);
        }
      } else {
        for (let i = 0; i < n; i++) {
          accumulator[i] = fold(reduction, accumulator[i]!, input.data, start! + i * fromStep, runStep, runLength);
        }
      }
    });
    for (let i = 0; i < n; i++) output.data[to! + i * toStep] = accumulator[i]!;
  });
}

/** The reductions but sums. */
type Other = Exclude<Reduction, "sum">;

type Elements = { readonly [index: number]: number };

/** Combines each of `n` elements, `step` apart, with its own accumulator. */
function accumulate(
  reduction: Other,
  into: Float64Array,
  data: Elements,
  p: number,
  step: number,
  n: number,
): void {
  for (let i = 0; i < n; i++, p += step) into[i] = join(reduction, into[i]!, data[p]!);
}

/** Combines `n` elements, `step` apart, with one accumulator. */
function fold(reduction: Other, value: number, data: Elements, p: number, step: number, n: number): number {
  if (reduction === "max") { for (let i = 0; i < n; i++, p += step) value = Math.max(value, data[p]!); }
  else for (let i = 0; i < n; i++, p += step) value = join(reduction, value, data[p]!);
  return value;
}

function join(reduction: Other, x: number, y: number): number {
  return reduction === "product" ? x * y : reduction === "max" ? Math.max(x, y) : Math.min(x, y);
}
