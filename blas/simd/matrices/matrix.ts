/**
 * Matrices in the memory of kernels: rows of float64 in whole pieces, an odd number of them, so that rows of large matrices
 * do not compete for the same places in the cache.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { MutableView, View } from "../../view.ts";
import type { Context, Kernels } from "../kernels.ts";
import type { Scratch } from "../scratch.ts";
import { MOVE_KERNELS } from "./move_kernel.ts";
import { MULTIPLY_KERNELS } from "./multiply_kernel.ts";
import { PANEL_KERNELS } from "./panel_kernel.ts";
import { COLUMNS, PIECE_BYTES } from "./pieces.ts";
import { TURN_KERNELS } from "./turn_kernel.ts";

/** A matrix: the address of its first element, the bytes from row to row, and the columns of its whole pieces. */
export type Matrix = { readonly at: number; readonly row: number; readonly width: number };

/** The kernels that decompositions use, and their memory. */
export type Tools = {
  readonly scratch: Scratch;
  readonly context: Context;
  readonly product: Kernels;
  /** The kernels that move float64 matrices. */
  readonly move: Kernels;
  /** The kernels of a module for float64, made when they are first needed. */
  readonly panel: () => Kernels;
  readonly turn: () => Kernels;
};

/** The bytes of a float64. */
export const BYTES = 8;

/** Rows before and behind a matrix that kernels may read and write, since they compute several rows at once. */
const BEFORE = 1, BEHIND = 4;

/** Returns the tools of a context. */
export const toolsOf = (context: Context): Tools => ({
  scratch: context.scratch,
  context,
  product: context.kernels(MULTIPLY_KERNELS, "float64"),
  move: context.kernels(MOVE_KERNELS, "float64"),
  panel: () => context.kernels(PANEL_KERNELS, "float64"),
  turn: () => context.kernels(TURN_KERNELS, "float64"),
});

/** Returns a number of columns rounded up to whole pieces. */
export const inPieces = (columns: number): number => Math.ceil(columns / COLUMNS) * COLUMNS;

/** Reserves a matrix; its contents are left over from earlier calls. */
export function reserveMatrix({ scratch }: Tools, rows: number, columns: number): Matrix {
  const width = inPieces(Math.max(columns, 1)), row = (width / COLUMNS | 1) * PIECE_BYTES;
  return { at: scratch.reserve((rows + BEFORE + BEHIND) * row) + BEFORE * row, row, width };
}

/** Fills the rows of a matrix with zeros. */
export const clear = ({ scratch }: Tools, { at, row }: Matrix, rows: number): void =>
  void scratch.float64.fill(0, at / BYTES, (at + rows * row) / BYTES);

/** Makes a matrix the identity. */
export function setIdentity(tools: Tools, a: Matrix, n: number): void {
  clear(tools, a, n);
  for (let i = 0; i < n; i++) tools.scratch.float64[(a.at + i * (a.row + BYTES)) / BYTES] = 1;
}

/** Writes the transpose of a matrix of `rows` rows and `columns` columns. */
export const transposeInto = ({ move }: Tools, a: Matrix, rows: number, columns: number, to: Matrix): void =>
  void move.load!(columns, rows, a.at, BYTES, a.row, to.at, to.row);

/** Reads matrices of a stack into memory, through a place where they are staged in their dtype. */
export type Reader = (offset: number, to: Matrix) => void;

/** Returns the function that reads matrices of a stack. */
export function matrixReader({ scratch, context }: Tools, { data, dtype, shape, stride }: View): Reader {
  const [rows, columns] = shape.slice(-2) as [number, number], [down, across] = stride.slice(-2) as [number, number]; // two axes
  const { load } = context.kernels(MOVE_KERNELS, dtype), bytes = BYTES_PER_ELEMENT[dtype], size = rows * columns;
  const staging = scratch.reserve(size * bytes + PIECE_BYTES), start = staging / bytes, source = data as Float32Array; // only read
  const isRowMajor = across === 1 && down === columns, isTransposed = down === 1 && across === rows && !isRowMajor;
  const [fromRow, fromStep] = isTransposed ? [bytes, rows * bytes] : [columns * bytes, bytes];
  return (offset, to) => {
    const memory = scratch.data(dtype);
    if (isRowMajor || isTransposed) memory.set(source.subarray(offset, offset + size), start);
    else {
      for (let i = 0, at = start; i < rows; i++) {
        for (let j = 0, from = offset + i * down; j < columns; j++, from += across) memory[at++] = source[from]!;
      }
    }
    load!(rows, columns, staging, fromRow, fromStep, to.at, to.row);
  };
}

/** Writes a multiple of a matrix, or of its transpose, as the matrix of this number. */
export type Writer = (index: number, from: Matrix, factor: number, isTransposed?: boolean) => void;

/** Returns the function that writes matrices of a stack. */
export function matrixWriter({ scratch, context }: Tools, { data, dtype, shape, offset }: MutableView): Writer {
  const [rows, columns] = shape.slice(-2) as [number, number], size = rows * columns, bytes = BYTES_PER_ELEMENT[dtype]; // two axes
  const { store } = context.kernels(MOVE_KERNELS, dtype), staging = scratch.reserve(size * bytes + PIECE_BYTES);
  return (index, from, factor, isTransposed = false) => {
    if (isTransposed) store!(columns, rows, from.at, from.row, factor, staging, bytes, columns * bytes);
    else store!(rows, columns, from.at, from.row, factor, staging, columns * bytes, bytes);
    const start = staging / bytes;
    data.set(scratch.data(dtype).subarray(start, start + size), offset + index * size);
  };
}
