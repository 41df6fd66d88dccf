/**
 * Room in scratch memory for one convolution, and what moves in and out of it.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../../convolution.ts";
import { BYTES_PER_ELEMENT, type DataOf, type DType } from "../../dtype.ts";
import type { MutableView } from "../../view.ts";
import { DEFAULT_BLOCKS, passOf, rowsOf } from "../block_sizes.ts";
import type { Context, Kernel } from "../kernels.ts";
import { TILE_ROWS, TILE_VECTORS } from "../micro_kernel.ts";
import { LARGE_ALIGNMENT, MARGIN, type Scratch } from "../scratch.ts";
import { type Grid, gridOf } from "./grid.ts";

/** A convolution of row-major arrays; one of them is written. */
export type StagedConvolution<D extends DType> = {
  readonly context: Context;
  readonly sizes: ConvolutionSizes;
  readonly geometry: ConvolutionGeometry;
  readonly x: MutableView<D>;
  readonly w: MutableView<D>;
  readonly y: MutableView<D>;
};

/** What follows from a problem, by the letters that the field uses. */
export type Terms = {
  readonly grid: Grid;
  /** Bytes of an element. */
  readonly bytes: number;
  /** Columns of a tile of `gemm`. */
  readonly width: number;
  /** Elements of a kernel, one channel; and all channels that it sees. */
  readonly taps: number;
  readonly k: number;
  /** Windows, those between rows left out. */
  readonly p: number;
  /** Elements of one channel of an image. */
  readonly pixels: number;
  /** Whether there are no windows between rows: results can be computed where they go out from. */
  readonly flat: boolean;
};

/** Works out the terms of a problem. */
export function termsOf<D extends DType>({ sizes, geometry, x }: StagedConvolution<D>): Terms {
  const grid = gridOf(sizes, geometry), bytes = BYTES_PER_ELEMENT[x.dtype];
  const taps = sizes.kernelHeight * sizes.kernelWidth;
  return {
    grid,
    bytes,
    width: TILE_VECTORS * 16 / bytes,
    taps,
    k: sizes.channels * taps,
    p: sizes.outputHeight * sizes.outputWidth,
    pixels: sizes.height * sizes.width,
    flat: grid.width === sizes.outputWidth,
  };
}

/**
 * Reserves rooms of so many bytes, one after another, and gives them back afterwards.
 *
 * @returns Whether there was room; nothing is done otherwise.
 */
export function withScratch(
  scratch: Scratch,
  rooms: readonly number[],
  work: (addresses: readonly number[]) => void,
): boolean {
  const mark = scratch.mark();
  if (rooms.reduce((sum, bytes) => sum + bytes + MARGIN + LARGE_ALIGNMENT, mark) > scratch.maximumBytes) return false;
  try {
    work(rooms.map((bytes) => scratch.reserve(bytes + MARGIN)));
  } finally {
    scratch.release(mark);
  }
  return true;
}

/** The kernels of convolution, and moves between arrays and scratch memory. To be made when rooms are reserved. */
export function transfers<D extends DType>(
  { context: { scratch, kernels }, x: { dtype } }: StagedConvolution<D>,
  { grid, bytes }: Terms,
) {
  const heap = scratch.data(dtype), convolution = kernels("convolution", dtype), move = convolution.move!;
  return {
    gemm: kernels("gemm", dtype).gemm!,
    convolution,
    /** Copies elements of an array in. */
    read: ({ data, offset }: MutableView<D>, start: number, count: number, address: number): void =>
      heap.set((data as DataOf<D>).subarray(offset + start, offset + start + count), address / bytes),
    /** Copies elements out. */
    write: ({ data, offset }: MutableView<D>, start: number, count: number, address: number): void =>
      (data as DataOf<D>).set(heap.subarray(address / bytes, address / bytes + count), offset + start),
    /** Makes elements 0. */
    clear: (address: number, count: number): void => void heap.fill(0, address / bytes, address / bytes + count),
    /** Brings channels of an image into grids. */
    spread: (planes: number, image: number, imagePlane: number, target: number): void => {
      for (const { rows, count, image: start, imageRow, imageStep, grid: at } of grid.moves) {
        const to = target + at * bytes, row = grid.width * bytes;
        move(
          planes,
          rows,
          count,
          image + start * bytes,
          imagePlane * bytes,
          imageRow * bytes,
          imageStep * bytes,
          to,
          grid.plane * bytes,
          row,
          bytes,
        );
      }
    },
    /** Brings grids back into channels of an image. */
    collect: (planes: number, source: number, image: number, imagePlane: number): void => {
      for (const { rows, count, image: start, imageRow, imageStep, grid: at } of grid.moves) {
        const from = source + at * bytes, row = grid.width * bytes;
        move(
          planes,
          rows,
          count,
          from,
          grid.plane * bytes,
          row,
          bytes,
          image + start * bytes,
          imagePlane * bytes,
          imageRow * bytes,
          imageStep * bytes,
        );
      }
    },
    /** Copies rows of windows from rows of one length to rows of another. */
    rows: (planes: number, { outputHeight, outputWidth }: ConvolutionSizes, from: Rows, to: Rows): void => {
      const step = (rows: Rows) => [rows.address, rows.plane * bytes, rows.row * bytes, bytes] as const;
      move(planes, outputHeight, outputWidth, ...step(from), ...step(to));
    },
    /** Writes 32-bit integers. */
    table: (address: number, values: readonly number[]): void =>
      new Int32Array(scratch.memory.buffer, address, values.length).set(values),
  };
}

/** Rows of windows of several channels: where they begin, and elements from one channel and one row to the next. */
export type Rows = { readonly address: number; readonly plane: number; readonly row: number };

/** One product by the kernel `gemm`, `c = a * b + beta * c`; rows of `a` and `c` are runs. Addresses, and steps in bytes. */
export type Product = {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly aRow: number;
  readonly b?: { readonly address: number; readonly row: number; readonly column: number };
  readonly c: number;
  readonly cRow: number;
  readonly beta: number;
  /** Room for `b`, packed; it is there already where `b` is left out. */
  readonly panels: number;
  /** Room for a tile. */
  readonly spare: number;
};

/** Calls the kernel. */
export function multiply(
  gemm: Kernel,
  dtype: DType,
  { m, n, k, a, aRow, b, c, cRow, beta, panels, spare }: Product,
): void {
  const bytes = BYTES_PER_ELEMENT[dtype], rows = rowsOf(k * bytes, DEFAULT_BLOCKS);
  const pass = passOf(k, DEFAULT_BLOCKS.depth[dtype]), packed = b === undefined ? 1 : 0;
  const { address, row, column } = b ?? { address: 0, row: 0, column: 0 };
  gemm(
    1,
    m,
    n,
    k,
    a,
    0,
    aRow,
    bytes,
    address,
    0,
    row,
    column,
    c,
    0,
    cRow,
    rows,
    pass,
    0,
    0,
    panels,
    spare,
    packed,
    1,
    beta,
  );
}

/** Bytes of a tile of `gemm`. */
export const TILE_BYTES = TILE_ROWS * TILE_VECTORS * 16;
