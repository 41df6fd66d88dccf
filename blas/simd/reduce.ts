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
import { accumulatorType, IDENTITY, type Reduction } from "../reduction.ts";
import { coalesce, forEachRun, type Walk } from "../walk.ts";
import type { MutableView, View } from "../view.ts";
import { isContiguous } from "../view.ts";
import { copyRectangle, copyRun, type Elements, type ReadonlyElements } from "./elementwise/transfer.ts";
import { makeReduceKernels, type ReduceKernels } from "./reduce_kernel.ts";
import { reduceSmall } from "./reduce_small.ts";
import { reduceWindows, windowsOf } from "./reduce_windows.ts";
import { makeWindowsKernel } from "./reduce_windows_kernel.ts";
import type { Context } from "./kernels.ts";
import { MARGIN, type Scratch } from "./scratch.ts";

/** Elements of a rectangle to copy in at a time, 64 KiB in float32. */
const BLOCK = 16384;

/** The largest number of accumulators in use at a time. */
const ACCUMULATORS = 8192;

/** An axis of adjacent elements becomes the rows if it is at least this long. */
const LONG = 16;

/**
 * Rows shorter than `SHORT` (gapless rows of sums and products: than `SHORT_SUM`) are gathered as columns, if there are
 * at least as many of them: kernels take longer to begin such a row than to go through it. Of a million elements in
 * pairs, the largest
 * take 1.6 ms and not 45; of gapless rows of 8, 1.0 and not 2.8.
 */
const SHORT = 16, SHORT_SUM = 4;

/** Up to this many elements, a plain loop takes less time than copying to scratch memory. */
const SMALL = 128;

/** Rows whose distance is at most this many times their length are copied in together with the elements between. */
const MAX_SPREAD = 2;

/**
 * Makes the `reduce` of an engine.
 *
 * @param context The scratch memory to compute in.
 */
export function createReduce({ scratch }: Pick<Context, "scratch">): Engine["reduce"] {
  const kernelsFor = madeOnce((reduction, dtype) => makeReduceKernels(scratch.memory, reduction, dtype));
  const windowsKernelFor = madeOnce((reduction, dtype) => makeWindowsKernel(scratch.memory, reduction, dtype));
  return <D extends DType>(reduction: Reduction, input: View<D>, output: MutableView<D>): void => {
    if (output.size === 0) return;
    if (input.size <= SMALL && isContiguous(input) && reduceSmall(reduction, input, output)) return;
    const mark = scratch.mark(), windows = windowsOf(input, output);
    try {
      if (
        windows !== undefined &&
        reduceWindows(scratch, windowsKernelFor(reduction, input.dtype), windows, input, output)
      ) {
        return;
      }
      reduceAny(scratch, kernelsFor(reduction, input.dtype), reduction, input, output);
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

/** One axis of a walk, and the rest of the walk. */
type Picked = { readonly length: number; readonly steps: readonly number[]; readonly rest: Walk };

/** Picks the axis whose elements are adjacent if it is long, otherwise the longest. */
function pick({ shape, strides }: Walk): Picked {
  const axes = shape.map((_, axis) => axis);
  const dense = axes.find((axis) => Math.abs(strides[0]![axis]!) === 1 && shape[axis]! >= LONG);
  const picked = dense ?? axes.reduce((best, axis) => shape[axis]! >= shape[best]! ? axis : best, 0);
  const others = axes.filter((axis) => axis !== picked);
  return {
    length: shape[picked]!,
    steps: strides.map((stride) => stride[picked]!),
    // `forEachRun` leaves the last axis to its caller, so this adds one of length 1.
    rest: {
      shape: [...others.map((axis) => shape[axis]!), 1],
      strides: strides.map((stride) => [...others.map((axis) => stride[axis]!), 0]),
    },
  };
}

function reduceAny(
  scratch: Scratch,
  kernels: ReduceKernels,
  reduction: Reduction,
  input: View,
  output: MutableView,
): void {
  const axes = input.shape.map((_, axis) => axis);
  const kept = axes.filter((axis) => output.shape[axis] === input.shape[axis]);
  const reduced = axes.filter((axis) => output.shape[axis] !== input.shape[axis]);
  const choose = (from: readonly number[], which: readonly number[]): number[] => which.map((axis) => from[axis]!);
  const outside = pick(coalesce(choose(input.shape, kept), [choose(input.stride, kept), choose(output.stride, kept)]));
  const inside = pick(coalesce(choose(input.shape, reduced), [choose(input.stride, reduced)]));
  // A step of each operand.
  const [keptStep, outputStep] = outside.steps as [number, number], reducedStep = inside.steps[0]!;

  const bytes = BYTES_PER_ELEMENT[input.dtype];
  const isExtremum = reduction === "max" || reduction === "min";
  const short = isExtremum || Math.abs(reducedStep) !== 1 ? SHORT : SHORT_SUM;
  const alongRows = outside.length === 1 ||
    (Math.abs(reducedStep) < Math.abs(keptStep) && (inside.length >= short || outside.length < short));
  const groups = Math.min(outside.length, ACCUMULATORS);
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
          const step = load(data, source, heap, base / bytes, rows, columns);
          const accumulator = accumulatorBase + (alongRows ? row : column) * accumulators.BYTES_PER_ELEMENT;
          kernel(base, step * bytes, rows, columns * bytes, accumulator);
        };
        forEachBlock(alongRows ? count : inside.length, alongRows ? inside.length : count, join);
      });
      const target = output.data, at = to! + group * outputStep;
      for (let i = 0; i < count; i++) target[at + i * outputStep] = accumulators[first + i]!;
    }
  });
}

/** Cuts a rectangle into blocks that are as wide as possible. */
function forEachBlock(
  allRows: number,
  allColumns: number,
  visit: (row: number, column: number, rows: number, columns: number) => void,
): void {
  if (allRows === 0 || allColumns === 0) return;
  const width = Math.min(allColumns, BLOCK), height = Math.max(1, Math.floor(BLOCK / width));
  for (let row = 0; row < allRows; row += height) {
    for (let column = 0; column < allColumns; column += width) {
      visit(row, column, Math.min(height, allRows - row), Math.min(width, allColumns - column));
    }
  }
}

/** Copies a rectangle in, and returns the distance between its rows there, in elements. */
function load(
  data: ReadonlyElements,
  source: { readonly start: number; readonly rowStep: number; readonly columnStep: number },
  heap: Elements,
  at: number,
  rows: number,
  columns: number,
): number {
  const { start, rowStep, columnStep } = source;
  if ((columnStep === 1 || columns === 1) && (rows === 1 || (rowStep >= columns && rowStep <= MAX_SPREAD * columns))) {
    copyRun(data, start, heap, at, (rows - 1) * rowStep + columns);
    return rowStep;
  }
  copyRectangle(data, source, heap, { start: at, rowStep: columns, columnStep: 1 }, rows, columns);
  return columns;
}
