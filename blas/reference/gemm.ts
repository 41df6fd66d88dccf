/**
 * Matrix products: levels 2 and 3, in blocks that stay in the cache.
 *
 * Both operands are first packed into float64 panels. This makes every stride equally fast, and the inner loop meets
 * only one class of array: a loop that has met both dtypes is slow for both.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import { gemmBatchedBy } from "../batches.ts";
import type { Engine, GemmOperands, GemvOperands } from "../engine.ts";
import { type MutableView, transposeView, unsafeView, type View } from "../view.ts";

/**
 * The side of a tile of `c`, held in registers during one pass over k, and the sizes of blocks of k, m and n, which bound
 * the panels. Most products have one block of k: between blocks, their sums wait in memory, which takes 2 % of the time.
 */
const TILE = 4, K_BLOCK = 1024, M_BLOCK = 16, N_BLOCK = 1024;

let panelA = /* @__PURE__ */ new Float64Array(0), panelB = /* @__PURE__ */ new Float64Array(0);
const tile = /* @__PURE__ */ (() => new Float64Array(TILE * TILE))();

/**
 * Computes `c = alpha * a * b + beta * c`, accumulated in float64; if `beta` is 0, `c` is not read. The tiles of the last
 * block of k are written to `c` directly: another pass over the sums took 4 % of the time.
 */
export function gemm<D extends DType>({ alpha, a, b, beta, c }: GemmOperands<D>): void {
  const m = c.shape[0]!, n = c.shape[1]!, k = a.shape[1]!;
  if (alpha === 0 || k === 0) return scaleMatrix(beta, c);
  // Tiles of one vector would be three quarters zeros.
  if (n === 1) return gemv({ alpha, a, x: lineOf(b, 0), beta, y: lineOf(c, 0) });
  if (m === 1) return gemv({ alpha, a: transposeView(b), x: lineOf(a, 1), beta, y: lineOf(c, 1) });
  const last = K_BLOCK * (Math.ceil(k / K_BLOCK) - 1), sums = new Float64Array(last === 0 ? 0 : m * n);
  addProduct(sums, a, b, last);
  multiplyBlock(a, b, last, k - last, sums, { alpha, beta, c });
}

/** Computes `c = beta * c`, as BLAS does where nothing is added. */
function scaleMatrix<D extends DType>(beta: number, { data, shape, stride, offset }: MutableView<D>): void {
  const [m, n] = shape as readonly [number, number], [rs, cs] = stride as readonly [number, number]; // a matrix
  for (let i = 0; i < m; i++) {
    for (let j = 0, p = offset + i * rs; j < n; j++, p += cs) data[p] = beta === 0 ? 0 : beta * data[p]!;
  }
}

/** Returns the only line of a matrix along an axis. */
export function lineOf<D extends DType>({ data, shape, stride, offset }: View<D>, axis: 0 | 1): MutableView<D> {
  return unsafeView(data, [shape[axis]!], [stride[axis]!], offset);
}

/** Adds a matrix product, or its part of the first `k`, to a row-major matrix of float64. */
export function addProduct<D extends DType>(sums: Float64Array, a: View<D>, b: View<D>, k: number = a.shape[1]!): void {
  for (let k0 = 0; k0 < k; k0 += K_BLOCK) multiplyBlock(a, b, k0, Math.min(K_BLOCK, k - k0), sums);
}

/** Where a product is written with its last block of k. */
type Target<D extends DType> = Pick<GemmOperands<D>, "alpha" | "beta" | "c">;

/**
 * Computes the product of `depth` columns of `a` and rows of `b`, and adds it to `sums`. The last block, which has a
 * target, adds `sums` to it, and writes the result to the target.
 */
function multiplyBlock<D extends DType>(
  a: View<D>,
  b: View<D>,
  k0: number,
  depth: number,
  sums: Float64Array,
  target?: Target<D>,
): void {
  const m = a.shape[0]!, n = b.shape[1]!, length = Math.ceil(Math.min(n, N_BLOCK) / TILE) * TILE * depth;
  if (panelB.length < length) panelB = new Float64Array(length);
  if (panelA.length === 0) panelA = new Float64Array(M_BLOCK * K_BLOCK);
  // A matrix.
  const [rsA, csA] = a.stride as readonly [number, number], [rsB, csB] = b.stride as readonly [number, number];
  for (let n0 = 0; n0 < n; n0 += N_BLOCK) {
    const end = Math.min(n, n0 + N_BLOCK);
    pack(panelB, b.data, b.offset + k0 * rsB + n0 * csB, csB, rsB, end - n0, depth);
    for (let m0 = 0; m0 < m; m0 += M_BLOCK) {
      const rows = Math.min(M_BLOCK, m - m0);
      pack(panelA, a.data, a.offset + m0 * rsA + k0 * csA, rsA, csA, rows, depth);
      for (let j = n0; j < end; j += TILE) {
        for (let i = 0; i < rows; i += TILE) {
          multiplyTile(panelA, i * depth, panelB, (j - n0) * depth, depth);
          const height = Math.min(TILE, rows - i), width = Math.min(TILE, end - j);
          if (target === undefined) addTile(sums, n, m0 + i, j, height, width);
          else {
            if (k0 > 0) addSums(sums, n, m0 + i, j, height, width);
            writeTile(target, m0 + i, j, height, width);
          }
        }
      }
    }
  }
}

/** Writes `count` vectors of length `depth` as panels of TILE interleaved vectors, the last padded with zeros. */
function pack(
  panel: Float64Array,
  data: { readonly [index: number]: number },
  offset: number,
  vectorStride: number,
  depthStride: number,
  count: number,
  depth: number,
): void {
  for (let v = 0, base = 0; v < count; v += TILE, base += TILE * depth) {
    for (let lane = 0; lane < TILE; lane++) {
      let from = offset + (v + lane) * vectorStride, to = base + lane;
      if (v + lane >= count) { for (let p = 0; p < depth; p++, to += TILE) panel[to] = 0; }
      else for (let p = 0; p < depth; p++, to += TILE, from += depthStride) panel[to] = data[from]!;
    }
  }
}

/** Computes `tile = a * b` for one panel of each operand. */
function multiplyTile(a: Float64Array, p: number, b: Float64Array, q: number, depth: number): void {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0, c10 = 0, c11 = 0, c12 = 0, c13 = 0;
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0, c30 = 0, c31 = 0, c32 = 0, c33 = 0;
  const end = p + TILE * depth;
  for (; p < end; p += TILE, q += TILE) {
    const b0 = b[q]!, b1 = b[q + 1]!, b2 = b[q + 2]!, b3 = b[q + 3]!;
    const a0 = a[p]!, a1 = a[p + 1]!, a2 = a[p + 2]!, a3 = a[p + 3]!;
    c00 += a0 * b0, c01 += a0 * b1, c02 += a0 * b2, c03 += a0 * b3;
    c10 += a1 * b0, c11 += a1 * b1, c12 += a1 * b2, c13 += a1 * b3;
    c20 += a2 * b0, c21 += a2 * b1, c22 += a2 * b2, c23 += a2 * b3;
    c30 += a3 * b0, c31 += a3 * b1, c32 += a3 * b2, c33 += a3 * b3;
  }
  tile[0] = c00, tile[1] = c01, tile[2] = c02, tile[3] = c03;
  tile[4] = c10, tile[5] = c11, tile[6] = c12, tile[7] = c13;
  tile[8] = c20, tile[9] = c21, tile[10] = c22, tile[11] = c23;
  tile[12] = c30, tile[13] = c31, tile[14] = c32, tile[15] = c33;
}

/** Adds the part of the tile that lies within the matrix to its sums, which are rows of `n`. */
function addTile(sums: Float64Array, n: number, i0: number, j0: number, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0, p = (i0 + i) * n + j0; j < columns; j++, p++) sums[p]! += tile[i * TILE + j]!;
  }
}

/** Adds the sums so far to the part of the tile that lies within the matrix. */
function addSums(sums: Float64Array, n: number, i0: number, j0: number, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0, p = (i0 + i) * n + j0; j < columns; j++, p++) tile[i * TILE + j]! += sums[p]!;
  }
}

/** Writes the part of the tile that lies within the target. */
function writeTile<D extends DType>(
  { alpha, beta, c: { data, offset, stride } }: Target<D>,
  i0: number,
  j0: number,
  rows: number,
  columns: number,
): void {
  const [rs, cs] = stride as readonly [number, number]; // a matrix
  for (let i = 0; i < rows; i++) {
    for (let j = 0, p = offset + (i0 + i) * rs + j0 * cs; j < columns; j++, p += cs) {
      const product = alpha * tile[i * TILE + j]!;
      data[p] = beta === 0 ? product : product + beta * data[p]!;
    }
  }
}

/** Computes one product for each index of the leading axis. */
export const gemmBatched: Engine["gemmBatched"] = /* @__PURE__ */ gemmBatchedBy(gemm);

/** Computes `y = alpha * a * x + beta * y`, each row accumulated in float64. */
export function gemv<D extends DType>({ alpha, a, x, beta, y }: GemvOperands<D>): void {
  const [m, n] = a.shape as readonly [number, number], [rs, cs] = a.stride as readonly [number, number]; // a matrix
  const sx = x.stride[0]!, sy = y.stride[0]!, matrix = a.data, vector = x.data;
  for (let i = 0, to = y.offset; i < m; i++, to += sy) {
    let sum = 0;
    for (let j = 0, p = a.offset + i * rs, q = x.offset; j < n; j++, p += cs, q += sx) sum += matrix[p]! * vector[q]!;
    const product = alpha === 0 ? 0 : alpha * sum; // as in gemm, NaN times an `alpha` of 0 is 0
    y.data[to] = beta === 0 ? product : product + beta * y.data[to]!;
  }
}

/** Computes `a = alpha * x * transpose(y) + a`; if `alpha` is 0, `x` and `y` are not read. */
export function ger<D extends DType>(
  { alpha, x, y, a }: { readonly alpha: number; readonly x: View<D>; readonly y: View<D>; readonly a: MutableView<D> },
): void {
  if (alpha === 0) return;
  const [m, n] = a.shape as readonly [number, number], [rs, cs] = a.stride as readonly [number, number]; // a matrix
  for (let i = 0; i < m; i++) {
    const scaled = alpha * x.data[x.offset + i * x.stride[0]!]!;
    for (let j = 0, p = a.offset + i * rs, q = y.offset; j < n; j++, p += cs, q += y.stride[0]!) {
      a.data[p] = a.data[p]! + scaled * y.data[q]!;
    }
  }
}
