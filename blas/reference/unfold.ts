/**
 * Images written out window by window, so that a convolution becomes a matrix product, and back.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../convolution.ts";
import type { DataOf, DType, ReadonlyDataOf } from "../dtype.ts";
import type { View } from "../view.ts";

/** Rows of windows, from the first up to but not including the last. */
export type Band = { readonly first: number; readonly end: number };

/**
 * Receives one run of windows: the row `u` and column `v` of the kernel, the row `i` of windows, those from column `j` on
 * that see a column of the image there, their number, and where the first of them looks.
 */
export type VisitRun = (u: number, v: number, i: number, j: number, count: number, row: number, column: number) => void;

/** Visits, for every element of the kernel, the runs of windows that see the image through it and not the padding. */
export function forEachWindowRun(
  { height, width, kernelHeight, kernelWidth, outputWidth }: ConvolutionSizes,
  { stride, padding, dilation }: ConvolutionGeometry,
  { first, end }: Band,
  visit: VisitRun,
): void {
  for (let u = 0; u < kernelHeight; u++) {
    for (let v = 0; v < kernelWidth; v++) {
      const shift = v * dilation[1] - padding[1]; // window j looks at column j * stride + shift
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

/** Where the columns of one image's windows are, and what they are of. */
export type Unfolding<D extends DType> = {
  readonly sizes: ConvolutionSizes;
  readonly geometry: ConvolutionGeometry;
  readonly band: Band;
  /** A matrix: a row for each channel and element of the kernel, a column for each window of the band. */
  readonly columns: DataOf<D>;
};

/** Calls back with where the runs start in `columns` and in the channels of `x`, from one channel of one image on. */
function forEachPair<D extends DType>(
  { sizes, geometry, band }: Unfolding<D>,
  { stride, offset }: View<D>,
  image: number,
  firstChannel: number,
  visit: (p: number, q: number, count: number) => void,
): void {
  const { channels, kernelHeight, kernelWidth, outputWidth } = sizes, windows = (band.end - band.first) * outputWidth;
  const [batchStep, channelStep, rowStep, columnStep] = stride as readonly [number, number, number, number];
  for (let c = 0; c < channels; c++) {
    const plane = offset + image * batchStep + (firstChannel + c) * channelStep;
    forEachWindowRun(sizes, geometry, band, (u, v, i, j, count, row, column) => {
      const k = (c * kernelHeight + u) * kernelWidth + v;
      visit(k * windows + (i - band.first) * outputWidth + j, plane + row * rowStep + column * columnStep, count);
    });
  }
}

/** im2col: writes what every window of the band sees, 0 where it sees padding. */
export function unfold<D extends DType>(how: Unfolding<D>, x: View<D>, image: number, firstChannel: number): void {
  const { columns } = how, from = x.data as DataOf<D>, step = x.stride[3]! * how.geometry.stride[1];
  columns.fill(0);
  forEachPair(how, x, image, firstChannel, (p, q, count) => {
    for (let n = 0; n < count; n++, p++, q += step) columns[p] = from[q]!;
  });
}

/** col2im, the adjoint of {@link unfold}: adds every window's elements to the image where it saw them. */
export function fold<D extends DType>(how: Unfolding<D>, x: View<D>, image: number, firstChannel: number): void {
  const columns: ReadonlyDataOf<D> = how.columns, to = x.data as DataOf<D>;
  const step = x.stride[3]! * how.geometry.stride[1];
  forEachPair(how, x, image, firstChannel, (p, q, count) => {
    for (let n = 0; n < count; n++, p++, q += step) to[q] = to[q]! + columns[p]!;
  });
}
