/**
 * Convolution and its two adjoints. Windows are unfolded into a matrix, a band of rows at a time, with one matrix
 * product for each band; if a window is one element, the image is that matrix; if every filter sees one channel, loops
 * are direct.
 *
 * Source: Chellapilla, Puri and Simard, High Performance Convolutional Neural Networks for Document Processing, 2006.
 *
 * @module
 */
import {
  type ConvolutionInputOperands,
  type ConvolutionOperands,
  type ConvolutionSizes,
  type ConvolutionWeightOperands,
  isPointwise,
  sizesOf,
} from "../convolution.ts";
import { type DType, newData } from "../dtype.ts";
import { allocate, isContiguous, type MutableView, transposeView, unsafeView, type View } from "../view.ts";
import { conv2dDepthwise, conv2dInputDepthwise, conv2dWeightDepthwise } from "./depthwise.ts";
import { addProduct, gemm } from "./gemm.ts";
import { copy } from "./level1.ts";
import { type Band, fold, unfold } from "./unfold.ts";

/** The largest number of elements to unfold at a time, unless one row of windows has more. */
const ELEMENTS = 0x4_0000;

/** Computes `y = conv(x, w)`. */
export function conv2d<D extends DType>(operands: ConvolutionOperands<D>): void {
  const sizes = sizesOf(operands), { geometry, y } = operands;
  if (sizes.channels === 1) return conv2dDepthwise(operands);
  const x = rowMajor(operands.x), w = rowMajor(operands.w), pointwise = isPointwise(sizes, geometry);
  const columns = newData(x.dtype, pointwise ? 0 : columnElements(sizes));
  forEachPart(sizes, pointwise, (image, group, band) => {
    const how = { sizes, geometry, band, columns };
    if (!pointwise) unfold(how, x, image, group * sizes.channels);
    const b = pointwise ? planes(x, sizes.channels, image, group, band) : columnMatrix<D>(how);
    gemm({ alpha: 1, a: kernels(w, sizes, group), b, beta: 0, c: planes(y, sizes.filters, image, group, band) });
  });
}

/** Computes the adjoint in `x`. */
export function conv2dInput<D extends DType>(operands: ConvolutionInputOperands<D>): void {
  const sizes = sizesOf(operands), { geometry, x } = operands;
  if (sizes.channels === 1) return conv2dInputDepthwise(operands);
  const w = rowMajor(operands.w), y = rowMajor(operands.y), pointwise = isPointwise(sizes, geometry);
  const columns = newData(x.dtype, pointwise ? 0 : columnElements(sizes));
  x.data.fill(0, x.offset, x.offset + x.size);
  forEachPart(sizes, pointwise, (image, group, band) => {
    const how = { sizes, geometry, band, columns };
    const c = pointwise ? planes(x, sizes.channels, image, group, band) : columnMatrix<D>(how);
    const a = transposeView(kernels(w, sizes, group)), b = planes(y, sizes.filters, image, group, band);
    gemm({ alpha: 1, a, b, beta: 0, c });
    if (!pointwise) fold(how, x, image, group * sizes.channels);
  });
}

/** Computes the adjoint in `w`. */
export function conv2dWeight<D extends DType>(operands: ConvolutionWeightOperands<D>): void {
  const sizes = sizesOf(operands), { geometry, w } = operands;
  if (sizes.channels === 1) return conv2dWeightDepthwise(operands);
  const x = rowMajor(operands.x), y = rowMajor(operands.y), pointwise = isPointwise(sizes, geometry);
  const columns = newData(x.dtype, pointwise ? 0 : columnElements(sizes));
  const { filters, groups } = sizes, size = w.size / groups;
  const sums = Array.from({ length: groups }, () => new Float64Array(size));
  forEachPart(sizes, pointwise, (image, group, band) => {
    const how = { sizes, geometry, band, columns };
    if (!pointwise) unfold(how, x, image, group * sizes.channels);
    const b = transposeView<D>(pointwise ? planes(x, sizes.channels, image, group, band) : columnMatrix<D>(how));
    addProduct(sums[group]!, planes(y, filters, image, group, band), b);
  });
  sums.forEach((of, group) => w.data.set(of, w.offset + group * size));
}

/** Returns the number of rows of windows in a band. */
const bandRows = ({ channels, kernelHeight, kernelWidth, outputHeight, outputWidth }: ConvolutionSizes): number =>
  Math.min(outputHeight, Math.max(1, Math.floor(ELEMENTS / (channels * kernelHeight * kernelWidth * outputWidth))));

const columnElements = (sizes: ConvolutionSizes): number =>
  sizes.channels * sizes.kernelHeight * sizes.kernelWidth * bandRows(sizes) * sizes.outputWidth;

/** Visits all bands of all groups of all images; if nothing is unfolded, a whole image is one band. */
function forEachPart(
  sizes: ConvolutionSizes,
  whole: boolean,
  visit: (image: number, group: number, band: Band) => void,
): void {
  const { batch, groups, outputHeight } = sizes, rows = whole ? outputHeight : bandRows(sizes);
  for (let image = 0; image < batch; image++) {
    for (let group = 0; group < groups; group++) {
      for (let first = 0; first < outputHeight; first += rows) {
        visit(image, group, { first, end: Math.min(first + rows, outputHeight) });
      }
    }
  }
}

/** Returns the kernels of a group as a matrix: a row for each filter, a column for each element of a window. */
function kernels<D extends DType>(w: View<D>, sizes: ConvolutionSizes, group: number): MutableView<D> {
  const { filters, channels, kernelHeight, kernelWidth } = sizes, length = channels * kernelHeight * kernelWidth;
  return unsafeView(w.data, [filters, length], [length, 1], w.offset + group * filters * length);
}

/** Returns a band of one image, for the channels of a group, as a matrix: a row for each channel. */
function planes<D extends DType>(
  { data, shape, offset }: View<D>,
  channels: number,
  image: number,
  group: number,
  { first, end }: Band,
): MutableView<D> {
  const width = shape[3]!, size = shape[2]! * width, start = image * shape[1]! + group * channels;
  return unsafeView(data, [channels, (end - first) * width], [size, 1], offset + start * size + first * width);
}

/** Returns the unfolded windows as a matrix: a row for each element of a window, a column for each window. */
function columnMatrix<D extends DType>(
  { sizes, band, columns }: Parameters<typeof unfold<D>>[0],
): MutableView<D> {
  const { channels, kernelHeight, kernelWidth, outputWidth } = sizes, windows = (band.end - band.first) * outputWidth;
  return unsafeView<D>(columns, [channels * kernelHeight * kernelWidth, windows], [windows, 1], 0);
}

/** Returns the view itself if it is row-major, otherwise a row-major copy. */
export function rowMajor<D extends DType>(v: View<D>): View<D> {
  if (isContiguous(v)) return v;
  const y = allocate(v.dtype, v.shape);
  copy({ x: v, y });
  return y;
}
