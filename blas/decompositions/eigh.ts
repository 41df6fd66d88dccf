/**
 * Eigenvalues and eigenvectors of symmetric matrices: reflections to a tridiagonal matrix, then rotations to a diagonal.
 *
 * @module
 */
import { identity } from "./lu.ts";
import {
  addRun,
  dotRuns,
  ENLARGED,
  LEAST_SQUARES,
  lengthOf,
  powerOfTwoNear,
  reflectionOf,
  transposed,
} from "./matrices.ts";
import { signOfRun } from "./signs.ts";

/** Ascending eigenvalues, and eigenvectors as the columns of a matrix. */
export type Eigenpairs = { readonly values: Float64Array; readonly vectors: Float64Array };

/** The diagonal of a tridiagonal matrix, and the numbers beside it. */
export type Tridiagonal = { readonly d: Float64Array; readonly e: Float64Array };

/** Is given the rotations of a sweep: of row `k` and the next, from `first` to before `last`, each cosine and sine. */
export type RotateRows = (first: number, last: number, rotations: Float64Array) => void;

/**
 * Computes the eigenvalues and orthonormal eigenvectors of the symmetric part of a row-major matrix.
 *
 * The first of the largest elements of each vector is positive. A matrix with a number that is not finite has NaN for
 * values and vectors.
 *
 * @see Golub and Van Loan, Matrix Computations, 4th edition, algorithms 8.3.1 to 8.3.3.
 */
export function symmetricEigenpairs(a: Float64Array, n: number): Eigenpairs {
  const power = powerOfTwoNear(a);
  if (power === undefined) return { values: new Float64Array(n).fill(NaN), vectors: new Float64Array(n * n).fill(NaN) };
  const symmetric = a.map((x, at) => (x / power + a[(at % n) * n + Math.floor(at / n)]! / power) / 2);
  const { d, e, rows } = tridiagonalize(symmetric, n);
  diagonalize({ d, e }, n, (first, last, rotations) => {
    for (let k = first, at = 0; k < last; k++, at += 2) {
      rotateRuns(rows, k * n, (k + 1) * n, n, rotations[at]!, rotations[at + 1]!);
    }
  });
  const ascending = Array.from(d.keys()).sort((i, j) => d[i]! - d[j]!);
  const sorted = new Float64Array(n * n);
  ascending.forEach((from, to) => addRun(sorted, to * n, signOfRun(rows, from * n, n), rows, from * n, n));
  return { values: Float64Array.from(ascending, (i) => d[i]! * power), vectors: transposed(sorted, n, n) };
}

/** Makes a symmetric matrix tridiagonal by reflections, in its own memory. */
function tridiagonalize(a: Float64Array, n: number): Tridiagonal & { readonly rows: Float64Array } {
  const d = new Float64Array(n), e = new Float64Array(Math.max(n - 1, 0)), p = new Float64Array(n);
  const factors = new Float64Array(n);
  // Row k holds its reflection's vector from column k + 1 on; being symmetric, rows serve as columns.
  for (let k = 0; k < n - 1; k++) {
    const at = k * n + k + 1, count = n - k - 1, reflection = reflectionOf(a, at, count);
    d[k] = a[k * n + k]!;
    e[k] = a[at]!;
    if (reflection === undefined) continue;
    const { side, factor, scale, inverse } = reflection;
    for (let i = 1; i < count; i++) a[at + i] = a[at + i]! * scale * inverse;
    a[at] = 1;
    e[k] = side;
    factors[k] = factor;
    for (let i = 0; i < count; i++) p[i] = factor * dotRuns(a, (k + 1 + i) * n + k + 1, a, at, count);
    addRun(p, 0, -factor / 2 * dotRuns(p, 0, a, at, count), a, at, count);
    for (let i = 0; i < count; i++) {
      const row = (k + 1 + i) * n + k + 1, own = a[at + i]!, other = p[i]!;
      for (let j = 0; j < count; j++) a[row + j]! -= own * p[j]! + other * a[at + j]!;
    }
  }
  if (n > 0) d[n - 1] = a[n * n - 1]!;
  return { d, e, rows: reflectedIdentity(a, factors, n) };
}

/** Applies the reflections, last one first, to the rows of the identity. */
function reflectedIdentity(vectors: Float64Array, factors: Float64Array, n: number): Float64Array {
  const rows = identity(n);
  for (let k = n - 2; k >= 0; k--) {
    if (factors[k] === 0) continue;
    const at = k * n + k + 1, count = n - k - 1;
    for (let i = k + 1; i < n; i++) {
      addRun(rows, i * n + k + 1, -factors[k]! * dotRuns(rows, i * n + k + 1, vectors, at, count), vectors, at, count);
    }
  }
  return rows;
}

/** The most steps for an eigenvalue; two or three are usual. */
const MOST_STEPS = 60;

/**
 * Makes a tridiagonal matrix diagonal by steps of the QR method with Wilkinson's shift.
 *
 * @param rotate Rotates what is rotated along.
 */
export function diagonalize(t: Tridiagonal, n: number, rotate: RotateRows): void {
  const { d, e } = t, rotations = new Float64Array(2 * n);
  let last = n - 1;
  for (let steps = 0; last > 0 && steps < MOST_STEPS * n;) {
    if (isNegligible(t, last - 1)) {
      e[--last] = 0;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(t, first - 1)) first--;
    stepOfQr(t, first, last, rotations);
    rotate(first, last, rotations);
    steps++;
  }
  for (let k = 0; k < n; k++) if (Number.isNaN(d[k]!)) throw new Error("the QR method met a number that is not finite");
}

const isNegligible = ({ d, e }: Tridiagonal, k: number): boolean =>
  Math.abs(e[k]!) <= Number.EPSILON / 2 * (Math.abs(d[k]!) + Math.abs(d[k + 1]!)) || Math.abs(e[k]!) < 1e-290;

/**
 * Takes one step on the block from `first` to `last`: a chain of rotations chases the bulge of the shift down and out
 * of it.
 */
function stepOfQr({ d, e }: Tridiagonal, first: number, last: number, rotations: Float64Array): void {
  const half = (d[last - 1]! - d[last]!) / 2, side = e[last - 1]!, far = lengthOf(half, side);
  const shift = d[last]! - side * (side / (half < 0 ? half - far : half + far));
  let x = d[first]! - shift, z = e[first]!;
  for (let k = first; k < last; k++) {
    const enlarged = x * x + z * z < LEAST_SQUARES ? ENLARGED : 1;
    x *= enlarged;
    z *= enlarged;
    const length = Math.sqrt(x * x + z * z), c = length === 0 ? 1 : x / length, s = length === 0 ? 0 : z / length;
    if (k > first) e[k - 1] = length / enlarged;
    const upper = d[k]!, beside = e[k]!, lower = d[k + 1]!, difference = lower - upper;
    // d[k] + d[k + 1] stays, so both change by the same amount: fewer roundings than from the squares of c and s.
    const change = s * (s * difference + 2 * c * beside);
    d[k] = upper + change;
    d[k + 1] = lower - change;
    e[k] = c * s * difference + (c - s) * (c + s) * beside;
    if (k < last - 1) {
      x = e[k]!;
      z = s * e[k + 1]!;
      e[k + 1]! *= c;
    }
    rotations[2 * (k - first)] = c;
    rotations[2 * (k - first) + 1] = s;
  }
}

/** Replaces two runs `u` and `v` by `c u + s v` and `c v - s u`. */
export function rotateRuns(a: Float64Array, i: number, j: number, count: number, c: number, s: number): void {
  for (let k = 0; k < count; k++) {
    const u = a[i + k]!, v = a[j + k]!;
    a[i + k] = c * u + s * v;
    a[j + k] = c * v - s * u;
  }
}
