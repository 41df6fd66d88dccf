/**
 * `Engine.search`: windows of images by a kernel, one block of planes after another in scratch memory; everything else by loops.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { SearchOperands, WindowRegion } from "../engine.ts";
import { searchRegions } from "../search.ts";
import { rowMajorStrides, sizeOf } from "../shape.ts";
import { isContiguous, type View } from "../view.ts";
import { coalesce, type Walk } from "../walk.ts";
import { PIECE_BYTES } from "./block_sizes.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import type { Context } from "./kernels.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT, MARGIN } from "./scratch.ts";
import { SEARCH_KERNELS, searchArguments, type SearchNumbers } from "./search_kernel.ts";

/** Loops search fewer than `FEW` windows, and windows of which no region has `NARROW` columns. */
const FEW = 256, NARROW = 4;

/** A search by the kernel: planes of the array, some at a time. */
export type SearchPlan = {
  /** The number of planes, and the most of them in a block. */
  readonly planes: number;
  readonly block: number;
  /** The elements of a plane of the array, and of the result. */
  readonly xPlane: number;
  readonly yPlane: number;
  /** The bytes of memory for the planes of the array, and of the result, in a block. */
  readonly bytesX: number;
  readonly bytesY: number;
  /** Returns the arguments of the kernel for each region. */
  readonly callsOf: (atX: number, atY: number, planes: number) => readonly (readonly number[])[];
};

/** Plans a search by the kernel; returns `undefined` if loops do better, or if a block needs more memory than there is. */
export function planSearch(operands: SearchOperands<DType>, available: number): SearchPlan | undefined {
  const { x, regions, y } = operands, bytes = BYTES_PER_ELEMENT[x.dtype];
  if (y.size < FEW || !isContiguous(x)) return undefined;
  const leading = leadingAxes(operands), planes = sizeOf(y.shape.slice(0, leading));
  const calls = regions.flatMap((region) => callOf(region, x, y.shape, leading, bytes) ?? []);
  if (calls.length < regions.length || !calls.some(({ columns }) => columns >= NARROW)) return undefined;
  const xPlane = x.size / planes, yPlane = y.size / planes;
  const block = Math.min(planes, Math.max(1, Math.floor(PIECE_BYTES / ((xPlane + yPlane) * bytes))));
  const bytesX = block * xPlane * bytes + MARGIN + 16 * Math.max(0, ...calls.map(({ xColumn }) => xColumn));
  const bytesY = block * yPlane * bytes + MARGIN;
  if (bytesX + bytesY > available) return undefined;
  return {
    ...{ planes, block, xPlane, yPlane, bytesX, bytesY },
    callsOf: (atX, atY, count) =>
      calls.map((one) =>
        searchArguments({
          ...one,
          x: atX + one.x,
          y: atY + one.y,
          planes: count,
          xPlane: xPlane * bytes,
          yPlane: yPlane * bytes,
        })
      ),
  };
}

/** Finds the extremum of each window. */
export function search<D extends DType>({ scratch, kernels }: Context, operands: SearchOperands<D>): void {
  const { extremum, x, y } = operands, bytes = BYTES_PER_ELEMENT[x.dtype], mark = scratch.mark();
  const found = planSearch(operands, (scratch.maximumBytes - mark) / 2);
  if (found === undefined || !fits(scratch, found.bytesX + found.bytesY + 2 * LARGE_ALIGNMENT)) {
    return searchRegions(operands);
  }
  const { planes, block, xPlane, yPlane, bytesX, bytesY, callsOf } = found;
  try {
    const atX = scratch.reserve(bytesX), atY = scratch.reserve(bytesY);
    const memory: Elements = scratch.data(x.dtype), find = kernels(SEARCH_KERNELS, x.dtype)[extremum]!;
    for (let start = 0; start < planes; start += block) {
      const count = Math.min(block, planes - start);
      copyRun(x.data, x.offset + start * xPlane, memory, atX / bytes, count * xPlane);
      for (const numbers of callsOf(atX, atY, count)) find(...numbers);
      copyRun(memory, atY / bytes, y.data, y.offset + start * yPlane, count * yPlane);
    }
  } finally {
    scratch.release(mark);
  }
}

/** Returns the number of leading axes of the result along which all regions are whole and alike. */
function leadingAxes({ x, regions, y }: SearchOperands<DType>): number {
  const differs = (axis: number) =>
    regions.some(({ place, stride, numbers }) =>
      place[axis]!.start !== 0 || place[axis]!.step !== 1 || place[axis]!.count !== y.shape[axis] ||
      stride[axis] !== x.stride[axis] || numbers.stride[axis] !== 0 || x.shape[axis] !== y.shape[axis]
    );
  const first = y.shape.findIndex((_, axis) => axis >= x.shape.length || differs(axis));
  return first < 0 ? y.shape.length : first;
}

/** Returns the arguments of the kernel for a region of one plane; `undefined` if the region has too many axes. */
function callOf(
  { place, shape, stride, offset, numbers }: WindowRegion,
  x: View,
  whole: readonly number[],
  leading: number,
  bytes: number,
): SearchNumbers | undefined {
  const rank = whole.length, strides = rowMajorStrides(whole), own = place.slice(leading);
  const outer = coalesce(shape.slice(leading, rank), [
    stride.slice(leading, rank),
    numbers.stride.slice(leading, rank),
    own.map(({ step }, k) => step * strides[leading + k]!),
  ]);
  const window = coalesce(shape.slice(rank), [stride.slice(rank), numbers.stride.slice(rank)]);
  const [rows, columns] = linesOf(outer), [down, along] = lastTwo(window);
  if (outer.shape.length > 2 || window.shape.length > 2 || columns.steps[2] !== 1) return undefined;
  return {
    x: (offset - x.offset) * bytes,
    y: own.reduce((sum, { start }, k) => sum + start * strides[leading + k]!, 0) * bytes,
    number: numbers.offset,
    ...{ planes: 0, xPlane: 0, yPlane: 0 },
    ...{ rows: rows.length, xRow: rows.steps[0]! * bytes, yRow: rows.steps[2]! * bytes, numberRow: rows.steps[1]! },
    ...{ columns: columns.length, xColumn: columns.steps[0]! * bytes, numberColumn: columns.steps[1]! },
    ...{ high: down.length, xDown: down.steps[0]! * bytes, numberDown: down.steps[1]! },
    ...{ wide: along.length, xAlong: along.steps[0]! * bytes, numberAlong: along.steps[1]! },
  };
}

/** Returns the rows and the columns of a region; if elements of the result are not adjacent, each is a row of one column. */
function linesOf(outer: Walk) {
  const [rows, columns] = lastTwo(outer);
  return columns.steps[2] === 1 || outer.shape.length > 1
    ? [rows, columns] as const
    : [columns, { length: 1, steps: [0, 0, 1] }] as const;
}

/** Returns the last two axes of a walk, each with its length and steps; a missing one has length 1. */
function lastTwo({ shape, strides }: Walk) {
  const axis = (k: number) =>
    k < 0
      ? { length: 1, steps: strides.map(() => 0) }
      : { length: shape[k]!, steps: strides.map((steps) => steps[k]!) };
  return [axis(shape.length - 2), axis(shape.length - 1)] as const;
}
