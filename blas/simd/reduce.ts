/**
 * `Engine.reduce`: sums, products and extrema over any axes, rectangle by rectangle in scratch memory.
 *
 * One of the kept axes and one of the reduced axes span a rectangle; outer loops run over the others. The elements of
 * the rectangle's rows are adjacent in memory if those of either axis are; the rows or the columns are reduced. Small
 * windows, such as blocks of a matrix, have a kernel of their own.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { sumByLoops } from "../reference/sum.ts";
import { accumulatorType, IDENTITY, type Reduction } from "../reduction.ts";
import type { MutableView, View } from "../view.ts";
import { forEachRun, reductionWalks } from "../walk.ts";
import type { Elements } from "./elementwise/transfer.ts";
import { makeReduceKernels, type ReduceKernels } from "./reduce_kernel.ts";
import { BLOCK, forEachBlock, loadRectangle, MAX_SPREAD, planReduction, type ReductionPlan } from "./reduce_plan.ts";
import { neighboursOf, reduceSmall, walksOf } from "./reduce_small.ts";
import { reduceWindows, windowsOf } from "./reduce_windows.ts";
import { makeWindowsKernel, type WindowsKernel } from "./reduce_windows_kernel.ts";
import type { Context } from "./kernels.ts";
import { MARGIN, type Scratch } from "./scratch.ts";
import { FEW, SHORT, sumNeighbours } from "./sum_few.ts";

/** Up to this many elements, a plain loop takes less time than copying to scratch memory. */
const SMALL = 128;

/**
 * Makes the `reduce` of an engine.
 *
 * @param context The scratch memory to compute in.
 */
export const createReduce = ({ scratch }: Pick<Context, "scratch">): Engine["reduce"] =>
  createReduceOf(scratch, {
    kernels: (reduction, dtype) => makeReduceKernels(scratch.memory, reduction, dtype),
    windows: (reduction, dtype) => makeWindowsKernel(scratch.memory, reduction, dtype),
    small: reduceSmall,
  });

/** What makes the kernels of a reduction for a dtype. */
type KernelMakers = {
  readonly kernels: (reduction: Reduction, dtype: DType) => ReduceKernels;
  readonly windows: (reduction: Reduction, dtype: DType) => WindowsKernel;
  /** Computes all reductions but sums of a few numbers. Default: kernels do. */
  readonly small?: typeof reduceSmall;
};

/**
 * Makes the `reduce` of an engine from the kernels of reductions.
 *
 * @param scratch The memory to compute in.
 * @param makers What makes its kernels.
 */
export function createReduceOf(scratch: Scratch, { kernels, windows, small }: KernelMakers): Engine["reduce"] {
  const kernelsFor = madeOnce(kernels), windowsKernelFor = madeOnce(windows);
  return <D extends DType>(reduction: Reduction, input: View<D>, output: MutableView<D>): void => {
    if (output.size === 0) return;
    const isSum = reduction === "sum", isFew = isSum && input.dtype === "float32" && input.size <= FEW;
    const neighbours = neighboursOf(input, output);
    if (neighbours !== undefined && (input.size <= SMALL || (isFew && neighbours.length >= SHORT))) {
      if (isSum) return sumNeighbours(neighbours, input, output);
      if (small !== undefined) return small(reduction, neighbours, input, output);
    }
    const mark = scratch.mark();
    try {
      const walks = neighbours ? walksOf(neighbours) : reductionWalks(input, output), own = windowsOf(walks);
      if (own && reduceWindows(scratch, windowsKernelFor(reduction, input.dtype), own, input, output)) return;
      if (isFew) return sumByLoops(input, output, walks);
      reduceAny(scratch, kernelsFor(reduction, input.dtype), planReduction(reduction, walks), reduction, input, output);
    } finally {
      scratch.release(mark);
    }
  };
}

/** Returns a function that makes the kernels of each reduction and dtype once. */
function madeOnce<K>(make: (reduction: Reduction, dtype: DType) => K): (reduction: Reduction, dtype: DType) => K {
  const made = new Map<string, K>();
  return (reduction, dtype) => {
    const key = `${reduction} ${dtype}`, found = made.get(key);
    if (found !== undefined) return found;
    const kernels = make(reduction, dtype);
    made.set(key, kernels);
    return kernels;
  };
}

function reduceAny(
  scratch: Scratch,
  kernels: ReduceKernels,
  { outside, inside, alongRows, groups, few }: ReductionPlan,
  reduction: Reduction,
  input: View,
  output: MutableView,
): void {
  // A step of each operand.
  const [keptStep, outputStep] = outside.steps as [number, number], reducedStep = inside.steps[0]!;
  const bytes = BYTES_PER_ELEMENT[input.dtype];
  const base = scratch.reserve(MAX_SPREAD * BLOCK * bytes + MARGIN);
  const accumulatorBase = scratch.reserve(groups * 8 + MARGIN);
  const heap: Elements = scratch.data(input.dtype);
  const accumulators: Elements = scratch.data(accumulatorType(reduction, input.dtype));
  const first = accumulatorBase / accumulators.BYTES_PER_ELEMENT;
  const data = input.data;

  forEachRun(outside.rest, [input.offset, output.offset], ([from, to]) => {
    for (let group = 0; group < outside.length; group += groups) {
      const count = Math.min(groups, outside.length - group);
      accumulators.fill(IDENTITY[reduction], first, first + count);
      forEachRun(inside.rest, [from! + group * keptStep], ([start]) => {
        const join = (row: number, column: number, rows: number, columns: number) => {
          const kernel = alongRows ? kernels.rows : kernels.columns;
          const source = alongRows
            ? { start: start! + row * keptStep + column * reducedStep, rowStep: keptStep, columnStep: reducedStep }
            : { start: start! + row * reducedStep + column * keptStep, rowStep: reducedStep, columnStep: keptStep };
          const step = loadRectangle(data, source, heap, base / bytes, rows, columns);
          const accumulator = accumulatorBase + (alongRows ? row : column) * accumulators.BYTES_PER_ELEMENT;
          kernel(base, step * bytes, rows, columns * bytes, accumulator, few);
        };
        forEachBlock(alongRows ? count : inside.length, alongRows ? inside.length : count, join);
      });
      const target = output.data, at = to! + group * outputStep;
      for (let i = 0; i < count; i++) target[at + i * outputStep] = accumulators[first + i]!;
    }
  });
}
