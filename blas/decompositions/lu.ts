/**
 * LU decomposition with partial pivoting.
 *
 * @module
 */
import { type MutableView, unsafeView } from "../view.ts";
import { addRun, isRounding, type SubtractProduct } from "./matrices.ts";

/** Matrices of this order or more are factored in blocks of so many columns: fewer calls of products, or less work beside them. */
const BLOCKED = 64, BLOCK = 24;

/** Right sides of fewer columns are not worth a product. */
const LEAST_WIDTH = 16;

/** The factors of a square matrix. */
export type LuFactors = {
  /** L below the diagonal, whose own diagonal is 1, and U on and above it. */
  readonly lu: Float64Array;
  /** Row `i` of the factors is row `order[i]` of the matrix. */
  readonly order: Int32Array;
  /** The sign of that permutation. */
  readonly sign: 1 | -1;
  /** The first column that depends on those before it, up to rounding; -1 if the matrix is regular. */
  readonly dependent: number;
};

/**
 * Factors a row-major matrix, in its own memory, with rows exchanged so that every pivot is the largest of its column.
 *
 * A pivot counts as 0 if rounding alone can explain it: if it is at most `n` units in the last place of the terms that
 * it is the sum of. The scale of rows and columns does not matter to this.
 *
 * @param subtract Multiplies the blocks of large matrices; without it, all is computed column by column.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, algorithm 3.4.1, and section 3.2.11 for blocks.
 */
export function factorLu(lu: Float64Array, n: number, subtract?: SubtractProduct): LuFactors {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  // The largest term of each element's sum so far, row by row exchanged like the elements, is found only for pivots.
  const original = lu.slice(), width = subtract === undefined || n < BLOCKED ? n : BLOCK;
  let sign: 1 | -1 = 1, dependent = -1;
  for (let start = 0; start < n; start += width) {
    const end = Math.min(start + width, n);
    for (let k = start; k < end; k++) {
      const p = largestBelow(lu, n, k);
      if (p !== k) {
        swapRows(lu, n, p, k);
        [order[p], order[k]] = [order[k]!, order[p]!];
        sign = sign === 1 ? -1 : 1;
      }
      const pivot = lu[k * n + k]!;
      if (dependent < 0 && isRounding(Math.abs(pivot), n, termsOf(lu, n, k, original[order[k]! * n + k]!))) {
        dependent = k;
      }
      if (pivot === 0) continue;
      for (let i = k + 1; i < n; i++) {
        const factor = lu[i * n + k]! / pivot;
        lu[i * n + k] = factor;
        if (factor !== 0) addRun(lu, i * n + k + 1, -factor, lu, k * n + k + 1, end - k - 1);
      }
    }
    if (end < n) advance(lu, n, start, end, subtract!); // it is there where there is more than one block
  }
  return { lu, order, sign, dependent };
}

/** Brings the columns behind a block of columns up to date: its rows by substitution, the rows below by one product. */
function advance(lu: Float64Array, n: number, start: number, end: number, subtract: SubtractProduct): void {
  for (let i = start + 1; i < end; i++) {
    for (let k = start; k < i; k++) addRun(lu, i * n + end, -lu[i * n + k]!, lu, k * n + end, n - end);
  }
  const rest = n - end;
  subtract(
    partOf(lu, [rest, end - start], n, end * n + start),
    partOf(lu, [end - start, rest], n, start * n + end),
    partOf(lu, [rest, rest], n, end * n + end),
  );
}

/** Returns the view of a part of a matrix whose rows are `step` apart. */
const partOf = (
  a: Float64Array,
  shape: readonly [number, number],
  step: number,
  offset: number,
): MutableView<"float64"> => unsafeView<"float64">(a, shape, [step, 1], offset);

/** Returns the row, at or below the diagonal, with the largest element of column `k`. */
function largestBelow(lu: Float64Array, n: number, k: number): number {
  let row = k, largest = Math.abs(lu[k * n + k]!);
  for (let i = k + 1; i < n; i++) {
    const own = Math.abs(lu[i * n + k]!);
    if (own > largest) {
      largest = own;
      row = i;
    }
  }
  return row;
}

function swapRows(a: Float64Array, n: number, i: number, j: number): void {
  const row = a.slice(i * n, i * n + n);
  a.copyWithin(i * n, j * n, j * n + n);
  a.set(row, j * n);
}

/** Returns the sum of the magnitudes of the terms that make up pivot `k`. */
function termsOf(lu: Float64Array, n: number, k: number, original: number): number {
  let total = Math.abs(original);
  for (let j = 0; j < k; j++) total += Math.abs(lu[k * n + j]! * lu[j * n + k]!);
  return total;
}

/**
 * Solves `a x = b` for the matrix that was factored.
 *
 * @param b `n` rows of `width` numbers.
 * @returns The same shape.
 */
export function solveLu(
  { lu, order }: LuFactors,
  n: number,
  b: Float64Array,
  width: number,
  subtract?: SubtractProduct,
): Float64Array {
  const x = new Float64Array(n * width), isBlocked = subtract !== undefined && n >= BLOCKED && width >= LEAST_WIDTH;
  for (let i = 0; i < n; i++) x.set(b.subarray(order[i]! * width, order[i]! * width + width), i * width);
  const block = isBlocked ? BLOCK : n;
  /** Subtracts from rows `from` to `to` what the columns `first` to `last` of the factors make of these rows. */
  const without = (from: number, to: number, first: number, last: number): void => {
    if (first === last) return;
    subtract!( // it is there where there is more than one block
      partOf(lu, [to - from, last - first], n, from * n + first),
      partOf(x, [last - first, width], width, first * width),
      partOf(x, [to - from, width], width, from * width),
    );
  };
  for (let start = 0; start < n; start += block) {
    const end = Math.min(start + block, n);
    without(start, end, 0, start);
    for (let i = start; i < end; i++) {
      for (let k = start; k < i; k++) addRun(x, i * width, -lu[i * n + k]!, x, k * width, width);
    }
  }
  for (let end = n; end > 0;) {
    const start = Math.floor((end - 1) / block) * block;
    without(start, end, end, n);
    for (let i = end - 1; i >= start; i--) {
      for (let k = i + 1; k < end; k++) addRun(x, i * width, -lu[i * n + k]!, x, k * width, width);
      for (let j = 0; j < width; j++) x[i * width + j]! /= lu[i * n + i]!;
    }
    end = start;
  }
  return x;
}

/** Returns the identity matrix. */
export function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}
