/**
 * Convolution and its adjoint in the images as matrix products in scratch memory, for filters that see several channels.
 *
 * The matrix of all windows is never stored: it is packed for the micro-kernel from the grids of an image, a block at a
 * time, or is not needed at all.
 *
 * @module
 */
import { roundUp } from "../../alignment.ts";
import type { DType } from "../../dtype.ts";
import { allocate, type MutableView, transposeView, unsafeView } from "../../view.ts";
import { PIECE_BYTES, type SumChains, sumChains } from "../block_sizes.ts";
import { copy } from "../copy.ts";
import {
  multiply,
  type StagedConvolution,
  type Terms,
  termsOf,
  tileBytes,
  transfers,
  withScratch,
} from "./scratch_transfer.ts";

/** Returns the terms of a sum in a slab: slabs are added up in float64, unless the sum is not longer than two of them. */
const slabOf = (count: number, { terms, chains }: SumChains): number =>
  count > 2 * terms * chains ? terms * chains : count;

/** Returns the number of rows or columns that fit in {@link PIECE_BYTES}, at least four tiles. */
export const fitting = (vectorBytes: number, width: number): number =>
  Math.max(4, Math.floor(PIECE_BYTES / vectorBytes / width)) * width;

/** Computes `y = conv(x, w)`; returns false if scratch memory is too small. */
export function conv2dProduct<D extends DType>(problem: StagedConvolution<D>): boolean {
  const { context, sizes, x, w, y } = problem, { batch, groups, channels, filters } = sizes, terms = termsOf(problem);
  const { grid, bytes, width, k, p, pixels, flat } = terms, step = flat ? p : roundUp(grid.windows, width);
  const sums = sumChains(filters * p, x.dtype), most = sums.terms, slab = slabOf(k, sums);
  const block = Math.min(roundUp(grid.windows, width), fitting(slab * bytes, width));
  const counts = [
    w.size,
    k * 4 / bytes,
    channels * pixels,
    grid.trivial ? 0 : channels * grid.plane,
    slab * block,
    filters * p,
    flat ? 0 : filters * step,
  ];
  return withScratch(
    context.scratch,
    [...counts.map((count) => count * bytes), tileBytes(), slab < k ? filters * step * 8 : 0],
    ([weight, table, image, spread, panels, output, wide, spare, totals]) => {
      const to = transfers(problem, terms), source = grid.trivial ? image! : spread!, result = flat ? output! : wide!;
      to.read(w, 0, w.size, weight!);
      to.table(table!, context.recording?.once("offsets", () => offsets(channels, terms)) ?? offsets(channels, terms));
      if (!grid.trivial) to.clear(spread!, channels * grid.plane);
      for (let part = 0; part < batch * groups; part++) {
        to.read(x, part * channels * pixels, channels * pixels, image!);
        if (!grid.trivial) to.spread(channels, image!, pixels, spread!);
        const kernels = weight! + part % groups * filters * k * bytes, aRow = k * bytes, cRow = step * bytes;
        const carried = slab < k ? to.wideSums({ part: result, wide: totals!, count: filters * step }) : undefined;
        for (let first = 0; first < k; first += slab) {
          const depth = Math.min(slab, k - first), a = kernels + first * bytes;
          for (let start = 0; start < grid.windows; start += block) {
            const columns = Math.min(block, grid.windows - start), n = flat ? columns : roundUp(columns, width);
            const c = result + start * bytes, memory = { panels: panels!, spare: spare!, most };
            to.convolution.packRuns!(columns, depth, table! + 4 * first, source + start * bytes, panels!);
            multiply(to.gemm, x.dtype, { m: filters, n, k: depth, a, aRow, c, cRow, beta: 0, ...memory });
          }
          carried?.carry(0, filters * step);
        }
        carried?.finish();
        if (!flat) {
          const from = { address: wide!, plane: step, row: grid.width };
          to.rows(filters, sizes, from, { address: output!, plane: p, row: sizes.outputWidth });
        }
        to.write(y, part * filters * p, filters * p, output!);
      }
    },
  );
}

/**
 * Computes the adjoint in `x`; returns false if scratch memory is too small. Every element of the kernels is one
 * product, which adds the gradients of the windows to the elements of the grids that it met there.
 */
export function conv2dInputProduct<D extends DType>(problem: StagedConvolution<D>): boolean {
  const { context, sizes, x, w, y } = problem, { batch, groups, channels, filters } = sizes, terms = termsOf(problem);
  const { grid, bytes, width, taps, p, pixels, flat } = terms, step = flat ? p : grid.windows;
  const sums = sumChains(channels * pixels, x.dtype), most = sums.terms, slab = slabOf(filters, sums);
  const block = Math.min(roundUp(grid.windows, width), fitting(slab * bytes, width));
  const counts = [w.size, channels * pixels, grid.trivial ? 0 : channels * grid.plane, slab * block, filters * p];
  const sumsBytes = slab < filters ? channels * grid.plane * 8 : 0;
  const matrices = tapMatrices(problem, taps);
  return withScratch(
    context.scratch,
    [...[...counts, flat ? 0 : filters * step].map((count) => count * bytes), tileBytes(), sumsBytes],
    ([weight, image, spread, panels, given, wide, spare, totals]) => {
      const to = transfers(problem, terms), target = grid.trivial ? image! : spread!, source = flat ? given! : wide!;
      to.read(matrices, 0, w.size, weight!);
      to.clear(image!, channels * pixels);
      if (!flat) to.clear(wide!, filters * step);
      for (let part = 0; part < batch * groups; part++) {
        to.read(y, part * filters * p, filters * p, given!);
        if (!flat) {
          const from = { address: given!, plane: p, row: sizes.outputWidth };
          to.rows(filters, sizes, from, { address: wide!, plane: step, row: grid.width });
        }
        if (!grid.trivial) to.clear(spread!, channels * grid.plane);
        const carried = slab < filters
          ? to.wideSums({ part: target, wide: totals!, count: channels * grid.plane })
          : undefined;
        for (let first = 0; first < filters; first += slab) {
          const depth = Math.min(slab, filters - first), given = source + first * step * bytes;
          for (let start = 0; start < grid.windows; start += block) {
            const n = Math.min(block, grid.windows - start);
            const b = { address: given + start * bytes, row: step * bytes, column: bytes };
            grid.taps.forEach(({ offset }, tap) => {
              const a = weight! + ((part % groups * taps + tap) * channels * filters + first) * bytes;
              const c = target + (offset + start) * bytes, cRow = grid.plane * bytes, beta = grid.trivial ? 0 : 1;
              const product = { m: channels, n, k: depth, a, aRow: filters * bytes, c, cRow, beta, most };
              multiply(to.gemm, x.dtype, { ...product, ...tap === 0 && { b }, panels: panels!, spare: spare! });
            });
          }
          carried?.carry(0, channels * grid.plane);
        }
        carried?.finish();
        if (!grid.trivial) to.collect(channels, spread!, image!, pixels);
        to.write(x, part * channels * pixels, channels * pixels, image!);
      }
    },
  );
}

/** Returns the start of every row of the matrix of windows in the grids of an image, in bytes. */
export function offsets(channels: number, { grid, bytes }: Terms): readonly number[] {
  return Array.from({ length: channels }, (_, c) => grid.taps.map(({ offset }) => (c * grid.plane + offset) * bytes))
    .flat();
}

/** Returns the kernels as one matrix `[channels, filters]` for each group and element. */
function tapMatrices<D extends DType>({ context, sizes, w }: StagedConvolution<D>, taps: number): MutableView<D> {
  const { groups, filters, channels } = sizes, strides = [filters * channels * taps, channels * taps, taps, 1];
  const make = (): MutableView<D> => {
    const kernels = unsafeView<D>(w.data, [groups, filters, channels, taps], strides, w.offset);
    const matrices = allocate(w.dtype, [groups, taps, channels, filters]);
    copy(context.recording?.atOnce ?? context, { x: transposeView(kernels, [0, 3, 2, 1]), y: matrices });
    return matrices;
  };
  return context.recording?.once(`matrices ${w.offset}`, make) ?? make();
}
