/**
 * Unfolding images into a matrix of windows, which makes a convolution a matrix product, and the adjoint.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../convolution.ts";
import type { DataOf, DType, ReadonlyDataOf } from "../dtype.ts";
import type { View } from "../view.ts";

/** A range of rows of windows; `end` is exclusive. */
export type Band = { readonly first: number; readonly end: number };

/**
 * Receives one run of windows: row `u` and column `v` of the kernel, row `i` and first column `j` of the windows, their
 * number, and the row and column of the image that the first of them sees there.
 */
export type VisitRun = (u: number, v: number, i: number, j: number, count: number, row: number, column: number) => void;

/** Visits, for every element of the kernel, the runs of windows that see the image there rather than padding. */
export function forEachWindowRun(
  { height, width, kernelHeight, kernelWidth, outputWidth }: ConvolutionSizes,
  { stride, padding, dilation }: ConvolutionGeometry,
  { first, end }: Band,
  visit: VisitRun,
): void {
  for (let u = 0; u < kernelHeight; u++) {
    for (let v = 0; v < kernelWidth; v++) {
      const shift = v * dilation[1] - padding[1]; // window j sees column j * stride + shift
      const j = Math.max(0, Math.ceil(-shift / stride[1]));
      const count = Math.min(outputWidth, Math.floor((width - 1 - shift) / stride[1]) + 1) - j;
      if (count <= 0) continue;
      for (let i = first; i < end; i++) {
        const row = i * stride[0] - padding[0] + u * dilation[0];
        if (row >= 0 && row < height) visit(u, v, i, j, count, row, j * stride[1] + shift);
      }
    }
  }
}

/** The matrix of unfolded windows, and the convolution that it belongs to. */
export type Unfolding<D extends DType> = {
  readonly sizes: ConvolutionSizes;
  readonly geometry: ConvolutionGeometry;
  readonly band: Band;
  /** A matrix: a row for each channel and element of the kernel, a column for each window of the band. */
  readonly columns: DataOf<D>;
};

/** Calls back with the positions of runs in `columns` and in `x`, starting at one channel of one image. */
function forEachPair<D extends DType>(
  { sizes, geometry, band }: Unfolding<D>,
  { stride, offset }: View<D>,
  image: number,
  firstChannel: number,
  visit: (p: number, q: number, count: number) => void,
): void {
  const { channels, kernelHeight, kernelWidth, outputWidth } = sizes, windows = (band.end - band.first) * outputWidth;
  // Images or kernels: four axes.
  const [batchStep, channelStep, rowStep, columnStep] = stride as readonly [number, number, number, number];
  for (let c = 0; c < channels; c++) {
    const plane = offset + image * batchStep + (firstChannel + c) * channelStep;
    forEachWindowRun(sizes, geometry, band, (u, v, i, j, count, row, column) => {
      const k = (c * kernelHeight + u) * kernelWidth + v;
      visit(k * windows + (i - band.first) * outputWidth + j, plane + row * rowStep + column * columnStep, count);
    });
  }
}

/** Writes the elements that every window of the band sees, 0 for padding (im2col). */
export function unfold<D extends DType>(how: Unfolding<D>, x: View<D>, image: number, firstChannel: number): void {
  const { columns } = how, from = x.data as DataOf<D>, step = x.stride[3]! * how.geometry.stride[1]; // only read here
  columns.fill(0);
  forEachPair(how, x, image, firstChannel, (p, q, count) => {
    for (let n = 0; n < count; n++, p++, q += step) columns[p] = from[q]!;
  });
}

/** Adds every window's elements to the image where it saw them: the adjoint of {@link unfold} (col2im). */
export function fold<D extends DType>(how: Unfolding<D>, x: View<D>, image: number, firstChannel: number): void {
  const columns: ReadonlyDataOf<D> = how.columns, to = x.data as DataOf<D>; // a result, which the caller has allocated
  const step = x.stride[3]! * how.geometry.stride[1];
  forEachPair(how, x, image, firstChannel, (p, q, count) => {
    for (let n = 0; n < count; n++, p++, q += step) to[q] = to[q]! + columns[p]!;
  });
}
