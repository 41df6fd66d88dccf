/**
 * The layout of images in scratch memory while they are convolved.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../../convolution.ts";

/** A copy between an image and a grid: `rows` runs of `count` elements. All fields count elements. */
export type Move = {
  readonly rows: number;
  readonly count: number;
  /** The position of the first run in a plane of the image; the steps between its rows and elements follow. */
  readonly image: number;
  readonly imageRow: number;
  readonly imageStep: number;
  /** The position of the first run in a plane of the grid; elements are adjacent, rows {@link Grid.width} apart. */
  readonly grid: number;
};

/**
 * A channel of an image with its padding. Rows and columns are sorted by their remainder after division by the stride,
 * with a grid for every pair of remainders. Therefore the elements that one element of the kernel meets in neighbouring
 * windows are adjacent, whatever the stride; and since rows of windows are as long as rows of a grid, those of all
 * windows are one run, with a few elements between the rows that no window sees.
 */
export type Grid = {
  /** The number of elements in a row. */
  readonly width: number;
  /** The number of elements from one channel to the next: all its grids. */
  readonly plane: number;
  /** The number of elements in one grid, rounded up to whole vectors. */
  readonly size: number;
  /** The number of windows, including those between the rows: `(output height - 1) * width + output width`. */
  readonly windows: number;
  /** For every element of the kernel, row by row, the position that the first window sees there, and the grid. */
  readonly taps: readonly { readonly offset: number; readonly phase: number }[];
  /** The parts of the image, grid by grid. */
  readonly moves: readonly Move[];
  /** Whether the image itself is its grid. */
  readonly trivial: boolean;
};

/** The lanes of a float32 vector, twice those of a float64 vector. */
const LANES = 4;

/** Lays out the images of a convolution. */
export function gridOf(sizes: ConvolutionSizes, { stride, padding, dilation }: ConvolutionGeometry): Grid {
  const { height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes;
  // A single window along an axis may be any number of elements from the next, which does not exist.
  const down = outputHeight === 1 ? 1 : stride[0], across = outputWidth === 1 ? 1 : stride[1], [top, left] = padding;
  const rows = outputHeight + Math.floor((kernelHeight - 1) * dilation[0] / down);
  const columns = outputWidth + Math.floor((kernelWidth - 1) * dilation[1] / across);
  const size = Math.ceil(rows * columns / LANES) * LANES;
  const taps = Array.from({ length: kernelHeight * kernelWidth }, (_, k) => {
    const u = Math.floor(k / kernelWidth) * dilation[0], v = k % kernelWidth * dilation[1];
    const phase = u % down * across + v % across;
    return { offset: phase * size + Math.floor(u / down) * columns + Math.floor(v / across), phase };
  });
  const seen = new Set(taps.map(({ phase }) => phase));
  const moves = Array.from({ length: down * across }, (_, phase): Move => {
    const [i, row, rowCount] = inside(Math.floor(phase / across) - top, down, height, rows);
    const [j, column, count] = inside(phase % across - left, across, width, columns);
    return {
      rows: rowCount,
      count,
      image: row * width + column,
      imageRow: down * width,
      imageStep: across,
      grid: phase * size + i * columns + j,
    };
  }).filter(({ rows, count }, phase) => rows > 0 && count > 0 && seen.has(phase));
  const trivial = taps.length === 1 && down * across === 1 && columns === width && rows === height &&
    size === rows * columns &&
    top === 0 && left === 0;
  const windows = (outputHeight - 1) * columns + outputWidth;
  return { width: columns, plane: down * across * size, size, windows, taps, moves, trivial };
}

/**
 * Returns the positions `k` in `[0, most)` with `start + k * step` in `[0, length)`: the first `k`, its `start + k *
 * step`, and their number.
 */
function inside(start: number, step: number, length: number, most: number): readonly [number, number, number] {
  const first = Math.max(0, Math.ceil(-start / step)), end = Math.min(most, Math.ceil((length - start) / step));
  return [first, start + first * step, Math.max(0, end - first)];
}
