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
import { copyIn, copyOut, type CopyPlan, densePlan, plan, type Stack, stackOf, transpose } from "./staging.ts";
import { GEMV_KERNELS } from "./gemv_kernel.ts";

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
export function multiplyVector<D extends DType>({ scratch, kernels }: Context, problem: VectorProblem<D>): void {
  const { alpha, beta, a, x, y, target } = problem, bytes = a.data.BYTES_PER_ELEMENT, m = y.columns, all = y.rows * m;
  // A kernel is looked up when it is called: each takes some nanoseconds, which small products feel.
  const run = kernels(GEMV_KERNELS, a.dtype), mark = scratch.mark();
  const pieces = alpha === 0 ? [] : piecesOf(a);
  try {
    const isFew = isExactProduct(all, a.columns, a.dtype), howX = isFew ? plan(x) : densePlan(x);
    const atX = scratch.reserve(howX.elements * bytes), product = scratch.reserve(all * bytes);
    const atY = scratch.reserve(all * bytes), atA = scratch.reserve(longest(pieces) * bytes);
    const byRows = pieces[0]?.how.columnStride === 1, { slab, most } = byRows ? SLABS.contiguousRows : SLABS.otherwise;
    const isWide = isFew || (a.dtype === "float32" && a.columns > most),
      sums = isWide ? scratch.reserve(all * 8) : 0;
    if (alpha !== 0) copyIn(scratch, atX, x, howX);
    scratch.data(a.dtype).fill(0, product / bytes, product / bytes + all);
    if (isWide) scratch.float64.fill(0, sums / 8, sums / 8 + all);
    let added = 0;
    for (const { part, how, row, column } of pieces) {
      copyIn(scratch, atA, part, how);
      const rowStep = how.rowStride * bytes, columnStep = how.columnStride * bytes;
      if (isFew) {
        const from = atA + how.origin * bytes;
        for (let i = 0; i < x.rows; i++) {
          const vector = atX + (howX.origin + i * howX.rowStride + column * howX.columnStride) * bytes;
          const step = howX.columnStride * bytes, result = sums + (i * m + row) * 8;
          run.exact!(part.rows, part.columns, from, rowStep, columnStep, vector, step, result);
        }
        continue;
      }
      const width = isWide ? slab : part.columns;
      for (let start = 0; start < part.columns; start += width) {
        const n = Math.min(width, part.columns - start), from = atA + how.origin * bytes + start * columnStep;
        const vector = atX + (column + start) * bytes, result = product + row * bytes;
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
  { scratch, kernels }: Context,
  { alpha, x, y, a }: { readonly alpha: number; readonly x: View<D>; readonly y: View<D>; readonly a: MutableView<D> },
): void {
  if (a.size === 0 || alpha === 0) return;
  const whole = stackOf(a), byRows = Math.abs(whole.rowStride) >= Math.abs(whole.columnStride);
  const target = byRows ? whole : transpose(whole), bytes = a.data.BYTES_PER_ELEMENT;
  const down = stackOf(byRows ? x : y), across = stackOf(byRows ? y : x);
  const { combine, outer } = kernels(GEMV_KERNELS, a.dtype), mark = scratch.mark(), pieces = piecesOf(target);
  try {
    const atX = scratch.reserve(down.columns * bytes), atY = scratch.reserve(across.columns * bytes);
    const atA = scratch.reserve(Math.max(...pieces.map(({ part }) => part.rows)) * target.columns * bytes);
    copyIn(scratch, atX, down, densePlan(down));
    copyIn(scratch, atY, across, densePlan(across));
    combine!(down.columns, alpha, atX, 0, atX);
    for (const { part, row } of pieces) {
      copyIn(scratch, atA, part, densePlan(part));
      outer!(part.rows, part.columns, atA, part.columns * bytes, atX + row * bytes, atY);
      copyOut(scratch, atA, part, a.data);
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

/** Cuts a matrix across its longer stride, so that every piece of a contiguous matrix is contiguous. */
function piecesOf<D extends DType>(a: Stack<D>): readonly Piece<D>[] {
  const byRows = Math.abs(a.rowStride) >= Math.abs(a.columnStride), line = byRows ? a.columns : a.rows;
  const count = byRows ? a.rows : a.columns, pieces: Piece<D>[] = [];
  if (line === 0) return pieces;
  const most = Math.max(LINES, Math.floor(PIECE_BYTES / (line * a.data.BYTES_PER_ELEMENT) / LINES) * LINES);
  if (count <= most) return [{ part: a, how: plan(a), row: 0, column: 0 }];
  for (let start = 0; start < count; start += most) {
    const lines = Math.min(most, count - start);
    const part = byRows
      ? { ...a, rows: lines, offset: a.offset + start * a.rowStride }
      : { ...a, columns: lines, offset: a.offset + start * a.columnStride };
    pieces.push({ part, how: plan(part), row: byRows ? start : 0, column: byRows ? 0 : start });
  }
  return pieces;
}

const longest = <D extends DType>(pieces: readonly Piece<D>[]): number =>
  pieces.reduce((most, { how }) => Math.max(most, how.elements), 0);
