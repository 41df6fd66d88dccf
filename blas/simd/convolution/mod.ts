/**
 * Convolution and its adjoints of the `simd` engine.
 *
 * @module
 */
import {
  type ConvolutionGeometry,
  type ConvolutionInputOperands,
  type ConvolutionOperands,
  type ConvolutionSizes,
  type ConvolutionWeightOperands,
  sizesOf,
} from "../../convolution.ts";
import type { DataOf, DType } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import * as reference from "../../reference/convolution.ts";
import { coalesce, forEachRun } from "../../walk.ts";
import { copy as copyByLoops } from "../../reference/level1.ts";
import { rowMajorStrides } from "../../shape.ts";
import { allocate, isContiguous, type MutableView, sliceView, unsafeView, type View } from "../../view.ts";
import { copy } from "../copy.ts";
import type { Context } from "../kernels.ts";
import { asum } from "../level1.ts";
import { conv2dInputTaps, conv2dTaps, conv2dWeightTaps } from "./depthwise.ts";
import { conv2dInputProduct, conv2dProduct } from "./product.ts";
import type { StagedConvolution } from "./scratch_transfer.ts";
import { conv2dThreeByThree, conv2dWeightThreeByThree, isThreeByThree } from "./three_by_three.ts";
import { conv2dWeightProduct } from "./weight_product.ts";

/** The most windows in a row that a lane can add up in float32 without losing digits. */
const WIDEST = 256;

/** The convolution functions of an engine. */
export type Convolution = Pick<Engine, "conv2d" | "conv2dInput" | "conv2dWeight">;

/** One way to compute a convolution or an adjoint; it returns false if scratch memory is too small. */
export type ConvolutionKernel = <D extends DType>(problem: StagedConvolution<D>) => boolean;

/**
 * Returns the convolution functions that compute with a context.
 *
 * @param run Runs the way that has been chosen. Default: calls it.
 */
export function convolutionOn(
  context: Context,
  run: (compute: ConvolutionKernel, problem: StagedConvolution<DType>) => boolean = (compute, problem) =>
    compute(problem),
): Convolution {
  const self: Convolution = {
    conv2d: <D extends DType>(operands: ConvolutionOperands<D>): void => {
      const sizes = sizesOf(operands), { geometry, y } = operands;
      if (isEmpty(sizes)) return clear(y);
      const x = rowMajor(context, operands.x), w = rowMajor(context, operands.w);
      const small = isThreeByThree(sizes, geometry, y.data.BYTES_PER_ELEMENT);
      const compute = small ? conv2dThreeByThree : sizes.channels === 1 ? conv2dTaps : conv2dProduct;
      if (run(compute, { context, sizes, geometry, x, w, y })) return;
      if (sizes.outputHeight === 1) return reference.conv2d(operands);
      for (const half of halves({ ...operands, y })) {
        const part = allocate(y.dtype, half.y.shape);
        self.conv2d({ geometry: half.geometry, x: half.x, w: operands.w, y: part });
        copy(context, { x: part, y: half.y });
      }
    },
    conv2dInput: <D extends DType>(operands: ConvolutionInputOperands<D>): void => {
      const sizes = sizesOf(operands), { geometry, x } = operands;
      if (isEmpty(sizes)) return clear(x);
      // Kernels multiply zeros where windows beyond the edge would be: times infinity, they are NaN where no window exists.
      if (!isFinite(context, operands.w)) return reference.conv2dInput(operands);
      const equivalent = asConvolution(operands, sizes);
      if (equivalent !== undefined) return self.conv2d(equivalent);
      const w = rowMajor(context, operands.w), y = rowMajor(context, operands.y);
      const compute = sizes.channels === 1 ? conv2dInputTaps : conv2dInputProduct;
      if (run(compute, { context, sizes, geometry, x, w, y })) return;
      if (sizes.outputHeight === 1) return reference.conv2dInput(operands);
      clear(x);
      for (const half of halves({ ...operands, x })) {
        const part = allocate(x.dtype, half.x.shape);
        self.conv2dInput({ geometry: half.geometry, x: part, w: operands.w, y: half.y });
        addTo(part, half.x);
      }
    },
    conv2dWeight: <D extends DType>(operands: ConvolutionWeightOperands<D>): void => {
      const sizes = sizesOf(operands), { geometry, w } = operands;
      if (isEmpty(sizes)) return clear(w);
      const x = rowMajor(context, operands.x), y = rowMajor(context, operands.y);
      const small = sizes.outputWidth <= WIDEST && isThreeByThree(sizes, geometry, w.data.BYTES_PER_ELEMENT);
      const compute = small ? conv2dWeightThreeByThree : sizes.channels === 1 ? conv2dWeightTaps : conv2dWeightProduct;
      if (run(compute, { context, sizes, geometry, x, w, y })) {
        // Kernels also multiply the elements between windows by 0: infinite ones would give NaN.
        if (!isFinite(context, w)) reference.conv2dWeight(operands);
        return;
      }
      if (sizes.outputHeight === 1) return reference.conv2dWeight(operands);
      clear(w);
      for (const half of halves({ ...operands, w })) {
        const part = allocate(w.dtype, w.shape);
        self.conv2dWeight({ geometry: half.geometry, x: half.x, w: part, y: half.y });
        addTo(part, w);
      }
    },
  };
  return self;
}

/** Tells whether all sums are empty. */
const isEmpty = ({ batch, channels, filters, groups, height, width }: ConvolutionSizes): boolean =>
  batch * channels * filters * groups * height * width === 0;

function clear<D extends DType>({ data, offset, size }: MutableView<D>): void {
  data.fill(0, offset, offset + size);
}

/** Tells whether all elements are finite, and so small that sums of a few are, too. */
function isFinite<D extends DType>(context: Context, x: View<D>): boolean {
  const { data, offset, size } = isContiguous(x) ? x : rowMajor(context, x);
  if (size > SMALL) {
    return Number.isFinite(asum(context, unsafeView<D>(data, [size], [1], offset)));
  }
  for (let k = 0; k < size; k++) if (!Number.isFinite(data[offset + k]!)) return false;
  return true;
}

/** Up to this many elements, a loop is faster than a kernel. */
const SMALL = 512;

/** Returns the view itself if it is row-major, otherwise a row-major copy; it is only read. */
function rowMajor<D extends DType>(context: Context, x: View<D>): MutableView<D> {
  if (isContiguous(x)) return x as MutableView<D>; // only read, as a copy would be
  const y = allocate(x.dtype, x.shape);
  copy(context, { x, y });
  return y;
}

/**
 * Returns the adjoint in the images as a convolution of the windows, with filters and channels exchanged, flipped
 * kernels and other padding, if windows are one step apart. It returns `undefined` if several filters see only one
 * channel, because other ways are faster.
 */
function asConvolution<D extends DType>(
  { geometry, x, w, y }: ConvolutionInputOperands<D>,
  { channels, filters, groups, kernelHeight, kernelWidth }: ConvolutionSizes,
): ConvolutionOperands<D> | undefined {
  const { stride, padding: [top, left, bottom, right], dilation } = geometry;
  if (stride[0] !== 1 || stride[1] !== 1 || (channels === 1 && filters > 1)) return undefined;
  const down = dilation[0] * (kernelHeight - 1), across = dilation[1] * (kernelWidth - 1);
  // Images or kernels: four axes.
  const [filterStep, channelStep, rowStep, columnStep] = w.stride as readonly [number, number, number, number];
  const kernels = allocate(w.dtype, [groups * channels, filters, kernelHeight, kernelWidth]);
  const from = unsafeView(
    w.data,
    [groups, channels, filters, kernelHeight, kernelWidth],
    [filters * filterStep, channelStep, filterStep, -rowStep, -columnStep],
    w.offset + (kernelHeight - 1) * rowStep + (kernelWidth - 1) * columnStep,
  );
  copyByLoops({
    x: from,
    y: unsafeView(kernels.data, from.shape, rowMajorStrides(from.shape), kernels.offset),
  });
  const padding = [down - top, across - left, down - bottom, across - right] as const;
  return { geometry: { ...geometry, padding }, x: y, w: kernels, y: x };
}

/** A part of a convolution; the caller writes to one of the arrays. */
type Part<D extends DType> = {
  readonly geometry: ConvolutionGeometry;
  readonly x: MutableView<D>;
  readonly y: MutableView<D>;
};

/** Divides a convolution that is too large for scratch memory into the upper and the lower rows of windows. */
function halves<D extends DType>(
  { geometry, x, w, y }: Record<"x" | "w" | "y", View<D>> & { readonly geometry: ConvolutionGeometry },
): readonly Part<D>[] {
  const rows = y.shape[2]!, height = x.shape[2]!, middle = rows >> 1;
  const { stride, padding: [top, left, , right], dilation } = geometry;
  return [[0, middle], [middle, rows]].map(([first, end]) => {
    const above = first! * stride[0] - top, below = (end! - 1) * stride[0] - top + dilation[0] * (w.shape[2]! - 1) + 1;
    const start = Math.min(Math.max(above, 0), height), stop = Math.max(start, Math.min(below, height));
    return {
      geometry: { ...geometry, padding: [start - above, left, below - stop, right] as const },
      x: rowsOf(x, start, stop - start),
      y: rowsOf(y, first!, end! - first!),
    };
  });
}

const rowsOf = <D extends DType>(v: View<D>, start: number, count: number): MutableView<D> =>
  sliceView(
    v,
    v.shape.map((length, axis) => axis === 2 ? { start, step: 1, count } : { start: 0, step: 1, count: length }),
  );

/** Adds the elements of one array to those of another of the same shape. */
function addTo<D extends DType>(x: View<D>, y: MutableView<D>): void {
  // Only read here.
  const walk = coalesce(x.shape, [x.stride, y.stride]), count = walk.shape.at(-1)!, from = x.data as DataOf<D>;
  const [step, yStep] = walk.strides.map((strides) => strides.at(-1)!) as [number, number]; // a step of each operand
  forEachRun(walk, [x.offset, y.offset], ([p, q]) => {
    for (let i = 0; i < count; i++) y.data[q! + i * yStep] = y.data[q! + i * yStep]! + from[p! + i * step]!;
  });
}
