/**
 * `gemm` of the `simd` engine: it copies the operands into scratch memory, calls the kernel, and copies the result out.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import { type DType, newData } from "../dtype.ts";
import type { GemmOperands } from "../engine.ts";
import type { MutableView } from "../view.ts";
import { blocksFor, type BlockSizes, isExactProduct, passOf, rowsOf } from "./block_sizes.ts";
import { multiplyVector } from "./gemv.ts";
import type { Context } from "./kernels.ts";
import { TILE_ROWS, TILE_VECTORS } from "./micro_kernel.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT } from "./scratch.ts";
import { copyIn, copyOut, type CopyPlan, cutAll, densePlan, plan, type Stack, stackOf, transpose } from "./staging.ts";
import { GEMM_KERNELS } from "./gemm_kernel.ts";

/** The context of {@linkcode gemm}. */
export type GemmContext = Context & { readonly blocks: BlockSizes };

/** A product of stacks of matrices. */
export type StagedGemm<D extends DType> = {
  readonly alpha: number;
  readonly beta: number;
  readonly a: Stack<D>;
  readonly b: Stack<D>;
  readonly c: Stack<D>;
  /** The data of `c`, to be written. */
  readonly target: MutableView<D>["data"];
};

/** Computes `c = alpha * a * b + beta * c` for matrices or, with a leading axis, for stacks of them. */
export function gemm<D extends DType>(context: GemmContext, { alpha, a, b, beta, c }: GemmOperands<D>): void {
  if (c.size === 0) return;
  // Lengths are read before they are needed, as in `stretchesTo` of shape.ts.
  const depth = a.shape[a.shape.length - 1]!, { length: rank, 0: rows, 1: columns } = c.shape;
  if (alpha === 0 || depth === 0) scale(stackOf(c), c.data, beta);
  else if (rank === 2 && (rows === 1 || columns === 1)) {
    // No other orientation would be faster, and looking for one takes as long as a small product.
    multiplyByVector(context, { alpha, a: stackOf(a), b: stackOf(b), beta, c: stackOf(c), target: c.data });
  } else dispatch(context, stagedGemm({ alpha, a, b, beta, c }));
}

/** Returns a product in the orientation in which it is computed. */
export function stagedGemm<D extends DType>({ alpha, a, b, beta, c }: GemmOperands<D>): StagedGemm<D> {
  return orient(oneMatrix({ alpha, beta, a: stackOf(a), b: stackOf(b), c: stackOf(c), target: c.data }));
}

/** Counts the results of a product. */
export const resultsOf = ({ batch, rows, columns }: Stack<DType>): number => batch * rows * columns;

/** Tells whether a product is a matrix times a vector, or parts of its sums are added up in float64: few sums, or long ones. */
export function isSpecial({ a, c }: StagedGemm<DType>): boolean {
  return isExactProduct(resultsOf(c), a.columns, c.dtype) || (c.batch === 1 && (c.rows === 1 || c.columns === 1)) ||
    (c.dtype === "float32" && a.columns > LONG);
}

/** Returns the transposed problem if that is less work. */
function orient<D extends DType>(problem: StagedGemm<D>): StagedGemm<D> {
  const { a, b, c } = problem, fewColumns = a.rows * a.columns > 4 * c.columns * (a.rows + a.columns);
  const byColumns = ({ rowStride, columnStride }: Stack<D>) => Math.abs(rowStride) < Math.abs(columnStride);
  // Rows of `c` must be contiguous. Rows of `a` need not be, but packing them costs more than scattering a narrow `c`.
  const better = c.columnStride === 1 ? byColumns(a) && fewColumns : byColumns(c);
  return better ? { ...problem, a: transpose(b), b: transpose(a), c: transpose(c) } : problem;
}

/** Turns a batch into one tall product if its matrices `a` follow one another and all are multiplied by one `b`. */
function oneMatrix<D extends DType>(problem: StagedGemm<D>): StagedGemm<D> {
  const { a, b, c } = problem;
  const tall = ({ batch, rows, batchStride, rowStride }: Stack<D>) => batch > 1 && batchStride === rows * rowStride;
  if (!tall(a) || !tall(c) || b.batchStride !== 0) return problem;
  const merge = (s: Stack<D>): Stack<D> => ({ ...s, batch: 1, rows: s.batch * s.rows, batchStride: 0 });
  return { ...problem, a: merge(a), b: { ...b, batch: 1 }, c: merge(c) };
}

/** Computes a problem. */
function dispatch<D extends DType>(context: GemmContext, problem: StagedGemm<D>): void {
  const { a, c } = problem;
  if (c.batch === 1 && (c.rows === 1 || c.columns === 1)) return multiplyByVector(context, problem);
  const results = resultsOf(c), isLong = c.dtype === "float32" && a.columns > LONG;
  if (isExactProduct(results, a.columns, c.dtype)) return multiplyFew(context, problem);
  const own = { ...context, blocks: blocksFor(results, c.dtype, context.blocks) };
  return (isLong ? multiplyInSlabs : multiply)(own, problem);
}

/** Computes a problem with a single row or column, which is a matrix times a vector and needs no packing. */
function multiplyByVector<D extends DType>(context: Context, { alpha, beta, a, b, c, target }: StagedGemm<D>): void {
  if (c.columns === 1) multiplyVector(context, { alpha, beta, a, x: transpose(b), y: transpose(c), target });
  else multiplyVector(context, { alpha, beta, a: transpose(b), x: a, y: c, target });
}

/** Computes a problem with few results, whose sums are in float64, as products of a matrix and some vectors. */
function multiplyFew<D extends DType>(context: GemmContext, problem: StagedGemm<D>): void {
  // Kernels are fast where both are contiguous along the axis of sums, and where columns of the matrix are: many rows are better.
  const isAlong = [problem.a.columnStride === 1, problem.b.rowStride === 1] as const, { rows, columns } = problem.c;
  const isTransposed = isAlong[0] === isAlong[1] ? columns > rows : isAlong[0];
  const { alpha, beta, a, b, c, target }: StagedGemm<D> = isTransposed
    ? { ...problem, a: transpose(problem.b), b: transpose(problem.a), c: transpose(problem.c) }
    : problem;
  for (let i = 0; i < c.batch; i++) {
    const one = (s: Stack<D>) => ({ ...s, batch: 1, batchStride: 0, offset: s.offset + i * s.batchStride });
    multiplyVector(context, { alpha, beta, a: one(a), x: transpose(one(b)), y: transpose(one(c)), target });
  }
}

/** Sums of more than `LONG` terms are computed in slabs of `SLAB` terms, whose results are added up in float64. */
const LONG = 6144, SLAB = 3072;

/** The elements of `c` that are computed at a time where slabs are added up in float64, and the fewest rows. */
const WIDE_ELEMENTS = 0x10_0000, WIDE_ROWS = 240;

/** Computes a problem in float32 whose sums are long, a slab of `k` at a time; slabs are added up in float64. */
function multiplyInSlabs<D extends DType>(context: GemmContext, problem: StagedGemm<D>): void {
  const { alpha, beta, a, b, c, target } = problem, { batch, rows, columns } = c, k = a.columns;
  if (batch > 1 && batch * rows * columns > WIDE_ELEMENTS) {
    return divideAlong("batch", multiplyInSlabs, context, problem);
  }
  const most = Math.max(WIDE_ROWS, Math.floor(WIDE_ELEMENTS / columns));
  if (rows > 2 * most) return divideAlong("rows", multiplyInSlabs, context, problem);
  if (columns > WIDE_ELEMENTS) return divideAlong("columns", multiplyInSlabs, context, problem);
  const size = batch * rows * columns, part = newData(c.dtype, size), sums = new Float64Array(size);
  const dense = { ...c, data: part, offset: 0, ...densePlan(c) };
  for (let start = 0; start < k; start += SLAB) {
    const count = Math.min(SLAB, k - start);
    const left = { ...a, columns: count, offset: a.offset + start * a.columnStride };
    const right = { ...b, rows: count, offset: b.offset + start * b.rowStride };
    multiply(context, { alpha: 1, beta: 0, a: left, b: right, c: dense, target: part });
    for (let i = 0; i < size; i++) sums[i]! += part[i]!;
  }
  let i = 0;
  forEachRow(c, (start) => {
    for (let j = 0, p = start; j < columns; j++, p += c.columnStride) {
      const product = alpha * sums[i++]!;
      target[p] = beta === 0 ? product : product + beta * target[p]!;
    }
  });
}

/** The layout of a packed column-major `a`, except the step between rows. */
const UPRIGHT = { elements: 0, origin: 0, batchStride: 0, columnStride: 1, whole: true };

/**
 * Computes a problem. All of `b` is copied in and packed once; `a` and `c` follow some rows at a time, so that they are
 * still in the cache when they are used and copied out. Small matrices are copied in whole, and a batch of them is one
 * call. A problem that needs more scratch memory than allowed is divided in halves.
 */
function multiply<D extends DType>(context: GemmContext, problem: StagedGemm<D>): void {
  const { scratch, kernels, blocks } = context, { alpha, beta, a, b, c, target } = problem;
  const { batch, rows: m, columns: n } = c, k = a.columns, bytes = c.data.BYTES_PER_ELEMENT;
  const rowBytes = (k + n) * bytes, width = TILE_VECTORS * 16 / bytes;
  if (batch > 1 && batch * (m * rowBytes + k * n * bytes) > 2 * blocks.bytes) return divide(context, problem);
  const rows = batch > 1 ? m : Math.min(m, rowsOf(Math.max(k, n / 2) * bytes, blocks));
  const step = roundUp(k, 16) + 16; // between packed rows of `a`: not a power of two, which would crowd one set of the cache
  const upright = batch === 1 && Math.abs(a.rowStride) < Math.abs(a.columnStride); // `a` is column-major
  const strip = Math.max(16, Math.floor(blocks.bytes / (4 * m * bytes) / 16) * 16), piece = upright ? strip : rows;
  const partsA = cutAll(a, upright ? "columns" : "rows", piece), partsC = cutAll(c, "rows", rows);
  const plansA = partsA.map(plan), planB = plan(b), planC = densePlan(partsC[0]!);
  const packedA = upright ? m * step : a.columnStride === 1 ? 0 : rows * step;
  const packedB = k * roundUp(n, width), tile = TILE_ROWS * width;
  const staged = Math.max(...plansA.map(({ elements }) => elements)) + planB.elements + planC.elements;
  if (!fits(scratch, (staged + packedA + packedB + tile) * bytes + 6 * LARGE_ALIGNMENT)) {
    return divide(context, problem);
  }
  const { gemm, packRows } = kernels(GEMM_KERNELS, c.dtype), mark = scratch.mark();
  try {
    const atA = scratch.reserve((staged - planB.elements - planC.elements) * bytes);
    const atB = scratch.reserve(planB.elements * bytes), atC = scratch.reserve(planC.elements * bytes);
    const panels = scratch.reserve(packedB * bytes), packed = scratch.reserve(packedA * bytes);
    const spare = scratch.reserve(tile * bytes), first = (how: CopyPlan) => atA + how.origin * bytes;
    copyIn(scratch, atB, b, planB);
    if (upright) {
      partsA.forEach((part, i) => {
        const how = plansA[i]!, to = packed + i * strip * bytes;
        copyIn(scratch, atA, part, how);
        packRows!(first(how), how.rowStride * bytes, how.columnStride * bytes, m, part.columns, to, step * bytes);
      });
    }
    partsC.forEach((part, i) => {
      const how = upright ? { ...UPRIGHT, rowStride: step } : plansA[i]!;
      if (!upright) copyIn(scratch, atA, partsA[i]!, how);
      if (beta !== 0) copyIn(scratch, atC, part, planC);
      gemm!(
        batch,
        part.rows,
        n,
        k,
        upright ? packed + i * rows * step * bytes : first(how),
        how.batchStride * bytes,
        how.rowStride * bytes,
        how.columnStride * bytes,
        atB + planB.origin * bytes,
        planB.batchStride * bytes,
        planB.rowStride * bytes,
        planB.columnStride * bytes,
        atC,
        planC.batchStride * bytes,
        planC.rowStride * bytes,
        rows,
        passOf(k, blocks.depth[c.dtype]),
        packed,
        step * bytes,
        panels,
        spare,
        i, // after the first rows, `b` is packed already
        alpha,
        beta,
      );
      copyOut(scratch, atC, part, target);
    });
  } finally {
    scratch.release(mark);
  }
}

/** Computes a problem as two: cuts the batch, or else the longest of rows, columns and depth, in the middle. */
function divide<D extends DType>(context: GemmContext, problem: StagedGemm<D>): void {
  const { a, b, c } = problem, k = a.columns;
  if (c.batch > 1) divideAlong("batch", multiply, context, problem);
  else if (k >= c.rows && k >= c.columns) {
    const [a0, a1] = cut(a, "columns"), [b0, b1] = cut(b, "rows");
    multiply(context, { ...problem, a: a0, b: b0 });
    multiply(context, { ...problem, a: a1, b: b1, beta: 1 });
  } else divideAlong(c.rows >= c.columns ? "rows" : "columns", multiply, context, problem);
}

/** Computes a problem as two, each with its part of `c`. */
function divideAlong<D extends DType>(
  axis: "batch" | "rows" | "columns",
  compute: (context: GemmContext, problem: StagedGemm<D>) => void,
  context: GemmContext,
  problem: StagedGemm<D>,
): void {
  const { a, b, c } = problem, [c0, c1] = cut(c, axis);
  const [a0, a1] = axis === "columns" ? [a, a] : cut(a, axis), [b0, b1] = axis === "rows" ? [b, b] : cut(b, axis);
  compute(context, { ...problem, a: a0, b: b0, c: c0 });
  compute(context, { ...problem, a: a1, b: b1, c: c1 });
}

/** Cuts a stack in the middle of an axis; a long axis is cut at a multiple of the tile sizes. */
function cut<D extends DType>(stack: Stack<D>, axis: "batch" | "rows" | "columns"): readonly [Stack<D>, Stack<D>] {
  const length = stack[axis], first = length > 96 ? roundUp(length / 2, 24) : Math.ceil(length / 2);
  const stride = axis === "batch" ? stack.batchStride : axis === "rows" ? stack.rowStride : stack.columnStride;
  return [{ ...stack, [axis]: first }, { ...stack, [axis]: length - first, offset: stack.offset + first * stride }];
}

/** Computes `c = beta * c` for an empty product; if `beta` is 0, `c` is not read. */
function scale(c: Stack<DType>, data: Float32Array | Float64Array, beta: number): void {
  if (beta === 1) return;
  forEachRow(c, (start) => {
    for (let j = 0, p = start; j < c.columns; j++, p += c.columnStride) data[p] = beta === 0 ? 0 : beta * data[p]!;
  });
}

/** Visits the rows of a stack: where each begins. */
function forEachRow(
  { batch, rows, offset, batchStride, rowStride }: Stack<DType>,
  visit: (start: number) => void,
): void {
  for (let i = 0; i < batch; i++) for (let r = 0; r < rows; r++) visit(offset + i * batchStride + r * rowStride);
}
