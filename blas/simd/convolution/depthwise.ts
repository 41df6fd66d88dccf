/**
 * Convolution and its adjoints for filters that see a single channel: direct loops over whole channels, for any kernel
 * and geometry.
 *
 * @module
 */
import { roundUp } from "../../alignment.ts";
import type { DType } from "../../dtype.ts";
import { isOneChain } from "../block_sizes.ts";
import type { SumPlaces, WideSums } from "../wide_sums.ts";
import type { Kernels } from "../kernels.ts";
import { addSteps, channelSteps, type ChannelSums, stepBytes } from "./channels.ts";
import { type StagedConvolution, type Terms, termsOf, transfers, withScratch } from "./scratch_transfer.ts";

/** A vector of float32. */
const LANES = 4;

/** Terms that are accumulated in float32. */
const SLAB = 32;

/** Up to this many terms, the sums of a kernel's own elements are not cut. */
const UNCUT = 64;

/** Computes `y = conv(x, w)`; returns false if scratch memory is too small. */
export function conv2dTaps<D extends DType>(problem: StagedConvolution<D>): boolean {
  const { context, sizes, x, w, y } = problem, { filters } = sizes, terms = termsOf(problem);
  const { grid, bytes, taps, p, pixels } = terms, direct = terms.flat && p % LANES === 0;
  const wide = direct ? p : roundUp(grid.windows, LANES), perChannel = pixels + grid.plane + filters * (p + wide);
  const { steps, most } = channelSteps(sizes, perChannel * bytes, stepBytes(context));
  const counts = [w.size, most * pixels, most * grid.plane, most * filters * wide, direct ? 0 : most * filters * p];
  return withScratch(
    context.scratch,
    [...counts.map((count) => count * bytes), taps * 8, isLarge(terms) ? grid.windows * 8 : 0],
    ([weight, image, spread, result, output, table, sums]) => {
      const to = transfers(problem, terms), sum = isLarge(terms) ? inSlabs(to, sums!) : plain(to);
      to.read(w, 0, w.size, weight!);
      to.table(table!, tapTable(terms));
      to.clear(spread!, most * grid.plane);
      for (const { start, count, parts } of steps) {
        to.read(x, start * pixels, count * pixels, image!);
        to.spread(count, image!, pixels, spread!);
        for (const { at, channel, count: own } of parts) {
          for (let filter = 0; filter < filters; filter++) {
            const kernel = weight! + (channel * filters + filter) * taps * bytes, kernelPlane = filters * taps * bytes;
            const source = spread! + at * grid.plane * bytes, target = result! + (at * filters + filter) * wide * bytes;
            const planes = [source, grid.plane * bytes, target, filters * wide * bytes] as const;
            sum(own, grid.windows, taps, table!, kernel, kernelPlane, ...planes);
          }
        }
        if (!direct) {
          const from = { address: result!, plane: wide, row: grid.width };
          to.rows(count * filters, sizes, from, { address: output!, plane: p, row: sizes.outputWidth });
        }
        to.write(y, start * filters * p, count * filters * p, direct ? result! : output!);
      }
    },
  );
}

/**
 * Computes the adjoint in `x`; returns false if scratch memory is too small. An element of a grid receives from every
 * window that sees it, which precedes it by the offset of the kernel's element. Zeros precede the windows.
 */
export function conv2dInputTaps<D extends DType>(problem: StagedConvolution<D>): boolean {
  const { context, sizes, x, w, y } = problem, { filters } = sizes, terms = termsOf(problem);
  const { grid, bytes, taps, p, pixels } = terms;
  const before = roundUp(Math.max(...grid.taps.map(({ offset, phase }) => offset - phase * grid.size)), LANES);
  const wide = before + Math.max(grid.size, roundUp(grid.windows, LANES));
  const perChannel = (pixels + grid.plane + filters * (p + wide)) * bytes;
  const { steps, most } = channelSteps(sizes, perChannel, stepBytes(context));
  const counts = [w.size, most * pixels, most * grid.plane, most * filters * wide, most * filters * p];
  return withScratch(
    context.scratch,
    [...counts.map((count) => count * bytes), filters * taps * 8, isLong(filters * taps, bytes) ? grid.size * 8 : 0],
    ([weight, image, spread, windows, given, table, sums]) => {
      const to = transfers(problem, terms), first = windows! + before * bytes;
      const slabs = inSlabs(to, sums!), whole = plain(to);
      const tables = writeTables(to.table, table!, phaseTables(terms, filters, wide));
      to.read(w, 0, w.size, weight!);
      to.clear(image!, most * pixels);
      to.clear(windows!, most * filters * wide);
      for (const { start, count, parts } of steps) {
        to.read(y, start * filters * p, count * filters * p, given!);
        const from = { address: given!, plane: p, row: sizes.outputWidth };
        to.rows(count * filters, sizes, from, { address: first, plane: wide, row: grid.width });
        for (const { at, channel, count: own } of parts) {
          const kernel = weight! + channel * filters * taps * bytes, kernelPlane = filters * taps * bytes;
          for (const { address, phase, entries } of tables) {
            const target = spread! + (at * grid.plane + phase * grid.size) * bytes;
            const planes = [
              first + at * filters * wide * bytes,
              filters * wide * bytes,
              target,
              grid.plane * bytes,
            ] as const;
            const sum = isLong(entries, bytes) ? slabs : whole;
            sum(own, grid.size, entries, address, kernel, kernelPlane, ...planes);
          }
        }
        to.collect(count, spread!, image!, pixels);
        to.write(x, start * pixels, count * pixels, image!);
      }
    },
  );
}

/**
 * The kernel `taps`: for each of some planes, `count` sums over the entries of a table, each a weight times an element
 * of the source. Addresses and the steps between planes are in bytes.
 */
type SumTaps = (
  planes: number,
  count: number,
  entries: number,
  table: number,
  weight: number,
  weightPlane: number,
  source: number,
  sourcePlane: number,
  target: number,
  targetPlane: number,
) => void;

/** Tells whether sums over the windows of several filters are added up in float64. */
const isLong = (entries: number, bytes: number): boolean => bytes === 4 && !isOneChain(entries, SLAB);

/** What {@link inSlabs} computes with. */
type SlabKernels = {
  readonly convolution: Kernels;
  readonly wideSums: (places: SumPlaces) => WideSums;
};

/** Tells whether a kernel has so many elements that its sums are added up in float64. */
const isLarge = ({ taps, bytes }: Terms): boolean => bytes === 4 && taps > UNCUT;

/** Returns the kernel `taps`. */
const plain = ({ convolution }: SlabKernels): SumTaps => convolution.taps! as SumTaps; // the kernel of this name has these parameters

/**
 * Returns the kernel `taps`, except that sums are added up in float64, one slab of entries after another.
 *
 * @param sums The address of memory for `count` float64 numbers.
 */
function inSlabs({ convolution, wideSums }: SlabKernels, sums: number): SumTaps {
  const taps = plain({ convolution, wideSums });
  return (planes, count, entries, table, weight, weightPlane, source, sourcePlane, target, targetPlane) => {
    for (let plane = 0; plane < planes; plane++) {
      const kernel = weight + plane * weightPlane,
        from = source + plane * sourcePlane,
        to = target + plane * targetPlane;
      const wide = wideSums({ part: to, wide: sums, count });
      for (let first = 0; first < entries; first += SLAB) {
        taps(1, count, Math.min(SLAB, entries - first), table + first * 8, kernel, 0, from, 0, to, 0);
        wide.carry(0, count);
      }
      wide.finish();
    }
  };
}

/** Returns, for each grid that windows see, the positions of every filter and tap among the kernels and the windows. */
function phaseTables({ grid, bytes, taps }: Terms, filters: number, wide: number) {
  return [...new Set(grid.taps.map(({ phase }) => phase))].map((phase) => ({
    phase,
    values: Array.from({ length: filters }, (_, filter) =>
      grid.taps.flatMap((tap, k) => {
        if (tap.phase !== phase) return [];
        return [(filter * taps + k) * bytes, (filter * wide + phase * grid.size - tap.offset) * bytes];
      })).flat(),
  }));
}

/** Writes tables one after the other. */
function writeTables(
  write: (address: number, values: readonly number[]) => void,
  start: number,
  tables: ReturnType<typeof phaseTables>,
) {
  let address = start;
  return tables.map(({ phase, values }) => {
    const table = { address, phase, entries: values.length / 2 };
    write(address, values);
    address += values.length * 4;
    return table;
  });
}

/** Computes the adjoint in `w`; returns false if scratch memory is too small. */
export const conv2dWeightTaps = <D extends DType>(problem: StagedConvolution<D>): boolean => addSteps(problem, tapSums);

/** Returns the sums of the adjoint in `w`, for any kernel and geometry. */
export function tapSums<D extends DType>(
  { context, sizes, x, w, y }: StagedConvolution<D>,
  terms: Terms,
): ChannelSums<D> {
  const { filters } = sizes, { grid, bytes, taps, p, pixels, flat } = terms, wide = flat ? p : grid.windows;
  return {
    lasting: [w.size * 8, taps * 8],
    channelBytes: (pixels + grid.plane + filters * (p + wide)) * bytes,
    passing: (channels) =>
      [pixels, grid.plane, filters * p, flat ? 0 : filters * wide].map((count) => channels * count * bytes),
    calls: (images) => images * filters + grid.moves.length + 3,
    begin: (to, [sums, table]) => {
      to.table(table!, tapTable(terms, 8));
      to.clear(sums!, w.size * 8 / bytes);
    },
    clear: (to, [, spread, , windows], channels) => {
      to.clear(spread!, channels * grid.plane);
      if (!flat) to.clear(windows!, channels * filters * wide);
    },
    add: (to, { count, runs, parts }, [sums, table], [image, spread, given, windows]) => {
      for (const { at, from, count } of runs) {
        to.read(x, from * pixels, count * pixels, image! + at * pixels * bytes);
        to.read(y, from * filters * p, count * filters * p, given! + at * filters * p * bytes);
      }
      to.spread(count, image!, pixels, spread!);
      if (!flat) {
        const from = { address: given!, plane: p, row: sizes.outputWidth };
        to.rows(count * filters, sizes, from, { address: windows!, plane: wide, row: grid.width });
      }
      const known = flat ? given! : windows!;
      for (const { at, channel, count: own } of parts) {
        for (let filter = 0; filter < filters; filter++) {
          const kernel = sums! + (channel * filters + filter) * taps * 8, kernelPlane = filters * taps * 8;
          const source = spread! + at * grid.plane * bytes, target = known + (at * filters + filter) * wide * bytes;
          const planes = [source, grid.plane * bytes, target, filters * wide * bytes] as const;
          to.convolution.tapProducts!(own, grid.windows, taps, table!, kernel, kernelPlane, ...planes);
        }
      }
    },
    finish: ([sums]) => w.data.set(context.scratch.float64.subarray(sums! / 8, sums! / 8 + w.size), w.offset),
  };
}

/**
 * Returns, for every tap, its position in the kernel and in the grids of a channel for the first window, in bytes.
 *
 * @param each The bytes of an element of a kernel.
 */
function tapTable({ grid, bytes }: Terms, each: number = bytes): readonly number[] {
  return grid.taps.flatMap(({ offset }, k) => [k * each, offset * bytes]);
}
