/**
 * `gemv` and `ger` of the `simd` engine: the matrix passes through scratch memory in pieces, and each piece is used
 * while it is in the cache.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { GemvOperands } from "../engine.ts";
import type { MutableView, View } from "../view.ts";
import { isExactProduct, PIECE_BYTES } from "./block_sizes.ts";
import type { Context } from "./kernels.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT, type Scratch } from "./scratch.ts";
import { copyIn, copyOut, type CopyPlan, cutAll, densePlan, plan, type Stack, stackOf, transpose } from "./staging.ts";
import { GEMV_KERNELS } from "./gemv_kernel.ts";

/**
 * The most bytes of a line in a piece, and what is left for one of a small scratch memory; lines are cut at whole slabs. A
 * piece has eight of them at least, with up to twice as many bytes in between.
 */
const LONGEST_LINE = 0x10_0000, LEAST_SHARE = 64, CUT = 4096;

/** Returns the most elements of a line. */
const longestLine = ({ maximumBytes }: Scratch, bytes: number): number =>
  Math.max(1, Math.floor(Math.min(LONGEST_LINE, maximumBytes / LEAST_SHARE) / bytes / CUT)) * CUT;

/** The number of rows or columns of a piece is a multiple of this, except for the last: kernels process four at a time. */
const LINES = 8;

/**
 * How many columns a kernel adds up in float32 before its sums are carried over to float64, and the most columns whose sums
 * never are. Where rows are contiguous, the kernel carries sums over by itself within a row, so slabs can be long. Otherwise
 * it has one float32 sum for each row, to which it adds four products at once.
 */
const SLABS = { contiguousRows: { slab: 4096, most: 8192 }, otherwise: { slab: 512, most: 512 } } as const;

/**
 * The problem `y = alpha * a * x + beta * y`, with the vectors as stacks of one row; or of several rows, each a problem of its
 * own, if there are so few results that all terms are added in float64.
 */
export type VectorProblem<D extends DType> = {
  readonly alpha: number;
  readonly beta: number;
  readonly a: Stack<D>;
  readonly x: Stack<D>;
  readonly y: Stack<D>;
  /** The data of `y`, which are written. */
  readonly target: MutableView<D>["data"];
};

/** Multiplies a matrix by a vector. */
export function gemv<D extends DType>(context: Context, { alpha, a, x, beta, y }: GemvOperands<D>): void {
  if (y.size === 0) return;
  multiplyVector(context, { alpha, beta, a: stackOf(a), x: stackOf(x), y: stackOf(y), target: y.data });
}

/** Multiplies a matrix by a vector, both given as stacks; `y` is not empty. */
export function multiplyVector<D extends DType>(
  context: Context,
  problem: VectorProblem<D>,
  most: number = longestLine(context.scratch, problem.a.data.BYTES_PER_ELEMENT),
): void {
  const { a, y } = problem;
  if (y.columns <= most) return multiplyRows(context, problem, most);
  const parts = cutAll(a, "rows", most);
  cutAll(y, "columns", most).forEach((part, k) => multiplyRows(context, { ...problem, a: parts[k]!, y: part }, most));
}

/** Multiplies not too many rows; only so many elements of a line, and of `x`, are in scratch memory at a time. */
function multiplyRows<D extends DType>(
  context: Context,
  problem: VectorProblem<D>,
  longest: number,
): void {
  const { scratch, kernels } = context;
  const { alpha, beta, a, x, y, target } = problem, bytes = a.data.BYTES_PER_ELEMENT, m = y.columns, all = y.rows * m;
  // A kernel is looked up when it is called: each takes some nanoseconds, which small products feel.
  const run = kernels(GEMV_KERNELS, a.dtype), mark = scratch.mark();
  const pieces = alpha === 0 ? [] : piecesOf(a, longest), isLong = a.columns > longest;
  const isFew = isExactProduct(all, a.columns, a.dtype), planX = isFew ? plan<D> : densePlan<D>;
  let howX = planX(isLong ? { ...x, columns: widest(pieces) } : x);
  const bytesX = howX.elements * bytes, bytesA = largest(pieces) * bytes;
  if (longest > CUT && !fits(scratch, bytesX + bytesA + all * (2 * bytes + 8) + 5 * LARGE_ALIGNMENT)) {
    return multiplyVector(context, problem, CUT);
  }
  try {
    const atX = scratch.reserve(bytesX), product = scratch.reserve(all * bytes);
    const atY = scratch.reserve(all * bytes), atA = scratch.reserve(bytesA);
    const byRows = pieces[0]?.how.columnStride === 1, { slab, most } = byRows ? SLABS.contiguousRows : SLABS.otherwise;
    const isWide = isFew || (a.dtype === "float32" && a.columns > most),
      sums = isWide ? scratch.reserve(all * 8) : 0;
    if (alpha !== 0 && !isLong) copyIn(scratch, atX, x, howX);
    scratch.data(a.dtype).fill(0, product / bytes, product / bytes + all);
    if (isWide) scratch.float64.fill(0, sums / 8, sums / 8 + all);
    let added = 0;
    for (const { part, how, row, column } of pieces) {
      copyIn(scratch, atA, part, how);
      const rowStep = how.rowStride * bytes, columnStep = how.columnStride * bytes, before = isLong ? 0 : column;
      if (isLong) {
        const own = { ...x, columns: part.columns, offset: x.offset + column * x.columnStride };
        howX = planX(own);
        copyIn(scratch, atX, own, howX);
      }
      if (isFew) {
        const from = atA + how.origin * bytes;
        for (let i = 0; i < x.rows; i++) {
          const vector = atX + (howX.origin + i * howX.rowStride + before * howX.columnStride) * bytes;
          const step = howX.columnStride * bytes, result = sums + (i * m + row) * 8;
          run.exact!(part.rows, part.columns, from, rowStep, columnStep, vector, step, result);
        }
        continue;
      }
      const width = isWide ? slab : part.columns;
      for (let start = 0; start < part.columns; start += width) {
        const n = Math.min(width, part.columns - start), from = atA + how.origin * bytes + start * columnStep;
        const vector = atX + (before + start) * bytes, result = product + row * bytes;
        if (how.columnStride === 1) run.rows!(part.rows, n, from, rowStep, vector, result);
        else if (how.rowStride === 1) run.columns!(part.rows, n, from, columnStep, vector, result);
        else run.strided!(part.rows, n, from, rowStep, columnStep, vector, result);
        added += n;
        // A piece that has all columns is the only one with its rows.
        if (!isWide || (added < slab && part.columns < a.columns)) continue;
        run.carry!(part.rows, result, sums + row * 8);
        added = 0;
      }
    }
    if (isWide) {
      if (!isFew) run.carry!(m, product, sums);
      run.narrow!(all, sums, product);
    }
    const isPlain = alpha === 1 && beta === 0; // nothing to combine
    if (beta !== 0) copyIn(scratch, atY, y, densePlan(y));
    if (!isPlain) run.combine!(all, alpha, product, beta, atY);
    copyOut(scratch, isPlain ? product : atY, y, target);
  } finally {
    scratch.release(mark);
  }
}

/** Computes `a = alpha * x * transpose(y) + a`. */
export function ger<D extends DType>(
  context: Context,
  { alpha, x, y, a }: { readonly alpha: number; readonly x: View<D>; readonly y: View<D>; readonly a: MutableView<D> },
): void {
  if (a.size === 0 || alpha === 0) return;
  const whole = stackOf(a), byRows = Math.abs(whole.rowStride) >= Math.abs(whole.columnStride);
  const target = byRows ? whole : transpose(whole), most = longestLine(context.scratch, a.data.BYTES_PER_ELEMENT);
  const [down, across] = byRows ? [stackOf(x), stackOf(y)] : [stackOf(y), stackOf(x)];
  addOuter(context, { alpha, down, across, target, data: a.data }, most);
}

/** An outer product to add to a matrix whose rows are not closer to each other than its columns. */
type OuterProblem<D extends DType> = Record<"down" | "across" | "target", Stack<D>> & {
  readonly alpha: number;
  readonly data: MutableView<D>["data"];
};

/** Adds an outer product; only so many elements of a line are in scratch memory at a time. */
function addOuter<D extends DType>(context: Context, problem: OuterProblem<D>, longest: number): void {
  const { alpha, down, across, target, data } = problem, { scratch } = context, bytes = data.BYTES_PER_ELEMENT;
  const axis = target.columns > longest ? "columns" : "rows", vector = axis === "rows" ? "down" : "across";
  if (target[axis] > longest) {
    const parts = cutAll(problem[vector], "columns", longest);
    return cutAll(target, axis, longest).forEach((part, k) =>
      addOuter(context, { ...problem, target: part, [vector]: parts[k]! }, longest)
    );
  }
  const { combine, outer } = context.kernels(GEMV_KERNELS, target.dtype), mark = scratch.mark();
  const pieces = piecesOf(target, longest),
    bytesA = Math.max(...pieces.map(({ part }) => part.rows)) * target.columns * bytes;
  if (longest > CUT && !fits(scratch, bytesA + (down.columns + across.columns) * bytes + 3 * LARGE_ALIGNMENT)) {
    return addOuter(context, problem, CUT);
  }
  try {
    const atX = scratch.reserve(down.columns * bytes), atY = scratch.reserve(across.columns * bytes);
    const atA = scratch.reserve(bytesA);
    copyIn(scratch, atX, down, densePlan(down));
    copyIn(scratch, atY, across, densePlan(across));
    combine!(down.columns, alpha, atX, 0, atX);
    for (const { part, row } of pieces) {
      copyIn(scratch, atA, part, densePlan(part));
      outer!(part.rows, part.columns, atA, part.columns * bytes, atX + row * bytes, atY);
      copyOut(scratch, atA, part, data);
    }
  } finally {
    scratch.release(mark);
  }
}

/** Some rows or columns of a matrix, their start, and the plan for copying them into scratch memory. */
type Piece<D extends DType> = {
  readonly part: Stack<D>;
  readonly how: CopyPlan;
  readonly row: number;
  readonly column: number;
};

/**
 * Cuts a matrix across its longer stride, so that every piece of a contiguous matrix is contiguous, and lines of more than
 * `longest` elements.
 */
function piecesOf<D extends DType>(a: Stack<D>, longest: number): readonly Piece<D>[] {
  const byRows = Math.abs(a.rowStride) >= Math.abs(a.columnStride), line = byRows ? a.columns : a.rows;
  const count = byRows ? a.rows : a.columns, pieces: Piece<D>[] = [];
  if (line === 0) return pieces;
  const length = Math.min(line, longest);
  const most = Math.max(LINES, Math.floor(PIECE_BYTES / (length * a.data.BYTES_PER_ELEMENT) / LINES) * LINES);
  if (count <= most && length === line) return [{ part: a, how: plan(a), row: 0, column: 0 }];
  for (let i = 0; i < count; i += most) {
    for (let j = 0; j < line; j += length) {
      const row = byRows ? i : j,
        column = byRows ? j : i,
        n = Math.min(most, count - i),
        own = Math.min(length, line - j);
      const offset = a.offset + row * a.rowStride + column * a.columnStride;
      const part = { ...a, rows: byRows ? n : own, columns: byRows ? own : n, offset };
      pieces.push({ part, how: plan(part), row, column });
    }
  }
  return pieces;
}

const largest = <D extends DType>(pieces: readonly Piece<D>[]): number =>
  pieces.reduce((most, { how }) => Math.max(most, how.elements), 0);

const widest = <D extends DType>(pieces: readonly Piece<D>[]): number =>
  pieces.reduce((most, { part }) => Math.max(most, part.columns), 0);
