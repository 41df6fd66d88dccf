/**
 * Products of reflections, in blocks: `H_0 H_1 … = 1 - V T V^T`.
 *
 * @module
 */
import { BYTES, type Matrix, reserveMatrix, type Tools } from "./matrix.ts";
import { COLUMNS, PIECE_BYTES } from "./pieces.ts";

/** A block of up to 8 reflections: vectors as the columns of `v`, `rows` pieces, and `t`, 8 x 8. */
export type Block = { readonly v: number; readonly t: number; readonly rows: number };

/** Where blocks are applied: two matrices of 8 rows. */
export type Workspace = { readonly inner: Matrix; readonly turned: Matrix };

/** Reserves what applying blocks to matrices of so many columns needs. */
export const reserveWorkspace = (tools: Tools, columns: number): Workspace => ({
  inner: reserveMatrix(tools, COLUMNS, columns),
  turned: reserveMatrix(tools, COLUMNS, columns),
});

/** Reserves a block. */
export function reserveBlock({ scratch }: Tools, rows: number): Block {
  // Kernels compute two rows at once.
  return { v: scratch.reserve((rows + 1) * PIECE_BYTES), t: scratch.reserve(COLUMNS * PIECE_BYTES), rows };
}

/**
 * Makes `t` from the vectors, whose upper triangle it replaces by that of the identity.
 *
 * @param factors The address of the factors of the reflections `1 - factor v v^T`.
 * @param width The number of reflections.
 * @see Schreiber and Van Loan, A storage-efficient WY representation for products of Householder transformations, 1989.
 */
export function finishBlock(
  { product, scratch: { float64 } }: Tools,
  { v, t, rows }: Block,
  factors: number,
  width: number,
  { inner }: Workspace,
): void {
  const line = PIECE_BYTES / BYTES,
    first = v / BYTES,
    table = t / BYTES,
    gram = inner.at / BYTES,
    step = inner.row / BYTES;
  for (let i = 0; i < Math.min(width, rows); i++) {
    for (let c = i; c < COLUMNS; c++) float64[first + i * line + c] = i === c ? 1 : 0;
  }
  product.multiply!(COLUMNS, COLUMNS, rows, v, BYTES, PIECE_BYTES, v, PIECE_BYTES, inner.at, inner.row);
  float64.fill(0, table, table + COLUMNS * line);
  for (let c = 0; c < width; c++) {
    const factor = float64[factors / BYTES + c]!;
    float64[table + c * line + c] = factor;
    for (let i = 0; i < c; i++) {
      let sum = 0;
      for (let l = i; l < c; l++) sum += float64[table + i * line + l]! * float64[gram + l * step + c]!;
      float64[table + i * line + c] = -factor * sum;
    }
  }
}

/**
 * Multiplies rows of a matrix from the left by a block, or by its transpose.
 *
 * @param at The address of the first of the rows, at the first of the columns.
 * @param columns A multiple of 8.
 */
export function applyBlock(
  { product }: Tools,
  { v, t, rows }: Block,
  at: number,
  row: number,
  columns: number,
  isTransposed: boolean,
  { inner, turned }: Workspace,
): void {
  if (columns <= 0) return;
  const [tRow, tStep] = isTransposed ? [BYTES, PIECE_BYTES] : [PIECE_BYTES, BYTES];
  product.multiply!(COLUMNS, columns, rows, v, BYTES, PIECE_BYTES, at, row, inner.at, inner.row);
  product.multiply!(COLUMNS, columns, COLUMNS, t, tRow, tStep, inner.at, inner.row, turned.at, turned.row);
  product.subtract!(rows, columns, COLUMNS, v, PIECE_BYTES, BYTES, turned.at, turned.row, at, row);
}

/** Factors `a`, `m x n`, by reflections, in place: `r` is left on and above its diagonal. */
export function reflectColumns(
  tools: Tools,
  m: number,
  n: number,
  a: Matrix,
  factors: number,
  blocks: readonly Block[],
  workspace: Workspace,
): void {
  const reflect = tools.panel().reflect!, { load } = tools.move; // built under this name
  blocks.forEach((block, index) => {
    const first = index * COLUMNS, width = Math.min(COLUMNS, n - first), at = a.at + first * (a.row + BYTES);
    reflect(m, first, width, a.at, a.row, factors);
    load!(block.rows, width, at, a.row, BYTES, block.v, PIECE_BYTES);
    finishBlock(tools, block, factors, width, workspace);
    applyBlock(tools, block, at + PIECE_BYTES, a.row, a.width - first - COLUMNS, true, workspace);
  });
}

/** Reserves the blocks of the reflections of `m x n` matrices, `m` at least `n`. */
export const reserveBlocks = (tools: Tools, m: number, n: number): readonly Block[] =>
  Array.from({ length: Math.ceil(n / COLUMNS) }, (_, index) => reserveBlock(tools, m - index * COLUMNS));

/** Multiplies `q`, which begins as the identity, by all blocks from the left. */
export function applyBlocks(tools: Tools, blocks: readonly Block[], q: Matrix, workspace: Workspace): void {
  for (let index = blocks.length - 1; index >= 0; index--) {
    const first = index * COLUMNS, at = q.at + first * (q.row + BYTES);
    applyBlock(tools, blocks[index]!, at, q.row, q.width - first, false, workspace);
  }
}
