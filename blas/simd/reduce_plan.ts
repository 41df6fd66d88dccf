/**
 * Plans of reductions: which axes span the rectangles, and whether their rows or their columns are reduced.
 *
 * @module
 */
import { MOST_FEW_TERMS, type Reduction } from "../reduction.ts";
import { sizeOf } from "../shape.ts";
import type { ReductionWalks, Walk } from "../walk.ts";
import { copyRectangle, copyRun, type Elements, type ReadonlyElements } from "./elementwise/transfer.ts";

/** Elements of a rectangle to copy in at a time, 128 KiB in float32. */
export const BLOCK = 32768;

/** The rows that kernels add in pairs before their sum is added in float64. */
const GROUP = 8;

/** The largest number of accumulators in use at a time: blocks have a group of rows at least. */
const ACCUMULATORS = 4096;

/** More rows than kernels are given, and more bytes of them. */
const MOST = 1e9;

/** An axis of adjacent elements becomes the rows if it is at least this long. */
const LONG = 16;

/**
 * Rows shorter than `SHORT` (gapless rows of sums and products: than `SHORT_SUM`) are gathered as columns, if there are
 * at least as many of them: kernels take longer to begin such a row than to go through it. Of a million elements in
 * pairs, the largest
 * take 1.6 ms and not 45; of gapless rows of 8, 1.0 and not 2.8.
 */
const SHORT = 16, SHORT_SUM = 4;

/** Rows whose distance is at most this many times their length are copied in together with the elements between. */
export const MAX_SPREAD = 2;

/** One axis of a walk, and the rest of the walk. */
export type Picked = { readonly length: number; readonly steps: readonly number[]; readonly rest: Walk };

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

/** The plan of a reduction. */
export type ReductionPlan = {
  /** One of the kept axes, with the steps of the input and of the output. */
  readonly outside: Picked;
  /** One of the reduced axes, with the step of the input. */
  readonly inside: Picked;
  /** Whether reduced elements are next to each other in the rows of rectangles; otherwise, they are in columns. */
  readonly alongRows: boolean;
  /** The most accumulators in use at a time: elements along the kept axis. */
  readonly groups: number;
  /** What kernels are given last: 0, or where no elements are grouped, more rows and bytes than there are. */
  readonly few: number;
};

/** Plans a reduction. */
export function planReduction(reduction: Reduction, walks: ReductionWalks): ReductionPlan {
  const outside = pick(walks.outside), inside = pick(walks.inside);
  const keptStep = Math.abs(outside.steps[0]!), reducedStep = Math.abs(inside.steps[0]!);
  const isExtremum = reduction === "max" || reduction === "min";
  const short = isExtremum || reducedStep !== 1 ? SHORT : SHORT_SUM;
  const alongRows = outside.length === 1 ||
    (reducedStep < keptStep && (inside.length >= short || outside.length < short));
  // Neighbours in memory may cancel: where others are grouped, each element is added in float64.
  const isApart = walks.inside.strides[0]!.some((stride) => Math.abs(stride) < reducedStep);
  const few = isApart || sizeOf(walks.inside.shape) <= MOST_FEW_TERMS ? MOST : 0;
  return { outside, inside, alongRows, groups: Math.min(outside.length, ACCUMULATORS), few };
}

/** Returns how many rows of up to `BLOCK` columns are in a block: whole groups, if there are that many. */
export const heightOf = (columns: number): number => (BLOCK / columns & -GROUP) || BLOCK / columns | 0;

/** Cuts a rectangle into blocks that are as wide as possible. */
export function forEachBlock(
  allRows: number,
  allColumns: number,
  visit: (row: number, column: number, rows: number, columns: number) => void,
): void {
  if (allRows === 0 || allColumns === 0) return;
  const width = Math.min(allColumns, BLOCK), height = heightOf(width);
  for (let row = 0; row < allRows; row += height) {
    for (let column = 0; column < allColumns; column += width) {
      visit(row, column, Math.min(height, allRows - row), Math.min(width, allColumns - column));
    }
  }
}

/** A rectangle of an array: the position of its first element, and the steps between rows and between columns. */
export type Source = { readonly start: number; readonly rowStep: number; readonly columnStep: number };

/** Tells whether a rectangle is copied in together with the elements between its rows. */
const isRange = ({ rowStep, columnStep }: Source, rows: number, columns: number): boolean =>
  (columnStep === 1 || columns === 1) && (rows === 1 || (rowStep >= columns && rowStep <= MAX_SPREAD * columns));

/** Returns how many elements are copied in for a rectangle. */
export const spanOf = (source: Source, rows: number, columns: number): number =>
  isRange(source, rows, columns) ? (rows - 1) * source.rowStep + columns : rows * columns;

/** Copies a rectangle in, and returns the distance between its rows there, in elements. */
export function loadRectangle(
  data: ReadonlyElements,
  source: Source,
  heap: Elements,
  at: number,
  rows: number,
  columns: number,
): number {
  if (isRange(source, rows, columns)) {
    copyRun(data, source.start, heap, at, (rows - 1) * source.rowStep + columns);
    return source.rowStep;
  }
  copyRectangle(data, source, heap, { start: at, rowStep: columns, columnStep: 1 }, rows, columns);
  return columns;
}
