/**
 * BLAS level 1 of the `simd` engine: vectors pass through scratch memory in pieces.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { MutableView, View } from "../view.ts";
import type { Context } from "./kernels.ts";
import { LARGE, LARGE_ALIGNMENT, type Scratch } from "./scratch.ts";
import { copyIn, copyOut, densePlan, type Stack, stackOf } from "./staging.ts";
import { VECTOR_KERNELS } from "./vector_kernel.ts";

/**
 * The number of elements in a piece: small enough that two pieces of float64 are still cached when the kernel reads
 * them.
 */
const PIECE = 8192;

/** Visits vectors of one length piece by piece, copied to the addresses passed to `visit`. */
function forEachPiece<D extends DType>(
  { scratch }: Context,
  vectors: readonly Stack<D>[],
  visit: (n: number, addresses: readonly number[], start: number, parts: readonly Stack<D>[]) => void,
  reserve: (scratch: Scratch, bytes: number) => number = reserveAtPage,
): void {
  const length = vectors[0]!.columns, mark = scratch.mark();
  if (length === 0) return;
  try {
    const addresses = vectors.map(({ data }) => reserve(scratch, Math.min(length, PIECE) * data.BYTES_PER_ELEMENT));
    for (let start = 0; start < length; start += PIECE) {
      const n = Math.min(PIECE, length - start);
      const parts = vectors.map((v) => ({ ...v, columns: n, offset: v.offset + start * v.columnStride }));
      parts.forEach((part, k) => copyIn(scratch, addresses[k]!, part, densePlan(part)));
      visit(n, addresses, start, parts);
    }
  } finally {
    scratch.release(mark);
  }
}

/**
 * Reserves memory for a vector that is only copied in, at the beginning of a page if it is large: elsewhere, `dot` of 1e5
 * float32 took 6 % longer.
 */
function reserveAtPage(scratch: Scratch, bytes: number): number {
  if (bytes < LARGE) return scratch.reserve(bytes);
  return Math.ceil(scratch.reserve(bytes + LARGE_ALIGNMENT) / LARGE_ALIGNMENT) * LARGE_ALIGNMENT;
}

/** Reserves memory for vectors one of which is copied out. */
const reserveAnywhere = (scratch: Scratch, bytes: number): number => scratch.reserve(bytes);

/** Returns the inner product. Pieces are summed in float64. */
export function dot<D extends DType>(context: Context, x: View<D>, y: View<D>): number {
  const kernels = context.kernels(VECTOR_KERNELS, x.dtype);
  let sum = 0;
  forEachPiece(context, [stackOf(x), stackOf(y)], (n, [atX, atY]) => sum += kernels.dot!(n, atX!, atY!));
  return sum;
}

/** Returns the sum of the absolute values. Pieces are summed in float64. */
export function asum<D extends DType>(context: Context, x: View<D>): number {
  const kernels = context.kernels(VECTOR_KERNELS, x.dtype);
  let sum = 0;
  forEachPiece(context, [stackOf(x)], (n, [atX]) => sum += kernels.asum!(n, atX!));
  return sum;
}

/**
 * Returns the Euclidean norm. Squares are summed in float64, where squares of float32 neither overflow nor underflow;
 * if those of float64 do, the numbers are scaled by a power of two, which is exact, and summed again.
 */
export function nrm2<D extends DType>(context: Context, x: View<D>): number {
  const kernels = context.kernels(VECTOR_KERNELS, x.dtype), stack = stackOf(x);
  const sumOfSquares = (scale: number): number => {
    let sum = 0;
    forEachPiece(context, [stack], (n, [atX]) => sum += kernels.sumOfSquares!(n, atX!, scale));
    return sum;
  };
  const plain = sumOfSquares(1), safe = 2 ** -900; // sums above this have lost nothing to underflow
  if (Number.isNaN(plain) || (plain >= safe && plain < Infinity)) return Math.sqrt(plain);
  const { largest } = findLargest(context, stack);
  if (largest <= 0) return 0;
  if (largest === Infinity) return largest;
  const exponent = Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest)))), scale = 2 ** -exponent;
  return Math.sqrt(sumOfSquares(scale)) / scale;
}

/** Returns the index of the first NaN, or else of the first element of largest absolute value; -1 if empty. */
export function iamax<D extends DType>(context: Context, x: View<D>): number {
  return findLargest(context, stackOf(x)).index;
}

function findLargest<D extends DType>(context: Context, x: Stack<D>): { index: number; largest: number } {
  const kernels = context.kernels(VECTOR_KERNELS, x.dtype), best = { index: -1, largest: -1 };
  forEachPiece(context, [x], (n, [at], start) => {
    const largest = kernels.amax!(n, at!);
    if (largest <= best.largest || Number.isNaN(best.largest)) return;
    best.index = start + kernels.find!(n, at!, largest);
    best.largest = largest;
  });
  return best;
}

/** Computes `y = alpha * x + y`; if `alpha` is 0, nothing is read. */
export function axpy<D extends DType>(
  context: Context,
  { alpha, x, y }: { readonly alpha: number; readonly x: View<D>; readonly y: MutableView<D> },
): void {
  if (alpha === 0) return;
  const kernels = context.kernels(VECTOR_KERNELS, x.dtype);
  forEachPiece(context, [stackOf(x), stackOf(y)], (n, [atX, atY], _start, [, part]) => {
    kernels.axpy!(n, alpha, atX!, atY!);
    copyOut(context.scratch, atY!, part!, y.data);
  }, reserveAnywhere);
}

/** Computes `x = alpha * x`. */
export function scal<D extends DType>(
  context: Context,
  { alpha, x }: { readonly alpha: number; readonly x: MutableView<D> },
): void {
  const kernels = context.kernels(VECTOR_KERNELS, x.dtype);
  forEachPiece(context, [stackOf(x)], (n, [at], _start, [part]) => {
    kernels.scal!(n, alpha, at!);
    copyOut(context.scratch, at!, part!, x.data);
  }, reserveAnywhere);
}
