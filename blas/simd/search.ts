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
import { MARGIN } from "./scratch.ts";
import { SEARCH_KERNELS, searchArguments, type SearchNumbers } from "./search_kernel.ts";

/** Loops search fewer than `FEW` windows, and windows of which no region has `NARROW` columns. */
const FEW = 256, NARROW = 4;

/** Finds the extremum of each window. */
export function search<D extends DType>({ scratch, kernels }: Context, operands: SearchOperands<D>): void {
  const { extremum, x, regions, y } = operands, bytes = BYTES_PER_ELEMENT[x.dtype];
  const leading = leadingAxes(operands), planes = sizeOf(y.shape.slice(0, leading));
  const calls = y.size < FEW || !isContiguous(x)
    ? [undefined]
    : regions.map((region) => callOf(region, x, y.shape, leading, bytes));
  const xPlane = x.size / planes,
    yPlane = y.size / planes,
    beyond = MARGIN + 16 * Math.max(0, ...calls.map((one) => one?.xColumn ?? 0));
  const block = Math.min(planes, Math.max(1, Math.floor(PIECE_BYTES / ((xPlane + yPlane) * bytes)))),
    mark = scratch.mark();
  const available = (scratch.maximumBytes - mark) / 2 - beyond - MARGIN;
  const wide = calls.some((one) => one !== undefined && one.columns >= NARROW);
  if (!wide || !calls.every((one) => one !== undefined) || block * (xPlane + yPlane) * bytes > available) {
    return searchRegions(operands);
  }
  try {
    const atX = scratch.reserve(block * xPlane * bytes + beyond),
      atY = scratch.reserve(block * yPlane * bytes + MARGIN);
    const memory: Elements = scratch.data(x.dtype), find = kernels(SEARCH_KERNELS, x.dtype)[extremum]!;
    for (let start = 0; start < planes; start += block) {
      const count = Math.min(block, planes - start);
      copyRun(x.data, x.offset + start * xPlane, memory, atX / bytes, count * xPlane);
      for (const call of calls) {
        find(
          ...searchArguments({
            ...call,
            x: atX + call.x,
            y: atY + call.y,
            planes: count,
            xPlane: xPlane * bytes,
            yPlane: yPlane * bytes,
          }),
        );
      }
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
