/**
 * Copies that transpose long matrices: those with fewer rows than columns, whose rows are contiguous in the target only.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { MutableView, View } from "../view.ts";
import { forEachRun, type Walk } from "../walk.ts";
import { PIECE_BYTES } from "./block_sizes.ts";
import type { Context } from "./kernels.ts";
import { copyIn, copyOut, plan } from "./staging.ts";
import { COPY_KERNELS } from "./move_kernel.ts";

/** Matrices with a side shorter than this are copied in other ways. */
const SIDE = 8;

/** Returns the axis along which the source of a transposing copy is contiguous; -1 if the copy does not transpose. */
export function transposedAxis({ shape, strides: [from, to] }: Walk): number {
  const last = shape.length - 1;
  if (to![last] !== 1 || shape[last]! < SIDE) return -1;
  return from!.findIndex((step, axis) => axis < last && step === 1 && shape[axis]! >= SIDE);
}

/**
 * Copies a matrix by blocks of columns, each with all rows.
 *
 * @param walk The axes of `x` and `y`.
 * @param across Its {@link transposedAxis}.
 */
export function copyTransposed<D extends DType>(
  { scratch, kernels }: Context,
  { x, y }: { readonly x: View<D>; readonly y: MutableView<D> },
  walk: Walk,
  across: number,
): void {
  // The walk is over two arrays.
  const last = walk.shape.length - 1, [from, to] = walk.strides as readonly [readonly number[], readonly number[]];
  const { transpose } = kernels(COPY_KERNELS, x.dtype), mark = scratch.mark();
  const rows = walk.shape[across]!, columns = walk.shape[last]!, bytes = x.data.BYTES_PER_ELEMENT;
  const most = Math.min(columns, Math.max(SIDE, Math.floor(PIECE_BYTES / (rows * bytes) / SIDE) * SIDE));
  const matrix = { dtype: x.dtype, data: x.data, batch: 1, batchStride: 0, rows };
  const source = { ...matrix, rowStride: 1, columnStride: from[last]! };
  const target = { ...matrix, rowStride: to[across]!, columnStride: 1 };
  const without = (list: readonly number[]) => list.filter((_, axis) => axis !== across);
  const outer = { shape: without(walk.shape), strides: walk.strides.map(without) };
  try {
    const sizes = [most, columns % most].map((count) => plan({ ...source, columns: count, offset: 0 }).elements);
    const atX = scratch.reserve(Math.max(...sizes) * bytes);
    const atY = scratch.reserve(rows * most * bytes);
    forEachRun(outer, [x.offset, y.offset], ([p, q]) => {
      for (let start = 0; start < columns; start += most) {
        const count = Math.min(most, columns - start),
          part = { ...source, columns: count, offset: p! + start * from[last]! };
        const how = plan(part), address = atX + how.origin * bytes;
        copyIn(scratch, atX, part, how);
        transpose!(address, how.rowStride * bytes, how.columnStride * bytes, rows, count, atY, count * bytes);
        copyOut(scratch, atY, { ...target, columns: count, offset: q! + start }, y.data);
      }
    });
  } finally {
    scratch.release(mark);
  }
}
