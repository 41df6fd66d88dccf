/**
 * Singular values and vectors by kernels; `blas/decompositions/svd.ts` has the method.
 *
 * @module
 */
import { rotationOf, VANISHING } from "../../decompositions/svd.ts";
import { dotRuns } from "../../decompositions/matrices.ts";
import { eigenvalues, type EigenWorkspace, reserveEigen } from "./eigenpairs.ts";
import { BYTES, type Matrix, reserveMatrix, setIdentity, type Tools, transposeInto } from "./matrix.ts";
import { COLUMNS } from "./pieces.ts";

/** Memory for the decomposition of triangles of an order. */
export type TripletWorkspace = {
  readonly transposed: Matrix;
  readonly turned: Matrix;
  readonly eigen: EigenWorkspace;
  /** The lengths of rows. */
  readonly roots: number;
  readonly dot: number;
};

/** Reserves the memory. */
export const reserveTriplets = (tools: Tools, n: number): TripletWorkspace => ({
  transposed: reserveMatrix(tools, n, n),
  turned: reserveMatrix(tools, n, n),
  eigen: reserveEigen(tools, n),
  roots: tools.scratch.reserve((n + 1) * BYTES),
  dot: tools.scratch.reserve(BYTES),
});

/** From this order on, eigenvectors save sweeps. */
const LARGE = 16;

/**
 * Turns an upper triangle `r` by rotations `j` so that the rows of `j r` are orthogonal.
 *
 * @param tolerance The largest product of two rows of length 1 that counts as 0.
 * @returns The squared lengths of the rows of `j r`, which is in `turned`; `j` is in `eigen.rows`.
 */
export function orthogonalRows(
  tools: Tools,
  n: number,
  r: Matrix,
  workspace: TripletWorkspace,
  tolerance: number,
): Float64Array {
  const { transposed, turned, eigen } = workspace, { rows } = eigen, { product: { multiply } } = tools;
  if (n >= LARGE) {
    // The eigenvectors of r r^T turn its rows so that they are nearly orthogonal.
    transposeInto(tools, r, n, n, transposed);
    for (let i = 0; i < n; i += COLUMNS) {
      const own = turned.at + i * turned.row, left = r.at + i * (r.row + BYTES), height = Math.min(COLUMNS, n - i);
      multiply!(
        height,
        turned.width,
        n - i,
        left,
        r.row,
        BYTES,
        transposed.at + i * transposed.row,
        transposed.row,
        own,
        turned.row,
      );
    }
    mirror(tools, n, turned);
    eigenvalues(tools, n, turned, eigen, true);
    for (let j = 0; j < turned.width; j += COLUMNS) {
      const depth = Math.min(n, j + COLUMNS), at = j * BYTES;
      multiply!(n, COLUMNS, depth, rows.at, rows.row, BYTES, r.at + at, r.row, turned.at + at, turned.row);
    }
  } else {
    setIdentity(tools, rows, n);
    tools.move.load!(n, n, r.at, r.row, BYTES, turned.at, turned.row);
  }
  rotatePairs(tools, n, workspace, tolerance);
  return squaredLengths(tools, n, turned);
}

/** Copies what is above the diagonal below it. */
function mirror({ scratch: { float64 } }: Tools, n: number, a: Matrix): void {
  const start = a.at / BYTES, row = a.row / BYTES;
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) float64[start + i * row + j] = float64[start + j * row + i]!;
}

function squaredLengths({ scratch: { float64 } }: Tools, n: number, a: Matrix): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const own = (a.at + i * a.row) / BYTES;
    return dotRuns(float64, own, float64, own, n);
  });
}

/** The most sweeps over all pairs of rows. */
const MOST_SWEEPS = 60;

/** Rotates pairs of rows of `turned`, and those of `eigen.rows` along, until all are orthogonal up to the tolerance. */
function rotatePairs(
  tools: Tools,
  n: number,
  { turned, eigen: { rows }, roots, dot }: TripletWorkspace,
  tolerance: number,
): void {
  const { scratch: { float64 } } = tools, { find, rotatePair } = tools.turn(), root = roots / BYTES;
  const rowOf = (a: Matrix, i: number): number => a.at + i * a.row;
  const lengthOf = (i: number): number => {
    const own = rowOf(turned, i) / BYTES;
    return dotRuns(float64, own, float64, own, n);
  };
  for (let sweep = 0, rotated = true; rotated && sweep < MOST_SWEEPS; sweep++) {
    rotated = false;
    // The squared lengths are updated with each rotation.
    const lengths = squaredLengths(tools, n, turned);
    // Rows without a length are orthogonal to all.
    const keep = (i: number): void => {
      float64[root + i] = lengths[i]! < VANISHING ? Infinity : Math.sqrt(lengths[i]!);
    };
    for (let i = 0; i < n; i++) keep(i);
    for (let p = 0; p < n - 1; p++) {
      for (let from = p + 1;;) {
        const q = find!(p, from, n, turned.at, turned.row, turned.width, roots, dot, tolerance);
        if (q >= n) break;
        rotated = true;
        from = q + 1;
        const beside = float64[dot / BYTES]!, first = lengths[p]!, second = lengths[q]!;
        const { c, s, t } = rotationOf(first, second, beside);
        for (const a of [turned, rows]) rotatePair!(rowOf(a, p), rowOf(a, q), a.width, c, s);
        lengths[p] = first + t * beside;
        // One of the two has become shorter; where digits cancelled, it is computed again.
        lengths[q] = second - t * beside;
        if (!(lengths[p]! > 0.01 * first)) lengths[p] = lengthOf(p);
        if (!(lengths[q]! > 0.01 * second)) lengths[q] = lengthOf(q);
        keep(p);
        keep(q);
      }
    }
  }
}
