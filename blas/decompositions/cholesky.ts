/**
 * Cholesky decomposition.
 *
 * @module
 */
import { unsafeView } from "../view.ts";
import { dotRuns, isRounding, type SubtractProduct } from "./matrices.ts";

/** Matrices of this order or more are factored in blocks of so many columns; a block takes many products, so there are few. */
const BLOCKED = 128, BLOCK = 48;

/**
 * Computes the lower triangular `l` with `l l^T = a`.
 *
 * @param a A row-major matrix, of which the symmetric part is used.
 * @param subtract Multiplies the blocks of large matrices; without it, all is computed row by row.
 * @returns The factor, or the number of the first leading minor that is not positive, up to rounding.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 4.2.5.
 */
export function factorCholesky(a: Float64Array, n: number, subtract?: SubtractProduct): Float64Array | number {
  const l = new Float64Array(n * n), width = subtract === undefined || n < BLOCKED ? n : BLOCK;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) l[i * n + j] = a[i * n + j]! / 2 + a[j * n + i]! / 2;
  for (let start = 0; start < n; start += width) {
    const end = Math.min(start + width, n);
    for (let i = start; i < n; i++) {
      for (let j = start; j < Math.min(i, end); j++) {
        l[i * n + j] = (l[i * n + j]! - dotRuns(l, i * n + start, l, j * n + start, j - start)) / l[j * n + j]!;
      }
      if (i >= end) continue;
      const rest = l[i * n + i]! - dotRuns(l, i * n + start, l, i * n + start, i - start);
      if (isRounding(rest, n, Math.abs(a[i * n + i]!))) return i + 1;
      l[i * n + i] = Math.sqrt(rest);
    }
    // What these columns add to those behind them, at and below the diagonal, a block of columns at a time.
    for (let first = end; first < n; first += width) {
      const last = Math.min(first + width, n),
        part = (rows: number, columns: number, stride: readonly number[], at: number) =>
          unsafeView<"float64">(l, [rows, columns], stride, first * n + at);
      subtract!( // it is there where there is more than one block
        part(n - first, end - start, [n, 1], start),
        part(end - start, last - first, [1, n], start),
        part(n - first, last - first, [n, 1], first),
      );
    }
  }
  for (let i = 0; i < n; i++) l.fill(0, i * n + i + 1, i * n + n);
  return l;
}
