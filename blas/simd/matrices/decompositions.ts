/**
 * Decompositions of stacks of matrices by kernels, in float64 whatever the dtype.
 *
 * @module
 */
import { type Decompositions, dependentColumn, type Failure } from "../../decompositions/decompositions.ts";
import { addRun } from "../../decompositions/matrices.ts";
import { signOfRun } from "../../decompositions/signs.ts";
import type { MutableView, View } from "../../view.ts";
import type { Context } from "../kernels.ts";
import { fits as roomFor } from "../room.ts";
import { LARGE_ALIGNMENT } from "../scratch.ts";
import { eigenvalues, reserveEigen } from "./eigenpairs.ts";
import { BYTES, clear, matrixReader, matrixWriter, reserveMatrix, type Tools, toolsOf } from "./matrix.ts";
import { COLUMNS } from "./pieces.ts";
import { applyBlocks, reflectColumns, reserveBlocks, reserveWorkspace } from "./reflections.ts";
import { eachOffset, valueWriter } from "./stacks.ts";
import { systemsOn } from "./systems.ts";
import { triplets } from "./singular.ts";
import { clearBelow, normalize, setTallIdentity, spoil } from "./whole.ts";

/** Copies of a matrix that decompositions need at most, singular values among them, and all their reservations. */
const COPIES = 11, COPIES_OF_SINGULAR = 16, RESERVATIONS = 30;

/**
 * Returns the decompositions by the kernels of an engine.
 *
 * @param plain What decomposes matrices that do not fit into the memory of the kernels.
 * @param mostRows Larger systems of equations and Cholesky decompositions are left to `plain` as well.
 */
export function decompositionsOn(context: Context, plain: Decompositions, mostRows = Infinity): Decompositions {
  const { scratch } = context;
  const fits = ({ shape }: View, copies = COPIES): boolean => {
    const [m, n] = shape.slice(-2) as [number, number], longer = Math.max(m, n), shorter = Math.min(m, n); // two axes
    const bytes = (longer + 2 * COLUMNS) * (shorter + 2 * COLUMNS) * BYTES; // rows are whole pieces
    return roomFor(scratch, copies * bytes + RESERVATIONS * LARGE_ALIGNMENT);
  };
  /** Calls with tools, and releases what was reserved. */
  const released = <R>(call: (tools: Tools) => R): R => {
    const mark = scratch.mark();
    try {
      return call(toolsOf(context));
    } finally {
      scratch.release(mark);
    }
  };
  const isSystem = (a: View): boolean => fits(a) && a.shape.at(-1)! <= mostRows;
  return {
    cholesky: (a, l) => isSystem(a) ? released((tools) => systemsOn(tools).cholesky(a, l)) : plain.cholesky(a, l),
    solve: (a, b, x) =>
      isSystem(a) && fits(x) ? released((tools) => systemsOn(tools).solve(a, b, x)) : plain.solve(a, b, x),
    determinant: (a, result) =>
      isSystem(a) ? released((tools) => systemsOn(tools).determinant(a, result)) : plain.determinant(a, result),
    logDeterminant: (a, result) =>
      isSystem(a) ? released((tools) => systemsOn(tools).logDeterminant(a, result)) : plain.logDeterminant(a, result),
    solveTriangular: (a, b, lower, x) =>
      isSystem(a) && fits(x)
        ? released((tools) => systemsOn(tools).solveTriangular(a, b, lower, x))
        : plain.solveTriangular(a, b, lower, x),
    qr: (a, q, r, mustBeRegular) =>
      fits(a) ? released((tools) => factorQr(tools, a, q, r, mustBeRegular)) : plain.qr(a, q, r, mustBeRegular),
    eigh: (a, values, vectors) =>
      fits(a) ? released((tools) => eigenpairs(tools, a, values, vectors)) : plain.eigh(a, values, vectors),
    svd: (a, u, s, v) =>
      fits(a, COPIES_OF_SINGULAR) ? released((tools) => triplets(tools, a, u, s, v)) : plain.svd(a, u, s, v),
  };
}

function factorQr(
  tools: Tools,
  a: View,
  q: MutableView | undefined,
  r: MutableView | undefined,
  mustBeRegular: boolean,
): Failure | undefined {
  const [m, n] = a.shape.slice(-2) as [number, number]; // two axes
  const matrix = reserveMatrix(tools, m, n), columns = reserveMatrix(tools, m, n), blocks = reserveBlocks(tools, m, n);
  const factors = tools.scratch.reserve(COLUMNS * BYTES), workspace = reserveWorkspace(tools, n);
  const read = matrixReader(tools, a), writeQ = q && matrixWriter(tools, q), writeR = r && matrixWriter(tools, r);
  return eachOffset([a], (index, offset) => {
    read(offset!, matrix);
    const power = normalize(tools, matrix, m);
    if (power === undefined) spoil(tools, matrix, m);
    else reflectColumns(tools, m, n, matrix, factors, blocks, workspace);
    if (mustBeRegular) {
      const dependent = dependentColumn(tools.scratch.float64, m, n, matrix.at / BYTES, matrix.row / BYTES);
      if (dependent >= 0) return dependent;
    }
    if (writeQ !== undefined) {
      if (power === undefined) spoil(tools, columns, m);
      else {
        setTallIdentity(tools, columns, m, n);
        applyBlocks(tools, blocks, columns, workspace);
      }
      writeQ(index, columns, 1);
    }
    if (writeR !== undefined) {
      if (power !== undefined) clearBelow(tools, matrix, n);
      writeR(index, matrix, power ?? 1);
    }
    return undefined;
  });
}

function eigenpairs(tools: Tools, a: View, values: MutableView | undefined, vectors: MutableView | undefined): void {
  const n = a.shape.at(-1)!, matrix = reserveMatrix(tools, n, n), workspace = reserveEigen(tools, n);
  const sorted = reserveMatrix(tools, n, n), { rows } = workspace;
  const read = matrixReader(tools, a),
    writeValues = valueWriter(values, n),
    write = vectors && matrixWriter(tools, vectors);
  const { float64 } = tools.scratch, { symmetrize } = tools.panel();
  eachOffset([a], (index, offset) => {
    read(offset!, matrix);
    const power = normalize(tools, matrix, n);
    if (power === undefined) {
      spoil(tools, sorted, n);
      writeValues(index, new Float64Array(n).fill(NaN));
    } else {
      symmetrize!(n, matrix.at, matrix.row);
      const d = eigenvalues(tools, n, matrix, workspace, write !== undefined);
      const ascending = Array.from(d.keys()).sort((i, j) => d[i]! - d[j]!);
      if (write !== undefined) {
        clear(tools, sorted, n);
        ascending.forEach((from, to) => {
          const source = (rows.at + from * rows.row) / BYTES;
          addRun(float64, (sorted.at + to * sorted.row) / BYTES, signOfRun(float64, source, n), float64, source, n);
        });
      }
      writeValues(index, ascending.map((i) => d[i]! * power));
    }
    write?.(index, sorted, 1, true);
    return undefined;
  });
}
