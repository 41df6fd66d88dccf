/**
 * QR decomposition by Householder reflections, with LAPACK's signs.
 *
 * @module
 */
import { addRun, dotRuns, powerOfTwoNear, reflectionOf, transposed } from "./matrices.ts";

/** Factors of an `m x n` matrix: orthonormal columns `q`, `m x k`, and upper triangular `r`, `k x n`; `k` is the smaller. */
export type QrFactors = { readonly q: Float64Array; readonly r: Float64Array };

/**
 * Factors a row-major matrix. A matrix with a number that is not finite has factors of NaN.
 *
 * @see Golub and Van Loan, Matrix Computations, 4th edition, algorithm 5.2.1; the signs are those of LAPACK's `dgeqrf`.
 */
export function factorQr(a: Float64Array, m: number, n: number): QrFactors {
  const k = Math.min(m, n), power = powerOfTwoNear(a);
  if (power === undefined) return { q: new Float64Array(m * k).fill(NaN), r: new Float64Array(k * n).fill(NaN) };
  // Columns are contiguous, so that reflections read runs.
  const columns = transposed(a, m, n).map((x) => x / power), factors = new Float64Array(k);
  for (let j = 0; j < k; j++) factors[j] = reflectColumns(columns, m, n, j);
  const r = new Float64Array(k * n);
  for (let j = 0; j < n; j++) for (let i = 0; i <= Math.min(j, k - 1); i++) r[i * n + j] = columns[j * m + i]! * power;
  return { q: transposed(orthonormalColumns(columns, factors, m), k, m), r };
}

/**
 * Reflects column `j` onto the axis `j`, and the columns after it likewise. The reflection is `1 - factor v v^T`, where
 * `v` has 1 at `j` and is kept below it.
 *
 * @returns The factor; 0 if there is nothing below the diagonal, as in LAPACK.
 */
function reflectColumns(columns: Float64Array, m: number, n: number, j: number): number {
  const top = j * m + j, count = m - j - 1, reflection = reflectionOf(columns, top, count + 1);
  if (reflection === undefined) return 0;
  const { side, factor, scale, inverse } = reflection;
  for (let i = 1; i <= count; i++) columns[top + i] = columns[top + i]! * scale * inverse;
  columns[top] = side;
  for (let c = j + 1; c < n; c++) reflect(columns, c * m + j, columns, top, count, factor);
  return factor;
}

/** Reflects the run at `at`: the vector is 1, followed by `count` numbers after `vector`. */
function reflect(
  run: Float64Array,
  at: number,
  vectors: Float64Array,
  vector: number,
  count: number,
  factor: number,
): void {
  const share = factor * (run[at]! + dotRuns(run, at + 1, vectors, vector + 1, count));
  if (share === 0) return;
  run[at]! -= share;
  addRun(run, at + 1, -share, vectors, vector + 1, count);
}

/** Applies the reflections to the first columns of the identity; the columns of the result are contiguous. */
function orthonormalColumns(vectors: Float64Array, factors: Float64Array, m: number): Float64Array {
  const k = factors.length, q = new Float64Array(k * m);
  for (let j = k - 1; j >= 0; j--) {
    q[j * m + j] = 1;
    for (let c = j; c < k; c++) reflect(q, c * m + j, vectors, j * m + j, m - j - 1, factors[j]!);
  }
  return q;
}
