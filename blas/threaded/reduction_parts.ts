/**
 * Reductions by rows, and by a few columns at a time, in blocks of parts that are computed on their own. Where the
 * elements of a row are in several parts, their results are combined in the order in which one thread does that.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import { accumulatorType, IDENTITY, type Reduction } from "../reduction.ts";
import type { Elements } from "../simd/elementwise/transfer.ts";
import { BLOCK, heightOf, loadRectangle, type ReductionPlan, type Source, spanOf } from "../simd/reduce_plan.ts";
import { MARGIN } from "../simd/scratch.ts";
import { forEachRun, type Walk } from "../walk.ts";
import type { MutableView, View } from "../view.ts";
import { MOST_CALLS, type ReductionWork } from "./reduction_work.ts";

/** Elements in a block, and the fewest in a rectangle: others are not worth a call of a kernel. */
const MOST = 32_768, FEWEST = 256;

/** A rectangle of the input. */
export type Rectangle = { readonly source: Source; readonly rows: number; readonly columns: number };

/** Rectangles that are reduced one after the other into the same accumulators. */
export type Part = {
  readonly rectangles: readonly Rectangle[];
  /** The number of accumulators, and where their results go. */
  readonly count: number;
  readonly to: number;
  /** Whether this is the first part of these results, and the last. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

/** A part whose accumulators and rectangles have places, in bytes from the address of its block. */
type Placed = Part & { readonly accumulators: number; readonly addresses: readonly number[] };

type Block = { readonly parts: readonly Placed[]; readonly bytes: number };

/** Returns the offsets of the runs of a walk. */
export function runsOf(walk: Walk, offsets: readonly number[]): readonly (readonly number[])[] {
  const runs: number[][] = [];
  forEachRun(walk, offsets, (at) => runs.push(at.slice()));
  return runs;
}

/** Cuts a reduction into blocks; returns `undefined` if parts would be too large, or too small. */
export function reductionInParts(
  reduction: Reduction,
  plan: ReductionPlan,
  input: View,
  output: MutableView,
): ReductionWork | undefined {
  const { dtype } = input,
    parts = plan.alongRows ? partsByRows(plan, input, output) : partsByColumns(plan, input, output);
  if (parts === undefined) return undefined;
  const bytes = BYTES_PER_ELEMENT[dtype], blocks = packed(parts, bytes), kernel = plan.alongRows ? "rows" : "columns";
  const wide = BYTES_PER_ELEMENT[accumulatorType(reduction, dtype)], join = JOIN[reduction];
  const step = plan.outside.steps[1]!, data: Elements = output.data;
  const totals = new Float64Array(Math.max(...parts.map(({ count }) => count)));
  return {
    count: blocks.length,
    bytes: Math.max(...blocks.map((block) => block.bytes)),
    shared: 0,
    isFree: parts.every(({ isFirst, isLast }) => isFirst && isLast),
    load: (index, { heap, accumulators, call }, address) => {
      for (const { rectangles, count, accumulators: place, addresses } of blocks[index]!.parts) {
        const first = (address + place) / wide;
        accumulators.fill(IDENTITY[reduction], first, first + count);
        rectangles.forEach(({ source, rows, columns }, k) => {
          const at = address + addresses[k]!;
          const distance = loadRectangle(input.data, source, heap, at / bytes, rows, columns);
          call(kernel, [at, distance * bytes, rows, columns * bytes, address + place, plan.few]);
        });
      }
    },
    store: (index, { accumulators }, address) => {
      for (const { count, to, isFirst, isLast, accumulators: place } of blocks[index]!.parts) {
        const first = (address + place) / wide;
        for (let i = 0; i < count; i++) {
          const value = accumulators[first + i]!, total = isFirst ? value : join(totals[i]!, value);
          if (isLast) data[to + i * step] = total;
          else totals[i] = total;
        }
      }
    },
  };
}

const JOIN: { readonly [R in Reduction]: (a: number, b: number) => number } = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

/** Each part has one rectangle of rows: as many as fit in a block, and as much of them as a kernel is given at a time. */
function partsByRows({ outside, inside }: ReductionPlan, input: View, output: MutableView): Part[] | undefined {
  const [rowStep, outputStep] = outside.steps as [number, number], columnStep = inside.steps[0]!; // a step of each operand
  const width = Math.min(inside.length, BLOCK),
    height = Math.max(1, Math.min(outside.length, Math.floor(MOST / width)));
  if (width * height < FEWEST) return undefined;
  const starts = runsOf(inside.rest, [0]).map(([start]) => start!), parts: Part[] = [];
  for (const [from, to] of runsOf(outside.rest, [input.offset, output.offset])) {
    for (let row = 0; row < outside.length; row += height) {
      const rows = Math.min(height, outside.length - row);
      starts.forEach((start, k) => {
        for (let column = 0; column < inside.length; column += width) {
          const columns = Math.min(width, inside.length - column);
          const source = { start: from! + start + row * rowStep + column * columnStep, rowStep, columnStep };
          parts.push({
            rectangles: [{ source, rows, columns }],
            count: rows,
            to: to! + row * outputStep,
            isFirst: k === 0 && column === 0,
            isLast: k === starts.length - 1 && column + columns === inside.length,
          });
        }
      });
    }
  }
  return parts;
}

/** Each part has all elements of some columns, in the rectangles that one thread would choose. */
function partsByColumns(plan: ReductionPlan, input: View, output: MutableView): Part[] | undefined {
  const { outside, inside, groups } = plan, outputStep = outside.steps[1]!;
  const starts = runsOf(inside.rest, [0]).map(([start]) => start!), size = groups * inside.length * starts.length;
  const calls = starts.length * Math.ceil(inside.length / heightOf(groups));
  if (size > MOST || calls > MOST_CALLS || size < FEWEST * calls) return undefined;
  const parts: Part[] = [];
  for (const [from, to] of runsOf(outside.rest, [input.offset, output.offset])) {
    for (let column = 0; column < outside.length; column += groups) {
      const count = Math.min(groups, outside.length - column);
      const rectangles = rectanglesOfColumns(plan, starts, from! + column * outside.steps[0]!, count);
      parts.push({ rectangles, count, to: to! + column * outputStep, isFirst: true, isLast: true });
    }
  }
  return parts;
}

/** Cuts some columns into the rectangles that one thread reduces one after the other. */
export function rectanglesOfColumns(
  { outside, inside }: ReductionPlan,
  starts: readonly number[],
  from: number,
  columns: number,
): Rectangle[] {
  const rowStep = inside.steps[0]!, columnStep = outside.steps[0]!, height = heightOf(columns);
  return starts.flatMap((start) =>
    Array.from({ length: Math.ceil(inside.length / height) }, (_, k) => ({
      source: { start: from + start + k * height * rowStep, rowStep, columnStep },
      rows: Math.min(height, inside.length - k * height),
      columns,
    }))
  );
}

/** Returns the bytes that a rectangle takes. */
export const bytesOf = ({ source, rows, columns }: Rectangle, bytes: number): number =>
  roundUp(spanOf(source, rows, columns) * bytes + MARGIN, MARGIN);

/** Returns the bytes that accumulators take, of which kernels overwrite some more. */
export const accumulatorBytes = (count: number): number => roundUp(8 * count + MARGIN, MARGIN);

/** Puts parts into blocks. */
function packed(parts: readonly Part[], bytes: number): readonly Block[] {
  const blocks: Block[] = [];
  let own: Placed[] = [], at = 0, size = 0, calls = 0;
  const close = () => {
    blocks.push({ parts: own, bytes: at });
    [own, at, size, calls] = [[], 0, 0, 0];
  };
  for (const part of parts) {
    const elements = part.rectangles.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
    if (own.length > 0 && (size + elements > MOST || calls + part.rectangles.length > MOST_CALLS)) close();
    const accumulators = at;
    at += accumulatorBytes(part.count);
    const addresses = part.rectangles.map((one) => (at += bytesOf(one, bytes)) - bytesOf(one, bytes));
    own.push({ ...part, accumulators, addresses });
    size += elements;
    calls += part.rectangles.length;
  }
  close();
  return blocks;
}
