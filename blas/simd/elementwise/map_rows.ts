/**
 * The part of `map` that computes rows: for operands that are not all contiguous, but have two axes after coalescing.
 *
 * @module
 */
import { forEachRun, type Walk } from "../../walk.ts";
import { LARGE_ALIGNMENT, MARGIN } from "../scratch.ts";
import { bit, blockOf, type MapCall, reserve } from "./map_call.ts";
import { copyRectangle, copyRun } from "./transfer.ts";

/** Computes blocks whose columns are the innermost axis and whose rows are the next axis. */
export function mapRows(job: MapCall, walk: Walk): void {
  const { bytes, entry, inputs, output, moving } = job, { used } = entry, last = walk.shape.length - 1;
  const allColumns = walk.shape[last]!, allRows = walk.shape[last - 1]!;
  const block = blockOf(job), width = Math.min(allColumns, block);
  const height = Math.max(1, Math.min(allRows, Math.floor(block / width)));
  const columnStep = (operand: number) => walk.strides[operand]![last]!;
  const rowStep = (operand: number) => walk.strides[operand]![last - 1]!;
  const stretches = used.map((k) => stretchOf(job, allRows, allColumns, rowStep(k + 1), columnStep(k + 1)));
  // Before the memory is looked at, since reserving may replace it.
  const range = rangeFor(job, MOST_WASTE * width * height, used.map((k) => columnStep(k + 1)));
  const { parameters, slot, base, region, heap } = reserve(job, MAX_SPREAD * width * height);
  const repeated = used.reduce((bits, k) => columnStep(k + 1) === 0 ? bits | bit(k) : bits, 0);
  const kernel = entry.kernel(output.dtype, repeated), ints = job.integers();
  const loaded = used.map(() => -1);
  const outside: Walk = {
    shape: [...walk.shape.slice(0, -2), 1],
    strides: walk.strides.map((stride) => [...stride.slice(0, -2), 0]),
  };
  const target = output.data;

  /**
   * Copies in what a block needs of operand `used[i]`, and returns the bytes from one of its rows to the next: negative
   * if they are in reverse order.
   */
  const load = (i: number, start: number, origin: number, rows: number, columns: number): number => {
    const k = used[i]!, data = inputs[k]!.data, at = (base + (k + 1) * region) / bytes;
    const c = columnStep(k + 1), r = rowStep(k + 1);
    const oneColumn = (repeated & bit(k)) !== 0, wide = oneColumn ? 1 : columns, high = r === 0 ? 1 : rows;
    const step = r === 0 ? 0 : c === 1 && Math.abs(r) >= wide && Math.abs(r) <= MAX_SPREAD * wide ? r : wide;
    if (loaded[i] !== start || r !== 0) {
      const stretch = stretches[i];
      if (stretch !== undefined) {
        const { address, before, length } = stretch;
        if (stretch.origin !== origin) copyRun(data, origin - before, heap, address / bytes, length);
        stretch.origin = origin;
        const source = address + (before + start - origin) * bytes;
        moving!(output.dtype).transpose!(
          source,
          r * bytes,
          c * bytes,
          high,
          wide,
          at * bytes,
          wide * bytes,
        );
      } else if (c === 1 && (high === 1 || step === r)) {
        copyRun(data, start + Math.min(0, (high - 1) * step), heap, at, (high - 1) * Math.abs(step) + wide);
      } else if (range !== undefined && c !== 1 && reachOf(high, r, wide, c) <= MOST_WASTE * high * wide) {
        const before = Math.max(0, (1 - high) * r) + Math.max(0, (1 - wide) * c), length = reachOf(high, r, wide, c);
        copyRun(data, start - before, heap, range, length);
        moving!(output.dtype).move!(
          (range + before) * bytes,
          at * bytes,
          ...[1, 0, 0, 1, 0, 0],
          ...[high, r * bytes, wide * bytes],
          ...[wide, c * bytes, bytes],
        );
      } else {
        const source = { start, rowStep: r, columnStep: c };
        copyRectangle(data, source, heap, { start: at, rowStep: wide, columnStep: 1 }, high, wide);
      }
      loaded[i] = start;
    }
    return step * bytes;
  };

  forEachRun(outside, [output.offset, ...inputs.map(({ offset }) => offset)], (first) => {
    for (let row = 0; row < allRows; row += height) {
      const rows = Math.min(height, allRows - row);
      for (let column = 0; column < allColumns; column += width) {
        const columns = Math.min(width, allColumns - column);
        const startOf = (operand: number) => first[operand]! + row * rowStep(operand) + column * columnStep(operand);
        ints[slot] = rows;
        ints[slot + 1] = columns * bytes;
        ints[slot + 2] = base;
        ints[slot + 3] = columns * bytes;
        for (let i = 0; i < used.length; i++) {
          const k = used[i]!;
          const step = load(i, startOf(k + 1), first[k + 1]!, rows, columns);
          ints[slot + 4 + 2 * k] = base + (k + 1) * region + Math.max(0, (1 - rows) * step);
          ints[slot + 5 + 2 * k] = step;
        }
        kernel(parameters);
        const result = { start: base / bytes, rowStep: columns, columnStep: 1 };
        const into = { start: startOf(0), rowStep: rowStep(0), columnStep: columnStep(0) };
        if (into.columnStep === 1 && (into.rowStep === columns || rows === 1)) {
          copyRun(heap, result.start, target, into.start, rows * columns);
        } else copyRectangle(heap, result, target, into, rows, columns);
      }
    }
  });
}

/** Returns the number of elements from the first to the last of a rectangle. */
const reachOf = (rows: number, rowStep: number, columns: number, columnStep: number): number =>
  (rows - 1) * Math.abs(rowStep) + (columns - 1) * Math.abs(columnStep) + 1;

/** A range is copied in whole up to this multiple of the rectangle's elements; loops would take longer. */
const MOST_WASTE = 3;

/** Reserves memory for ranges if an operand has gaps between its columns or runs backwards. Returns the position. */
function rangeFor(
  { scratch, bytes, moving }: MapCall,
  elements: number,
  columnSteps: readonly number[],
): number | undefined {
  if (moving === undefined) return undefined;
  const available = scratch.maximumBytes - scratch.mark() - LARGE_ALIGNMENT, wanted = elements * bytes + MARGIN;
  return columnSteps.some((step) => step !== 0 && step !== 1) && wanted <= available
    ? scratch.reserve(wanted) / bytes
    : undefined;
}

/** A range of an operand's buffer, copied to scratch memory. */
type Stretch = {
  readonly address: number;
  /** The number of elements before the one whose indices are all 0. */
  readonly before: number;
  readonly length: number;
  /** The position of that element in the buffer; -1 before anything has been copied. */
  origin: number;
};

/**
 * Reserves memory for the range of an operand's rectangle, if it is transposed and has few other elements in between:
 * it is then copied whole, and a kernel transposes it faster than loops do.
 */
function stretchOf(
  { scratch, bytes, moving }: MapCall,
  rows: number,
  columns: number,
  rowStep: number,
  columnStep: number,
): Stretch | undefined {
  if (moving === undefined || Math.abs(rowStep) >= Math.abs(columnStep)) return undefined;
  const down = (rows - 1) * rowStep, across = (columns - 1) * columnStep;
  const length = Math.abs(down) + Math.abs(across) + 1;
  const available = Math.min(LARGEST_STRETCH, (scratch.maximumBytes - scratch.mark()) / 2);
  if (rowStep === 0 || columnStep === 1 || length > 3 * rows * columns || length * bytes > available) return undefined;
  const before = -Math.min(down, 0) - Math.min(across, 0);
  try {
    return { address: scratch.reserve(length * bytes + MARGIN), before, length, origin: -1 };
  } catch {
    return undefined; // the runtime has no more memory: what `fits` would say, which the smallest bundle has no room for
  }
}

/** The largest size, in bytes, of such a range; larger operands are gathered by loops. */
const LARGEST_STRETCH = 0x200_0000; // 32 MiB

/** The largest distance, in row lengths, of rows that are copied in together with the elements between them. */
const MAX_SPREAD = 2;
