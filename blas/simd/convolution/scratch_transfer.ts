/**
 * Scratch memory for one convolution, and the copies into and out of it.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../../convolution.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { MutableView } from "../../view.ts";
import { DEFAULT_BLOCKS, isOneChain, passOf, rowsOf } from "../block_sizes.ts";
import type { Context, Kernel } from "../kernels.ts";
import { TILE_ROWS, TILE_VECTORS } from "../micro_kernel.ts";
import { fits } from "../room.ts";
import { LARGE_ALIGNMENT, MARGIN, type Scratch } from "../scratch.ts";
import { type Grid, gridOf } from "./grid.ts";
import { CONVOLUTION_KERNELS } from "./kernel.ts";
import { type SumPlaces, type WideSums, wideSums } from "../wide_sums.ts";
import { GEMM_KERNELS } from "../gemm_kernel.ts";

/** A convolution of row-major arrays, one of which is written. */
export type StagedConvolution<D extends DType> = {
  readonly context: Context;
  readonly sizes: ConvolutionSizes;
  readonly geometry: ConvolutionGeometry;
  readonly x: MutableView<D>;
  readonly w: MutableView<D>;
  readonly y: MutableView<D>;
};

/** Quantities derived from a problem, with the field's letters. */
export type Terms = {
  readonly grid: Grid;
  /** The number of bytes in an element. */
  readonly bytes: number;
  /** The number of columns in a tile of `gemm`. */
  readonly width: number;
  /** The number of elements of a kernel in one channel; `k` counts those in all channels that it sees. */
  readonly taps: number;
  readonly k: number;
  /** The number of windows, without those between rows. */
  readonly p: number;
  /** The number of elements in one channel of an image. */
  readonly pixels: number;
  /** Whether no windows lie between rows, so that results can be copied out from where they are computed. */
  readonly flat: boolean;
};

/** Computes the terms of a problem; once where all problems of a recording have the same. */
export function termsOf<D extends DType>(problem: StagedConvolution<D>): Terms {
  return problem.context.recording?.once("terms", () => computeTerms(problem)) ?? computeTerms(problem);
}

function computeTerms<D extends DType>({ sizes, geometry, x }: StagedConvolution<D>): Terms {
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
 * Reserves regions of the given sizes in bytes, runs `work` with their addresses, and releases them.
 *
 * @returns False, without running `work`, if scratch memory is too small.
 */
export function withScratch(
  scratch: Scratch,
  regions: readonly number[],
  work: (addresses: readonly number[]) => void,
): boolean {
  const mark = scratch.mark();
  if (!fits(scratch, regions.reduce((sum, bytes) => sum + bytes + MARGIN + LARGE_ALIGNMENT, 0))) return false;
  try {
    work(regions.map((bytes) => scratch.reserve(bytes + MARGIN)));
  } finally {
    scratch.release(mark);
  }
  return true;
}

/** The position of elements: an address, and the bytes between planes, rows and neighbours. */
type Place = readonly [address: number, plane: number, row: number, step: number];

/** Returns the kernels of convolution, and copies between arrays and scratch memory. Call it after reserving memory. */
export function transfers<D extends DType>(
  { context: { scratch, kernels, recording }, x: { dtype } }: StagedConvolution<D>,
  { grid, bytes }: Terms,
) {
  const later = recording?.later ?? ((copy: () => void) => copy());
  const heap = scratch.data(dtype), convolution = kernels(CONVOLUTION_KERNELS, dtype), move = convolution.move!;
  /** Sets bytes to 0, in the order of the kernels. */
  const clear = (address: number, size: number): void => {
    if (recording === undefined) heap.fill(0, address / bytes, (address + size) / bytes);
    else convolution.clear!(address, size);
  };
  /** Visits the parts of an image that grids hold, with their places in the image and in the grids. */
  const forEachPart = (
    image: number,
    imagePlane: number,
    grids: number,
    visit: (rows: number, count: number, inImage: Place, inGrid: Place) => void,
  ): void => {
    for (const { rows, count, image: start, imageRow, imageStep, grid: at } of grid.moves) {
      visit(
        rows,
        count,
        [image + start * bytes, imagePlane * bytes, imageRow * bytes, imageStep * bytes],
        [grids + at * bytes, grid.plane * bytes, grid.width * bytes, bytes],
      );
    }
  };
  return {
    gemm: kernels(GEMM_KERNELS, dtype).gemm!,
    convolution,
    /** Accumulates sums of float32 in float64. */
    wideSums: (places: SumPlaces): WideSums => wideSums(clear, convolution, places),
    /** Copies elements of an array in. */
    read: ({ data, offset }: MutableView<D>, start: number, count: number, address: number): void => {
      if (recording?.isThere(data, offset + start, address) === true) return;
      heap.set(data.subarray(offset + start, offset + start + count), address / bytes);
    },
    /** Copies elements out. */
    write: ({ data, offset }: MutableView<D>, start: number, count: number, address: number): void =>
      later(() => data.set(heap.subarray(address / bytes, address / bytes + count), offset + start)),
    /** Sets elements to 0. */
    clear: (address: number, count: number): void => clear(address, count * bytes),
    /** Copies channels of an image to grids. */
    spread: (planes: number, image: number, imagePlane: number, target: number): void =>
      forEachPart(
        image,
        imagePlane,
        target,
        (rows, count, inImage, inGrid) => move(planes, rows, count, ...inImage, ...inGrid),
      ),
    /** Copies grids back to channels of an image. */
    collect: (planes: number, source: number, image: number, imagePlane: number): void =>
      forEachPart(
        image,
        imagePlane,
        source,
        (rows, count, inImage, inGrid) => move(planes, rows, count, ...inGrid, ...inImage),
      ),
    /** Copies rows of windows from rows of one length to rows of another. */
    rows: (planes: number, { outputHeight, outputWidth }: ConvolutionSizes, from: Rows, to: Rows): void => {
      const place = (rows: Rows): Place => [rows.address, rows.plane * bytes, rows.row * bytes, bytes];
      move(planes, outputHeight, outputWidth, ...place(from), ...place(to));
    },
    /** Writes 32-bit integers. */
    table: (address: number, values: readonly number[]): void =>
      new Int32Array(scratch.memory.buffer, address, values.length).set(values),
  };
}

/** What {@link transfers} returns. */
export type Transfers<D extends DType> = ReturnType<typeof transfers<D>>;

/** Rows of windows of several channels: the first address, and the steps in elements between channels and rows. */
export type Rows = { readonly address: number; readonly plane: number; readonly row: number };

/** One product by the kernel `gemm`, `c = a * b + beta * c`; rows of `a` and `c` are contiguous. Steps are in bytes. */
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
  /** The memory for packed `b`; it is packed already if `b` is omitted. */
  readonly panels: number;
  /** The memory for a tile. */
  readonly spare: number;
  /** The most steps of `k` in one pass, whose products are summed before they are added to `c`. */
  readonly most: number;
};

/** Computes the product. */
export function multiply(
  gemm: Kernel,
  dtype: DType,
  { m, n, k, a, aRow, b, c, cRow, beta, panels, spare, most }: Product,
): void {
  const bytes = BYTES_PER_ELEMENT[dtype], rows = rowsOf(k * bytes, DEFAULT_BLOCKS);
  const pass = passOf(k, isOneChain(k, most) ? k : most), packed = b === undefined ? 1 : 0;
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

/** Returns the number of bytes in a tile of `gemm`. */
export const tileBytes = (): number => TILE_ROWS * TILE_VECTORS * 16;
