/**
 * The convolutional layer over one axis.
 *
 * @module
 */
import type { Complete } from "../blas/options.ts";
import type { DType } from "../blas/dtype.ts";
import * as either from "../blas/either.ts";
import { conv1d, type Convolution1dOptions } from "../autograd/ops/mod.ts";
import { planConvolution } from "../autograd/ops/convolution_shape.ts";
import type { Tensor } from "../autograd/tensor.ts";
import type { Bias } from "./bias.ts";
import { type ConvolutionForm, convolutionLayer, type ConvolutionLayerOptions } from "./convolution_layer.ts";
import { FAN_IN_UNIFORM } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import type { NoState } from "./make_layer.ts";

/**
 * The params of a convolutional layer over one axis.
 *
 * @typeParam D Their dtype.
 * @typeParam B Whether there is a bias, `[outChannels]`.
 */
export type Conv1dParams<D extends DType = DType, B extends boolean = boolean> = Bias<D, B> & {
  /** `[outChannels, inChannels / groups, kernel length]` */
  readonly weight: Tensor<D>;
};

/**
 * The options of {@link conv1dLayer}. Its name is `"Conv1D"` if left out. If `initializer` is left out, weight and bias start as
 * PyTorch's; with another, the bias at 0.
 */
export type Conv1dOptions<D extends DType = DType, B extends boolean = boolean> =
  & Convolution1dOptions
  & ConvolutionLayerOptions<D, B>;

const FORM: ConvolutionForm<Complete<Convolution1dOptions>> = /* @__PURE__ */ (() => ({
  kind: "conv1d",
  maker: "conv1dLayer",
  name: "Conv1D",
  axes: 1,
  settings: { stride: 1, padding: 0, dilation: 1, groups: 1 },
  initializer: FAN_IN_UNIFORM,
  fanInBias: true,
  channels: (inChannels, outChannels, groups) => [outChannels, inChannels / groups],
  outputShape: (call) =>
    either.map(({ shape }: { readonly shape: readonly number[] }) => shape)(planConvolution(call, 1)),
  convolve: conv1d,
}))();

/**
 * Makes a layer that convolves sequences with learned kernels: `activation(conv1d(x, weight, bias))`.
 *
 * Weight and bias start as PyTorch's `Conv1d`: uniform in `±1 / sqrt(inChannels / groups * kernelSize)`.
 *
 * @param inChannels Channels of `x`, which is `[inChannels, length]`, optionally with a batch axis in front.
 * @param outChannels Channels of the result.
 * @param kernelSize The length of the kernels.
 * @param options Stride, padding, dilation and groups as for `conv1d`, and the options of every layer; see {@link
 * Conv1dOptions}.
 * @throws {RangeError} If a size or setting is not a whole number or is too small, or groups do not divide the
 * channels.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 *
 * @example A causal convolution: padding on the left only
 * ```ts
 * import { conv1dLayer, forward, key, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = conv1dLayer(3, 16, 5, { padding: [4, 0] });
 * assertEquals(forward(layer, layer.init(key(0)), zeros([8, 3, 100])).shape, [8, 16, 100]);
 * ```
 */
export function conv1dLayer<D extends DType = "float32", B extends boolean = true>(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: Conv1dOptions<D, B> = {},
): Layer<Conv1dParams<D, B>, NoState> {
  const layer = convolutionLayer(FORM, inChannels, outChannels, kernelSize, options);
  return layer as Layer<Conv1dParams<D, B>, NoState>; // the specs say the dtype and whether there is a bias
}
