/**
 * Singular value decompositions of stacks of matrices by kernels.
 *
 * @module
 */
import { signOfRun } from "../../decompositions/signs.ts";
import { completed, VANISHING } from "../../decompositions/svd.ts";
import type { MutableView, View } from "../../view.ts";
import { BYTES, type Matrix, matrixReader, matrixWriter, reserveMatrix, type Tools, transposeInto } from "./matrix.ts";
import { COLUMNS } from "./pieces.ts";
import { applyBlocks, reflectColumns, reserveBlocks, reserveWorkspace } from "./reflections.ts";
import { eachOffset, valueWriter } from "./stacks.ts";
import { orthogonalRows, reserveTriplets } from "./triplets.ts";
import { clearBelow, normalize, setTallIdentity, spoil } from "./whole.ts";

/** The largest product of two vectors of length 1 that counts as 0 in float32: it is far below its rounding errors. */
const NARROW = 1e-9;

/** Computes the decomposition of each matrix: those results that are wanted. */
export function triplets(
  tools: Tools,
  a: View,
  u: MutableView | undefined,
  s: MutableView | undefined,
  v: MutableView | undefined,
): void {
  const [rows, columns] = a.shape.slice(-2) as [number, number], isWide = rows < columns; // two axes
  const [m, n] = isWide ? [columns, rows] : [rows, columns],
    reserve = (i: number, j: number) => reserveMatrix(tools, i, j);
  const given = reserve(rows, columns), own = isWide ? reserve(m, n) : given, q = reserve(m, n), left = reserve(m, n);
  const leftRows = reserve(n, m), rightRows = reserve(n, n), turns = reserve(n, n), turned = reserve(n, n);
  const blocks = reserveBlocks(tools, m, n), apply = reserveWorkspace(tools, n), workspace = reserveTriplets(tools, n);
  const factors = tools.scratch.reserve(COLUMNS * BYTES), read = matrixReader(tools, a), writeS = valueWriter(s, n);
  const [writeU, writeV] = [u, v].map((view) => view && matrixWriter(tools, view));
  const tolerance = a.dtype === "float32" ? NARROW : Number.EPSILON * Math.sqrt(n), wantVectors = writeU ?? writeV;
  const [uRows, vRows] = isWide ? [rightRows, leftRows] : [leftRows, rightRows];
  const { product: { multiply }, scratch } = tools;

  /** Brings the vectors into descending order, as rows. */
  const sortVectors = (order: readonly number[], lengths: Float64Array, values: Float64Array): void => {
    setTallIdentity(tools, q, m, n);
    applyBlocks(tools, blocks, q, apply);
    order.forEach((from, to) => {
      copyRow(tools, workspace.eigen.rows, from, turns, to, 1);
      copyRow(tools, workspace.turned, from, rightRows, to, values[to]! > 0 ? 1 / Math.sqrt(lengths[from]!) : 0);
    });
    transposeInto(tools, turns, n, n, turned);
    multiply!(m, left.width, n, q.at, q.row, BYTES, turned.at, turned.row, left.at, left.row);
    transposeInto(tools, left, m, n, leftRows);
    complete(tools, rightRows, values, n);
    for (let k = 0; k < n; k++) {
      if (signOfRun(scratch.float64, (uRows.at + k * uRows.row) / BYTES, rows) === 1) continue;
      for (const  of of[uRows, vRows]) copyRow(tools, of, k, of, k, -1);
    }
  };
  eachOffset([a], (index, offset) => {
    read(offset!, given);
    const power = normalize(tools, given, rows);
    if (power === undefined) {
      for (const matrix of [leftRows, rightRows]) spoil(tools, matrix, n);
      writeS(index, new Float64Array(n).fill(NaN));
    } else {
      if (isWide) transposeInto(tools, given, rows, columns, own);
      reflectColumns(tools, m, n, own, factors, blocks, apply);
      clearBelow(tools, own, n);
      // With a = q r and j r = s v^T, where j is a product of rotations: a = (q j^T) s v^T.
      const lengths = orthogonalRows(tools, n, own, workspace, tolerance);
      const order = Array.from(lengths.keys()).sort((x, y) => lengths[y]! - lengths[x]!);
      const values = Float64Array.from(order, (i) => lengths[i]! < VANISHING ? 0 : Math.sqrt(lengths[i]!));
      if (wantVectors !== undefined) sortVectors(order, lengths, values);
      writeS(index, values.map((x) => x * power));
    }
    writeU?.(index, uRows, 1, true);
    writeV?.(index, vRows, 1, true);
    return undefined;
  });
}

/** Copies a multiple of a row. */
function copyRow(
  { scratch: { float64 } }: Tools,
  from: Matrix,
  i: number,
  to: Matrix,
  k: number,
  factor: number,
): void {
  const source = (from.at + i * from.row) / BYTES, target = (to.at + k * to.row) / BYTES;
  for (let j = 0; j < from.width; j++) float64[target + j] = float64[source + j]! * factor;
}

/** Makes the last rows, those of singular values of 0, orthonormal to the others. */
function complete({ scratch: { float64 } }: Tools, { at, row }: Matrix, values: Float64Array, n: number): void {
  if (!values.includes(0)) return;
  const place = (i: number, j: number): number => (at + j * row) / BYTES + i;
  const v = Float64Array.from({ length: n * n }, (_, k) => float64[place(Math.floor(k / n), k % n)]!);
  completed(v, values, n).forEach((x, k) => float64[place(Math.floor(k / n), k % n)] = x);
}
