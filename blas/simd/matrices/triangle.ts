/**
 * LU and Cholesky decompositions, and substitution, by kernels: in blocks of pieces, inside of larger blocks where the
 * matrix does not fit into a cache.
 *
 * @module
 */
import { isRounding } from "../../decompositions/matrices.ts";
import { BYTES, inPieces, type Matrix, type Tools } from "./matrix.ts";
import { COLUMNS } from "./pieces.ts";

/** Matrices of more columns are factored in outer blocks of so many. */
const CACHED = 192, OUTER = 64;

const outerBlock = (n: number): number => n <= CACHED ? inPieces(n) : OUTER;

/** A matrix read with any strides in bytes, also backwards. */
export type Strided = { readonly at: number; readonly row: number; readonly step: number };

/**
 * Solves `a x = b` in place for a lower triangle; for an upper one, all strides of rows and columns, and that of `b`, are
 * negative, from the last row on.
 *
 * @param isUnit Whether the diagonal counts as 1.
 */
export function substituteRows(
  { product: { subtract, substitute } }: Tools,
  n: number,
  a: Strided,
  b: { readonly at: number; readonly row: number },
  columns: number,
  isUnit: boolean,
): void {
  for (let i = 0; i < n; i += COLUMNS) {
    const rows = Math.min(COLUMNS, n - i), own = a.at + i * a.row, target = b.at + i * b.row;
    if (i > 0) subtract!(rows, columns, i, own, a.row, a.step, b.at, b.row, target, b.row);
    substitute!(rows, columns, own + i * a.step, a.row, a.step, target, b.row, isUnit ? 1 : 0);
  }
}

/** The columns that are computed at once in {@link invertUnit}: what is above them is 0. */
const STRIP = 32;

/** Replaces the identity, `x`, by the inverse of the lower triangle of `a` whose diagonal counts as 1. */
export function invertUnit(tools: Tools, n: number, a: Matrix, x: Matrix): void {
  const { subtract, substitute } = tools.product;
  for (let i = 0; i < n; i += COLUMNS) {
    const rows = Math.min(COLUMNS, n - i);
    for (let j = 0; j < i; j += STRIP) {
      const columns = Math.min(STRIP, i - j), left = element(a, i, j), right = element(x, j, j);
      subtract!(rows, columns, i - j, left, a.row, BYTES, right, x.row, element(x, i, j), x.row);
    }
    substitute!(rows, i + COLUMNS, element(a, i, i), a.row, BYTES, element(x, i, 0), x.row, 1);
  }
}

/** Returns the address of an element. */
const element = ({ at, row }: Matrix, i: number, j: number): number => at + i * row + j * BYTES;

/**
 * Factors a matrix in place with partial pivoting.
 *
 * @param order The address of the 32-bit numbers of its rows.
 * @returns How many times rows were exchanged.
 */
export function factorInPlace(tools: Tools, n: number, a: Matrix, order: number): number {
  const { product: { substitute, subtract } } = tools, factor = tools.panel().factor!, { row } = a; // built under this name
  const outer = outerBlock(n);
  let exchanges = 0;
  for (let first = 0; first < n; first += outer) {
    const last = Math.min(first + outer, n), edge = inPieces(last);
    for (let k = first; k < last; k += COLUMNS) {
      const next = k + COLUMNS, rest = edge - next;
      exchanges += factor(n, k, Math.min(COLUMNS, n - k), a.at, row, order);
      if (rest <= 0) continue;
      substitute!(COLUMNS, rest, element(a, k, k), row, BYTES, element(a, k, next), row, 1);
      subtract!(
        n - next,
        rest,
        COLUMNS,
        element(a, next, k),
        row,
        BYTES,
        element(a, k, next),
        row,
        element(a, next, next),
        row,
      );
    }
    const rest = a.width - edge;
    if (rest <= 0) continue;
    const block = { at: element(a, first, first), row, step: BYTES }, right = element(a, first, last);
    substituteRows(tools, last - first, block, { at: right, row }, rest, true);
    subtract!(
      n - last,
      rest,
      last - first,
      element(a, last, first),
      row,
      BYTES,
      right,
      row,
      element(a, last, last),
      row,
    );
  }
  return exchanges;
}

/**
 * Computes the upper triangular `r` with `r^T r = a` in the place of the upper triangle of `a`; below it, anything is left.
 *
 * @returns The first leading minor that is not positive, up to rounding; 0 if there is none.
 */
export function factorSymmetric(tools: Tools, n: number, a: Matrix): number {
  const { product: { substitute, subtract }, scratch: { float64 } } = tools, { row } = a, outer = outerBlock(n);
  const diagonal = Float64Array.from({ length: n }, (_, i) => float64[element(a, i, i) / BYTES]!);
  /** Subtracts from the rows `from` to `to` what the rows `first` to `last` of the factor add to them. */
  const update = (from: number, to: number, first: number, last: number): void => {
    for (let i = from; i < to; i += COLUMNS) {
      const left = element(a, first, i), target = element(a, i, i), rows = Math.min(COLUMNS, to - i);
      subtract!(rows, a.width - i, last - first, left, BYTES, row, left, row, target, row);
    }
  };
  for (let first = 0; first < n; first += outer) {
    const last = Math.min(first + outer, n);
    for (let k = first; k < last; k += COLUMNS) {
      const width = Math.min(COLUMNS, n - k),
        next = k + COLUMNS,
        minor = factorBlock(float64, a, k, width, diagonal, n);
      if (minor > 0) return minor;
      if (next >= a.width) continue;
      substitute!(width, a.width - next, element(a, k, k), BYTES, row, element(a, k, next), row, 0);
      update(next, last, k, next);
    }
    update(last, n, first, last);
  }
  return 0;
}

/** Factors a block on the diagonal; returns the first leading minor that is not positive, or 0. */
function factorBlock(
  memory: Float64Array,
  a: Matrix,
  first: number,
  width: number,
  diagonal: Float64Array,
  n: number,
): number {
  const start = element(a, first, first) / BYTES, row = a.row / BYTES;
  for (let k = 0; k < width; k++) {
    const own = start + k * row, rest = memory[own + k]!;
    if (isRounding(rest, n, Math.abs(diagonal[first + k]!))) return first + k + 1;
    const root = Math.sqrt(rest);
    memory[own + k] = root;
    for (let j = k + 1; j < width; j++) memory[own + j]! /= root;
    for (let i = k + 1; i < width; i++) {
      const factor = memory[own + i]!;
      for (let j = i; j < width; j++) memory[start + i * row + j]! -= factor * memory[own + j]!;
    }
  }
  return 0;
}
