/**
 * Systems of equations, determinants and Cholesky factors of stacks of matrices, by kernels.
 *
 * @module
 */
import type { Decompositions } from "../../decompositions/decompositions.ts";
import { isRounding } from "../../decompositions/matrices.ts";
import type { MutableView, View } from "../../view.ts";
import {
  BYTES,
  type Matrix,
  matrixReader,
  matrixWriter,
  type Reader,
  reserveMatrix,
  setIdentity,
  type Tools,
} from "./matrix.ts";
import { eachOffset, valueWriter } from "./stacks.ts";
import { factorInPlace, factorSymmetric, invertUnit, substituteRows } from "./triangle.ts";

/** The decompositions of this file. */
type Systems = Pick<Decompositions, "cholesky" | "solve" | "determinant" | "logDeterminant" | "solveTriangular">;

/** Makes the functions, which reserve memory that the caller releases. */
export function systemsOn(tools: Tools): Systems {
  return {
    cholesky: (a, l) => {
      const n = a.shape.at(-1)!, factor = reserveMatrix(tools, n, n);
      const read = matrixReader(tools, a), write = matrixWriter(tools, l), { symmetrize } = tools.panel();
      return eachOffset([a], (index, offset) => {
        read(offset!, factor);
        symmetrize!(n, factor.at, factor.row);
        const minor = factorSymmetric(tools, n, factor), memory = tools.scratch.float64;
        if (minor > 0) return minor;
        for (let i = 1; i < n; i++) {
          const start = (factor.at + i * factor.row) / BYTES;
          memory.fill(0, start, start + i);
        }
        write(index, factor, 1, true);
        return undefined;
      });
    },
    solve: (a, b, x) => solve(tools, a, b, x),
    determinant: (a, result) => {
      const factors = reserveFactors(tools, a), write = valueWriter(result, 1), { n, matrix: { at, row } } = factors;
      eachOffset([a], (index, offset) => {
        let product = factors.factor(offset!) % 2 === 0 ? 1 : -1;
        for (let i = 0; i < n; i++) product *= tools.scratch.float64[(at + i * (row + BYTES)) / BYTES]!;
        write(index, [product]);
        return undefined;
      });
    },
    logDeterminant: (a, result) => {
      const factors = reserveFactors(tools, a), write = valueWriter(result, 1), { n, matrix: { at, row } } = factors;
      return eachOffset([a], (index, offset) => {
        factors.factor(offset!);
        let total = 0;
        for (let i = 0; i < n; i++) {
          total += Math.log(Math.abs(tools.scratch.float64[(at + i * (row + BYTES)) / BYTES]!));
        }
        write(index, [total]);
        return factors.dependent(offset!);
      });
    },
    solveTriangular: (a, b, lower, x) => {
      const [n, width] = x.shape.slice(-2) as [number, number]; // two axes
      const matrix = reserveMatrix(tools, n, n), right = reserveMatrix(tools, n, width);
      const read = matrixReader(tools, a), readRight = matrixReader(tools, b), write = matrixWriter(tools, x);
      return eachOffset([a, b], (index, offset, ofRight) => {
        read(offset!, matrix);
        const zero = firstZero(tools, matrix, n, lower);
        if (zero >= 0) return zero;
        readRight(ofRight!, right);
        substitute(tools, n, matrix, right, lower, false);
        write(index, right, 1);
        return undefined;
      });
    },
  };
}

/** Solves a triangular system in the memory of its right side. */
function substitute(tools: Tools, n: number, a: Matrix, b: Matrix, lower: boolean, isUnit: boolean): void {
  if (lower) return substituteRows(tools, n, { ...a, step: BYTES }, b, b.width, isUnit);
  const last = { at: a.at + (n - 1) * (a.row + BYTES), row: -a.row, step: -BYTES };
  substituteRows(tools, n, last, { at: b.at + (n - 1) * b.row, row: -b.row }, b.width, isUnit);
}

/** Returns the position of a 0 on the diagonal, the first one that substitution meets; -1 if there is none. */
function firstZero({ scratch: { float64 } }: Tools, { at, row }: Matrix, n: number, lower: boolean): number {
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    if (float64[(at + i * (row + BYTES)) / BYTES] === 0) return i;
  }
  return -1;
}

/** LU factors of the matrices of a stack, one after the other, in one place. */
type Factors = {
  readonly n: number;
  readonly matrix: Matrix;
  /** The address of the 32-bit numbers of rows. */
  readonly order: number;
  /** Factors the matrix at an offset; returns how many times rows were exchanged. */
  readonly factor: (offset: number) => number;
  /** Returns the first column that depends on those before it, up to rounding; `undefined` if the matrix is regular. */
  readonly dependent: (offset: number) => number | undefined;
};

function reserveFactors(tools: Tools, a: View): Factors {
  const { scratch } = tools, n = a.shape.at(-1)!, matrix = reserveMatrix(tools, n, n), { at, row } = matrix;
  const order = scratch.reserve(4 * n), terms = scratch.reserve(BYTES * n), read: Reader = matrixReader(tools, a);
  const [down, across] = a.stride.slice(-2) as [number, number]; // two axes
  const numbers = () => new Int32Array(scratch.memory.buffer, order, n);
  return {
    n,
    matrix,
    order,
    factor: (offset) => {
      read(offset, matrix);
      const list = numbers();
      for (let i = 0; i < n; i++) list[i] = i;
      return factorInPlace(tools, n, matrix, order);
    },
    dependent: (offset) => {
      const list = numbers(), memory = scratch.float64;
      tools.panel().terms!(n, at, row, terms);
      for (let k = 0; k < n; k++) {
        const original = Math.abs(a.data[offset + list[k]! * down + k * across]!);
        const pivot = Math.abs(memory[(at + k * (row + BYTES)) / BYTES]!);
        // See `factorLu`: what rounding alone can explain counts as 0.
        if (isRounding(pivot, n, original + memory[terms / BYTES + k]!)) return k;
      }
      return undefined;
    },
  };
}

function solve(tools: Tools, a: View, b: View | undefined, x: MutableView): ReturnType<Systems["solve"]> {
  const { scratch } = tools, [n, width] = x.shape.slice(-2) as [number, number]; // two axes
  const factors = reserveFactors(tools, a), right = reserveMatrix(tools, n, width), { matrix, order } = factors;
  const given = reserveMatrix(tools, n, width), readRight = b && matrixReader(tools, b), write = matrixWriter(tools, x);
  let last = NaN;
  return eachOffset(b === undefined ? [a] : [a, b], (index, offset, ofRight) => {
    // A matrix that is broadcast is factored once.
    if (offset !== last) {
      factors.factor(offset!);
      const dependent = factors.dependent(offset!);
      if (dependent !== undefined) return dependent;
    }
    last = offset!;
    const list = new Int32Array(scratch.memory.buffer, order, n), memory = scratch.float64;
    if (readRight === undefined) {
      // With p a = l u: the columns of the inverse of u times that of l, in the order of p.
      setIdentity(tools, right, n);
      invertUnit(tools, n, matrix, right);
      substitute(tools, n, matrix, right, false, false);
      for (let k = 0; k < n; k++) {
        tools.move.store!(n, 1, right.at + k * BYTES, right.row, 1, given.at + list[k]! * BYTES, given.row, 0);
      }
      write(index, given, 1);
      return undefined;
    }
    readRight(ofRight!, given);
    for (let i = 0; i < n; i++) {
      const start = (given.at + list[i]! * given.row) / BYTES;
      memory.copyWithin((right.at + i * right.row) / BYTES, start, start + width);
    }
    substitute(tools, n, matrix, right, true, true);
    substitute(tools, n, matrix, right, false, false);
    write(index, right, 1);
    return undefined;
  });
}
