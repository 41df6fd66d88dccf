/**
 * Cholesky decomposition.
 *
 * @module
 */
import { dotRuns } from "./matrices.ts";

/**
 * Computes the lower triangular `l` with `l l^T = a`.
 *
 * @param a A row-major matrix, of which the symmetric part is used.
 * @returns The factor, or the number of the first leading minor that is not positive, up to rounding.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 4.2.5.
 */
export function factorCholesky(a: Float64Array, n: number): Float64Array | number {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = a[i * n + j]! / 2 + a[j * n + i]! / 2;
      l[i * n + j] = (mean - dotRuns(l, i * n, l, j * n, j)) / l[j * n + j]!;
    }
    const own = a[i * n + i]!, rest = own - dotRuns(l, i * n, l, i * n, i);
    // A remainder that rounding alone can explain counts as 0. NaN passes into the result.
    if (rest <= n * Number.EPSILON * Math.abs(own)) return i + 1;
    l[i * n + i] = Math.sqrt(rest);
  }
  return l;
}
