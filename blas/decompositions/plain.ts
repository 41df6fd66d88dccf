/**
 * Decompositions of stacks in plain loops.
 *
 * @module
 */
import type { MutableView, View } from "../view.ts";
import { factorCholesky } from "./cholesky.ts";
import { type Decompositions, dependentColumn, type Failure } from "./decompositions.ts";
import { symmetricEigenpairs } from "./eigh.ts";
import { factorLu, identity, type LuFactors, solveLu } from "./lu.ts";
import { matrixOffsets, matrixWriter, readMatrix, type SubtractProduct } from "./matrices.ts";
import { factorQr } from "./qr.ts";
import { singularTriplets } from "./svd.ts";
import { solveTriangle } from "./triangular.ts";

/** Returns the numbers of rows and columns of the matrices of a stack. */
const sizesOf = ({ shape }: View): readonly [rows: number, columns: number] => [shape.at(-2)!, shape.at(-1)!];

/** Computes something for each matrix, until one fails: the position that it fails at is 0 or more. */
function forEachMatrix(
  views: readonly View[],
  compute: (index: number, ...offsets: number[]) => number | undefined,
): Failure | undefined {
  const all = views.map(matrixOffsets);
  for (let index = 0; index < all[0]!.length; index++) {
    const position = compute(index, ...all.map((offsets) => offsets[index]!));
    if (position !== undefined && position >= 0) return { index, position };
  }
  return undefined;
}

const writerOf = (view: MutableView | undefined): (matrix: Float64Array) => void =>
  view === undefined ? () => {} : matrixWriter(view);

/**
 * Makes the decompositions.
 *
 * @param subtract Multiplies the blocks of large matrices.
 */
export function plainDecompositions(subtract?: SubtractProduct): Decompositions {
  return {
    cholesky: (a, l) => {
      const [n] = sizesOf(a), write = matrixWriter(l);
      return forEachMatrix([a], (_, offset) => {
        const factor = factorCholesky(readMatrix(a, offset), n, subtract);
        if (typeof factor === "number") return factor;
        write(factor);
        return undefined;
      });
    },
    solve: (a, b, x) => {
      const [n, width] = sizesOf(x), write = matrixWriter(x);
      // A matrix that is broadcast is factored once.
      let last = NaN, factors: LuFactors | undefined;
      return forEachMatrix(b === undefined ? [a] : [a, b], (_, offset, right) => {
        if (offset !== last || factors === undefined) factors = factorLu(readMatrix(a, offset), n, subtract);
        last = offset;
        if (factors.dependent >= 0) return factors.dependent;
        write(solveLu(factors, n, b === undefined ? identity(n) : readMatrix(b, right!), width, subtract));
        return undefined;
      });
    },
    determinant: (a, { data, offset: start }) => {
      const [n] = sizesOf(a);
      forEachMatrix([a], (index, offset) => {
        const { lu, sign } = factorLu(readMatrix(a, offset), n, subtract);
        let product: number = sign;
        for (let i = 0; i < n; i++) product *= lu[i * n + i]!;
        data[start + index] = product;
        return undefined;
      });
    },
    logDeterminant: (a, { data, offset: start }) => {
      const [n] = sizesOf(a);
      return forEachMatrix([a], (index, offset) => {
        const { lu, dependent } = factorLu(readMatrix(a, offset), n, subtract);
        let total = 0;
        for (let i = 0; i < n; i++) total += Math.log(Math.abs(lu[i * n + i]!));
        data[start + index] = total;
        return dependent;
      });
    },
    solveTriangular: (a, b, lower, x) => {
      const [n, width] = sizesOf(x), write = matrixWriter(x);
      return forEachMatrix([a, b], (_, offset, right) => {
        const solution = readMatrix(b, right!), zero = solveTriangle(readMatrix(a, offset), n, solution, width, lower);
        write(solution);
        return zero;
      });
    },
    qr: (a, q, r, mustBeRegular) => {
      const [m, n] = sizesOf(a), writeQ = writerOf(q), writeR = writerOf(r);
      return forEachMatrix([a], (_, offset) => {
        const factors = factorQr(readMatrix(a, offset), m, n);
        writeQ(factors.q);
        writeR(factors.r);
        return mustBeRegular ? dependentColumn(factors.r, m, n) : undefined;
      });
    },
    eigh: (a, values, vectors) => {
      const [n] = sizesOf(a), writeValues = writerOfRows(values, n), writeVectors = writerOf(vectors);
      forEachMatrix([a], (_, offset) => {
        const pairs = symmetricEigenpairs(readMatrix(a, offset), n);
        writeValues(pairs.values);
        writeVectors(pairs.vectors);
        return undefined;
      });
    },
    svd: (a, u, s, v) => {
      const [m, n] = sizesOf(a), writeU = writerOf(u), writeV = writerOf(v), writeS = writerOfRows(s, Math.min(m, n));
      forEachMatrix([a], (_, offset) => {
        const triplets = singularTriplets(readMatrix(a, offset), m, n);
        writeU(triplets.u);
        writeS(triplets.s);
        writeV(triplets.v);
        return undefined;
      });
    },
  };
}

/** Returns a function that writes rows one after the other. */
function writerOfRows(view: MutableView | undefined, length: number): (row: Float64Array) => void {
  let end = view?.offset ?? 0;
  return (row) => {
    view?.data.set(row, end);
    end += length;
  };
}
