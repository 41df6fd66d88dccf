/**
 * Convolutions as the engines see them: the geometry of the windows, and the sizes that follow from it.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type { MutableView, View } from "./view.ts";

/**
 * The positions of the windows of a convolution on an image of two axes: output `[i, j]` sees, for every `[u, v]` of
 * the kernel, input `[i * stride[0] - padding[0] + u * dilation[0], j * stride[1] - padding[1] + v * dilation[1]]`, and
 * 0 outside.
 */
export type ConvolutionGeometry = {
  /** The step from one window to the next, down and across, 1 or more. */
  readonly stride: readonly [height: number, width: number];
  /** The zeros added around the image, 0 or more. */
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
  /** The step from one element of a window to the next, down and across, 1 or more. */
  readonly dilation: readonly [height: number, width: number];
  /** The number of groups that the channels are split into; outputs of a group see only inputs of that group. */
  readonly groups: number;
};

/** Operands of {@link Engine.conv2d}. */
export type ConvolutionOperands<D extends DType> = {
  /** Where the windows lie. */
  readonly geometry: ConvolutionGeometry;
  /** The images, `[batch, channels, height, width]`, any strides. */
  readonly x: View<D>;
  /** The kernels, `[filters, channels / groups, kernel height, kernel width]`, any strides. */
  readonly w: View<D>;
  /** The result, `[batch, filters, output height, output width]`, row-major; it is overwritten. */
  readonly y: MutableView<D>;
};

/** Operands of {@link Engine.conv2dInput}: those of conv2d, but `x` is the result. */
export type ConvolutionInputOperands<D extends DType> = Omit<ConvolutionOperands<D>, "x" | "y"> & {
  /** Row-major; it is overwritten. */
  readonly x: MutableView<D>;
  /** Any strides. */
  readonly y: View<D>;
};

/** Operands of {@link Engine.conv2dWeight}: those of conv2d, but `w` is the result. */
export type ConvolutionWeightOperands<D extends DType> = Omit<ConvolutionOperands<D>, "w" | "y"> & {
  /** Row-major; it is overwritten. */
  readonly w: MutableView<D>;
  /** Any strides. */
  readonly y: View<D>;
};

/** Returns how many windows fit on an axis: less than 1 if the window is longer than the padded axis. */
export function windowCount(
  length: number,
  kernel: number,
  { stride, dilation, padding }: { readonly stride: number; readonly dilation: number; readonly padding: number },
): number {
  return Math.floor((length + padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** The sizes of a convolution. */
export type ConvolutionSizes = {
  readonly batch: number;
  /** Channels of the images, in one group. */
  readonly channels: number;
  /** Channels of the result, in one group. */
  readonly filters: number;
  readonly groups: number;
  readonly height: number;
  readonly width: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
};

/** Reads the sizes from the operands' shapes. */
export function sizesOf(
  { geometry: { groups }, x, w, y }: {
    readonly geometry: ConvolutionGeometry;
    readonly x: Pick<View, "shape">;
    readonly w: Pick<View, "shape">;
    readonly y: Pick<View, "shape">;
  },
): ConvolutionSizes {
  return {
    batch: x.shape[0]!,
    channels: w.shape[1]!,
    filters: w.shape[0]! / groups,
    groups,
    height: x.shape[2]!,
    width: x.shape[3]!,
    kernelHeight: w.shape[2]!,
    kernelWidth: w.shape[3]!,
    outputHeight: y.shape[2]!,
    outputWidth: y.shape[3]!,
  };
}

/** Tells whether a convolution is a plain matrix product: each window is one element, each element is in one window. */
export function isPointwise(
  { kernelHeight, kernelWidth }: ConvolutionSizes,
  { stride, padding }: ConvolutionGeometry,
): boolean {
  return kernelHeight === 1 && kernelWidth === 1 && stride.every((step) => step === 1) &&
    padding.every((count) => count === 0);
}
