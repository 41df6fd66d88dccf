/**
 * Eigenvalues and eigenvectors of symmetric matrices by kernels; `blas/decompositions/eigh.ts` has the method.
 *
 * @module
 */
import { diagonalize, type Tridiagonal } from "../../decompositions/eigh.ts";
import { dotRuns, reflectionOf } from "../../decompositions/matrices.ts";
import { BYTES, clear, type Matrix, reserveMatrix, setIdentity, type Tools, transposeInto } from "./matrix.ts";
import { COLUMNS, PIECE_BYTES } from "./pieces.ts";
import { applyBlock, type Block, finishBlock, reserveBlock, reserveWorkspace, type Workspace } from "./reflections.ts";

/** Memory for the decomposition of matrices of an order. */
export type EigenWorkspace = {
  /** The vectors of the reflections, as rows. */
  readonly vectors: Matrix;
  readonly factors: number;
  readonly product: number;
  readonly q: Matrix;
  /** The eigenvectors as rows, in no order. */
  readonly rows: Matrix;
  readonly block: Block;
  readonly apply: Workspace;
  /** Pairs of 32-bit numbers, and cosines and sines. */
  readonly table: number;
  readonly numbers: number;
};

/** Rotations, and sweeps of them, that are kept before they are applied: as many as stay cached. */
const ROTATIONS = 2048, SWEEPS = 256;

/** Reserves the memory. */
export function reserveEigen(tools: Tools, n: number): EigenWorkspace {
  const { scratch } = tools;
  return {
    vectors: reserveMatrix(tools, n, n),
    factors: scratch.reserve((n + COLUMNS) * BYTES),
    product: scratch.reserve((n + COLUMNS) * BYTES),
    q: reserveMatrix(tools, n, n),
    rows: reserveMatrix(tools, n, n),
    block: reserveBlock(tools, n),
    apply: reserveWorkspace(tools, n),
    table: scratch.reserve(SWEEPS * BYTES),
    numbers: scratch.reserve((ROTATIONS + n) * 2 * BYTES),
  };
}

/**
 * Computes the eigenvalues of a symmetric matrix, which is overwritten, and its eigenvectors as the rows of
 * `workspace.rows`, both in no order.
 */
export function eigenvalues(
  tools: Tools,
  n: number,
  a: Matrix,
  workspace: EigenWorkspace,
  wantVectors: boolean,
): Float64Array {
  const t = tridiagonalize(tools, n, a, workspace);
  if (wantVectors) {
    collectReflections(tools, n, workspace);
    transposeInto(tools, workspace.q, n, n, workspace.rows);
  }
  const rotations = rotationsOf(tools, workspace, wantVectors);
  diagonalize(t, n, rotations.add);
  rotations.finish();
  return t.d;
}

/** Makes the matrix tridiagonal by reflections, whose vectors and factors it keeps. */
function tridiagonalize(
  tools: Tools,
  n: number,
  a: Matrix,
  { vectors, factors, product }: EigenWorkspace,
): Tridiagonal {
  const d = new Float64Array(n), e = new Float64Array(Math.max(n - 1, 0)), memory = tools.scratch.float64;
  const { multiplySymmetric, subtractOuter } = tools.turn(), p = product / BYTES, list = factors / BYTES;
  clear(tools, vectors, n);
  memory.fill(0, p, p + n + COLUMNS);
  memory.fill(0, list, list + n + COLUMNS);
  for (let k = 0; k < n - 1; k++) {
    const own = (a.at + k * a.row) / BYTES, next = k + 1, count = n - next, line = vectors.at + k * vectors.row;
    const v = line / BYTES + next, reflection = reflectionOf(memory, own + next, count);
    d[k] = memory[own + k]!;
    e[k] = memory[own + next]!;
    if (reflection === undefined) continue;
    const { side, factor, scale, inverse } = reflection;
    for (let i = 1; i < count; i++) memory[v + i] = memory[own + next + i]! * scale * inverse;
    memory[v] = 1;
    e[k] = side;
    memory[list + k] = factor;
    multiplySymmetric!(next, n, a.at, a.row, line, product);
    memory[p + k] = 0;
    memory.fill(0, p + n, p + n + COLUMNS);
    const half = -factor / 2 * factor * dotRuns(memory, p + next, memory, v, count);
    for (let i = 0; i < count; i++) memory[p + next + i] = memory[p + next + i]! * factor + half * memory[v + i]!;
    subtractOuter!(next, n, a.at, a.row, line, product);
  }
  if (n > 0) d[n - 1] = memory[(a.at + (n - 1) * (a.row + BYTES)) / BYTES]!;
  return { d, e };
}

/** Multiplies the reflections: the result is in `q`. */
function collectReflections(tools: Tools, n: number, { vectors, factors, q, block, apply }: EigenWorkspace): void {
  setIdentity(tools, q, n);
  for (let first = Math.floor((n - 2) / COLUMNS) * COLUMNS; first >= 0; first -= COLUMNS) {
    // The vectors of these reflections begin one row further down each.
    const start = first + 1, rows = n - start, width = Math.min(COLUMNS, n - 1 - first), own = { ...block, rows };
    const at = vectors.at + first * vectors.row + start * BYTES;
    tools.move.load!(rows, width, at, BYTES, vectors.row, own.v, PIECE_BYTES);
    finishBlock(tools, own, factors + first * BYTES, width, apply);
    applyBlock(tools, own, q.at + start * q.row + first * BYTES, q.row, q.width - first, false, apply);
  }
}

/** Collects rotations of neighbouring rows, and applies many at once. */
function rotationsOf(tools: Tools, { rows, table, numbers }: EigenWorkspace, isWanted: boolean) {
  const { scratch } = tools, { float64 } = scratch, start = numbers / BYTES;
  const sweeps = new Int32Array(scratch.memory.buffer, table, 2 * SWEEPS), rotate = tools.turn().rotate!; // built under this name
  let count = 0, used = 0;
  const finish = (): void => {
    if (count > 0) rotate(count, table, numbers, rows.at, rows.row, rows.width);
    count = used = 0;
  };
  return {
    finish,
    /** Adds the sweep over the rows from `first` to `last`. */
    add: (first: number, last: number, given: Float64Array): void => {
      if (!isWanted) return;
      if (count === SWEEPS || used > ROTATIONS) finish();
      sweeps[2 * count] = first;
      sweeps[2 * count + 1] = last;
      for (let k = 0, at = start + 2 * used; k < 2 * (last - first); k++) float64[at + k] = given[k]!;
      count++;
      used += last - first;
    },
  };
}
