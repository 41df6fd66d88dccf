/**
 * Copies that transpose long matrices: those with fewer rows than columns, whose rows are contiguous in the target only.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { MutableView, View } from "../view.ts";
import { forEachRun, type Walk } from "../walk.ts";
import { PIECE_BYTES } from "./block_sizes.ts";
import { copy as copyByLoops } from "../reference/level1.ts";
import type { Context } from "./kernels.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT } from "./scratch.ts";
import { copyIn, copyOut, plan } from "./staging.ts";
import { COPY_KERNELS } from "./move_kernel.ts";

/** Matrices with a side shorter than this are copied in other ways. */
const SIDE = 8;

/** The most bytes of a column that are copied at a time, and what is left for them of a small scratch memory. */
const LONGEST = 0x4_0000, LEAST_SHARE = 64;

/** Returns the axis along which the source of a transposing copy is contiguous; -1 if the copy does not transpose. */
export function transposedAxis({ shape, strides: [from, to] }: Walk): number {
  const last = shape.length - 1;
  if (to![last] !== 1 || shape[last]! < SIDE) return -1;
  return from!.findIndex((step, axis) => axis < last && step === 1 && shape[axis]! >= SIDE);
}

/**
 * Copies a matrix by blocks of columns, each with all rows, or some at a time if they are long.
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
  const longest = Math.floor(Math.min(LONGEST, scratch.maximumBytes / LEAST_SHARE) / bytes);
  const height = Math.min(rows, longest);
  const most = Math.min(columns, Math.max(SIDE, Math.floor(PIECE_BYTES / (height * bytes) / SIDE) * SIDE));
  const matrix = { dtype: x.dtype, data: x.data, batch: 1, batchStride: 0 };
  const source = { ...matrix, rowStride: 1, columnStride: from[last]! };
  const target = { ...matrix, rowStride: to[across]!, columnStride: 1 };
  const without = (list: readonly number[]) => list.filter((_, axis) => axis !== across);
  const outer = { shape: without(walk.shape), strides: walk.strides.map(without) };
  try {
    const sizes = [most, columns % most].map((count) =>
      plan({ ...source, rows: height, columns: count, offset: 0 }).elements
    );
    const [bytesX, bytesY] = [Math.max(...sizes) * bytes, height * most * bytes];
    if (!fits(scratch, bytesX + bytesY + 2 * LARGE_ALIGNMENT)) return copyByLoops({ x, y });
    const atX = scratch.reserve(bytesX), atY = scratch.reserve(bytesY);
    const copyPart = (p: number, q: number, high: number, count: number) => {
      const part = { ...source, rows: high, columns: count, offset: p }, how = plan(part);
      copyIn(scratch, atX, part, how);
      const address = atX + how.origin * bytes;
      transpose!(address, how.rowStride * bytes, how.columnStride * bytes, high, count, atY, count * bytes);
      copyOut(scratch, atY, { ...target, rows: high, columns: count, offset: q }, y.data);
    };
    forEachRun(outer, [x.offset, y.offset], ([p, q]) => {
      for (let row = 0; row < rows; row += height) {
        const high = Math.min(height, rows - row), at = q! + row * to[across]!;
        for (let start = 0; start < columns; start += most) {
          copyPart(p! + row + start * from[last]!, at + start, high, Math.min(most, columns - start));
        }
      }
    });
  } finally {
    scratch.release(mark);
  }
}
