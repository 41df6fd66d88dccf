/**
 * What decomposes stacks of matrices: in plain loops, or by kernels.
 *
 * @module
 */
import { isRounding, powerOfTwoAt } from "./matrices.ts";
import type { MutableView, View } from "../view.ts";

/** The matrix of a stack that cannot be decomposed, and the position in it that says why. */
export type Failure = { readonly index: number; readonly position: number };

/**
 * Functions that decompose every matrix of a stack, and write their results into row-major arrays that were just allocated.
 * Those that may be `undefined` need not be wanted. Shapes have been checked.
 */
export type Decompositions = {
  /**
   * Computes the lower triangular `l` with `l l^T = a`, the symmetric part of which is used.
   *
   * @returns The matrix that is not positive definite, and its first leading minor that is not above 0.
   */
  cholesky(a: View, l: MutableView): Failure | undefined;
  /**
   * Solves `a x = b`; without `b`, computes the inverse of `a`.
   *
   * @returns The matrix that is singular, and its first column that depends on those before it.
   */
  solve(a: View, b: View | undefined, x: MutableView): Failure | undefined;
  /** Computes determinants, one number for each matrix. */
  determinant(a: View, result: MutableView): void;
  /** Computes the logarithm of the magnitude of determinants; singular matrices are failures, as for `solve`. */
  logDeterminant(a: View, result: MutableView): Failure | undefined;
  /**
   * Solves `a x = b`, reading one triangle of `a`.
   *
   * @returns The matrix that has a 0 on its diagonal, and where.
   */
  solveTriangular(a: View, b: View, lower: boolean, x: MutableView): Failure | undefined;
  /**
   * Computes `a = q r` for matrices with at least as many rows as columns.
   *
   * @param mustBeRegular Whether dependent columns are a failure.
   */
  qr(
    a: View,
    q: MutableView | undefined,
    r: MutableView | undefined,
    mustBeRegular: boolean,
  ): Failure | undefined;
  /** Computes eigenvalues and eigenvectors of symmetric parts. */
  eigh(a: View, values: MutableView | undefined, vectors: MutableView | undefined): void;
  /** Computes thin singular value decompositions. */
  svd(a: View, u: MutableView | undefined, s: MutableView | undefined, v: MutableView | undefined): void;
};

/**
 * Returns the first column whose diagonal element of `r`, the triangle of a QR decomposition of a matrix of `m` rows, is no
 * larger than rounding errors; -1 if there is none.
 *
 * @param start The position of its first element.
 * @param row The elements from row to row.
 */
export function dependentColumn(r: Float64Array, m: number, n: number, start = 0, row: number = n): number {
  for (let j = 0; j < n; j++) {
    let squares = 0, largest = 0;
    for (let i = 0; i <= j; i++) largest = Math.max(largest, Math.abs(r[start + i * row + j]!));
    const power = powerOfTwoAt(largest) ?? 1;
    for (let i = 0; i <= j; i++) squares += (r[start + i * row + j]! / power) ** 2;
    if (isRounding(Math.abs(r[start + j * row + j]! / power), m, Math.sqrt(squares))) return j;
  }
  return -1;
}
