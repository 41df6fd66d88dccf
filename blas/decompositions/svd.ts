/**
 * Singular values and vectors: a QR decomposition, then rotations that make the rows of its triangle orthogonal.
 *
 * @module
 */
import { rotateRuns, symmetricEigenpairs } from "./eigh.ts";
import { identity } from "./lu.ts";
import { addRun, dotRuns, powerOfTwoNear, transposed } from "./matrices.ts";
import { factorQr } from "./qr.ts";
import { signOfRun } from "./signs.ts";

/** Columns `u`, `m x k`, descending values `s`, and columns `v`, `n x k`, of an `m x n` matrix; `k` is the smaller. */
export type SingularTriplets = { readonly u: Float64Array; readonly s: Float64Array; readonly v: Float64Array };

/**
 * Computes the thin singular value decomposition of a row-major matrix.
 *
 * The first of the largest elements of each column of `u` is positive. A matrix with a number that is not finite has
 * NaN for all results.
 *
 * @see Hestenes, Inversion of Matrices by Biorthogonalization, 1958; Drmač and Veselić, New Fast and Accurate Jacobi SVD
 * Algorithm, 2008, for the QR decomposition before it.
 */
export function singularTriplets(a: Float64Array, m: number, n: number): SingularTriplets {
  if (m < n) {
    const { u, s, v } = tallTriplets(transposed(a, m, n), n, m);
    return withSigns({ u: v, s, v: u }, m, n);
  }
  return withSigns(tallTriplets(a, m, n), m, n);
}

/** Squared lengths of rows below this count as 0: the largest is near 1. */
export const VANISHING = 1e-280;

function tallTriplets(a: Float64Array, m: number, n: number): SingularTriplets {
  const power = powerOfTwoNear(a);
  if (power === undefined) {
    const nan = (count: number): Float64Array => new Float64Array(count).fill(NaN);
    return { u: nan(m * n), s: nan(n), v: nan(n * n) };
  }
  // With a = q r and j r = s v^T, where j is a product of rotations: a = (q j^T) s v^T.
  const { q, r } = factorQr(a.map((x) => x / power), m, n), j = identity(n);
  if (n >= LARGE) precondition(r, j, n);
  orthogonalizeRows(r, j, n);
  const lengths = Float64Array.from({ length: n }, (_, i) => dotRuns(r, i * n, r, i * n, n));
  const order = Array.from(lengths.keys()).sort((x, y) => lengths[y]! - lengths[x]!);
  const s = new Float64Array(n), right = new Float64Array(n * n), left = new Float64Array(m * n);
  order.forEach((from, to) => {
    const length = lengths[from]! < VANISHING ? 0 : Math.sqrt(lengths[from]!);
    s[to] = length * power;
    if (length > 0) addRun(right, to * n, 1 / length, r, from * n, n);
    for (let i = 0; i < m; i++) left[i * n + to] = dotRuns(q, i * n, j, from * n, n);
  });
  return { u: left, s, v: completed(transposed(right, n, n), s, n) };
}

/** From this order on, eigenvectors save sweeps. */
const LARGE = 16;

/** Turns the rows of `r` by the eigenvectors of `r r^T`, so that they are nearly orthogonal, and those of `j` along. */
function precondition(r: Float64Array, j: Float64Array, n: number): void {
  const squares = new Float64Array(n * n), turned = new Float64Array(n * n);
  for (let p = 0; p < n; p++) {
    for (let q = 0; q <= p; q++) squares[p * n + q] = squares[q * n + p] = dotRuns(r, p * n + p, r, q * n + p, n - p);
  }
  const rows = transposed(symmetricEigenpairs(squares, n).vectors, n, n);
  for (let p = 0; p < n; p++) {
    for (let k = 0; k < n; k++) addRun(turned, p * n + k, rows[p * n + k]!, r, k * n + k, n - k);
  }
  r.set(turned);
  j.set(rows);
}

/** Returns cosine, sine and tangent of the rotation that makes two rows orthogonal, from their squared lengths and their product. */
export function rotationOf(
  first: number,
  second: number,
  beside: number,
): { readonly c: number; readonly s: number; readonly t: number } {
  const slope = (first - second) / (2 * beside);
  const t = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
  const c = 1 / Math.sqrt(1 + t * t);
  return { c, s: c * t, t };
}

/** The most sweeps over all pairs of rows; six to ten are usual. */
const MOST_SWEEPS = 60;

/** Rotates pairs of rows of `r`, and those of `j` along, until all are orthogonal up to rounding. */
function orthogonalizeRows(r: Float64Array, j: Float64Array, n: number): void {
  const tolerance = Number.EPSILON * Math.sqrt(n);
  for (let sweep = 0, rotated = true; rotated && sweep < MOST_SWEEPS; sweep++) {
    rotated = false;
    // The squared lengths are updated with each rotation.
    const lengths = Float64Array.from({ length: n }, (_, i) => dotRuns(r, i * n, r, i * n, n));
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const beside = dotRuns(r, p * n, r, q * n, n), first = lengths[p]!, second = lengths[q]!;
        if (Math.abs(beside) <= tolerance * Math.sqrt(first) * Math.sqrt(second) || beside === 0) continue;
        if (first < VANISHING || second < VANISHING) continue;
        rotated = true;
        const { c, s, t } = rotationOf(first, second, beside);
        rotateRuns(r, p * n, q * n, n, c, s);
        rotateRuns(j, p * n, q * n, n, c, s);
        lengths[p] = first + t * beside;
        // One of the two has become shorter; where digits cancelled, it is computed again.
        lengths[q] = second - t * beside;
        for (const row of [p, q]) {
          if (!(lengths[row]! > 0.01 * (row === p ? first : second))) lengths[row] = dotRuns(r, row * n, r, row * n, n);
        }
      }
    }
  }
}

/** Fills the last columns, those of singular values of 0, so that all columns are orthonormal. */
export function completed(v: Float64Array, s: Float64Array, n: number): Float64Array {
  const rank = s.indexOf(0);
  if (rank < 0) return v;
  const { q } = factorQr(v, n, n); // its first columns are those of v, up to signs
  for (let i = 0; i < n; i++) for (let j = rank; j < n; j++) v[i * n + j] = q[i * n + j]!;
  return v;
}

function withSigns({ u, s, v }: SingularTriplets, m: number, n: number): SingularTriplets {
  const k = s.length, columns = transposed(u, m, k);
  for (let c = 0; c < k; c++) {
    if (signOfRun(columns, c * m, m) === 1) continue;
    for (let i = 0; i < m; i++) u[i * k + c]! *= -1;
    for (let i = 0; i < n; i++) v[i * k + c]! *= -1;
  }
  return { u, s, v };
}
