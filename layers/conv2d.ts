/**
 * The convolutional layer.
 *
 * @module
 */
import type { Complete } from "../blas/options.ts";
import type { DType } from "../blas/dtype.ts";
import * as either from "../blas/either.ts";
import { conv2d, type ConvolutionOptions, type PerAxis } from "../autograd/ops/mod.ts";
import { planConvolution } from "../autograd/ops/convolution_shape.ts";
import type { Tensor } from "../autograd/tensor.ts";
import type { Bias } from "./bias.ts";
import { type ConvolutionForm, convolutionLayer, type ConvolutionLayerOptions } from "./convolution_layer.ts";
import { HE_NORMAL } from "./initializers.ts";
import { isOfKind, type Layer } from "./layer.ts";
import type { NoState } from "./make_layer.ts";

/**
 * The params of a convolutional layer.
 *
 * @typeParam D Their dtype.
 * @typeParam B Whether there is a bias, `[outChannels]`.
 */
export type Conv2dParams<D extends DType = DType, B extends boolean = boolean> = Bias<D, B> & {
  /** `[outChannels, inChannels / groups, kernel height, kernel width]` */
  readonly weight: Tensor<D>;
};

/**
 * The options of {@link conv2dLayer}. Its name is `"Conv2D"` if left out. If `initializer` is left out, the weight starts with
 * `initializers.heNormal`; the bias always starts at 0.
 */
export type Conv2dOptions<D extends DType = DType, B extends boolean = boolean> =
  & ConvolutionOptions
  & ConvolutionLayerOptions<D, B>;

const FORM: ConvolutionForm<Complete<ConvolutionOptions>> = /* @__PURE__ */ (() => ({
  kind: "conv2d",
  maker: "conv2dLayer",
  name: "Conv2D",
  axes: 2,
  settings: { stride: 1, padding: 0, dilation: 1, groups: 1 },
  initializer: HE_NORMAL,
  fanInBias: false,
  channels: (inChannels, outChannels, groups) => [outChannels, inChannels / groups],
  outputShape: (call) =>
    either.map(({ shape }: { readonly shape: readonly number[] }) => shape)(planConvolution(call, 2)),
  convolve: conv2d,
}))();

/**
 * Makes a layer that convolves images with learned kernels: `activation(conv2d(x, weight, bias))`.
 *
 * The weight starts with a normal distribution of variance `2 / fanIn` (He), the bias at zero.
 *
 * @param inChannels Channels of `x`, which is `[inChannels, height, width]`, optionally with a batch axis in front.
 * @param outChannels Channels of the result.
 * @param kernelSize A whole number, or `[height, width]`.
 * @param options Stride, padding, dilation and groups as for `conv2d`, and the options of every layer; see {@link
 * Conv2dOptions}.
 * @throws {RangeError} If a size or setting is not a whole number or is too small, or groups do not divide the
 * channels.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 *
 * @example Halve the size of images, with 16 channels
 * ```ts
 * import { conv2dLayer, forward, key, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = conv2dLayer(3, 16, 3, { stride: 2, padding: 1 });
 * assertEquals(forward(layer, layer.init(key(0)), zeros([8, 3, 32, 32])).shape, [8, 16, 16, 16]);
 * ```
 */
export function conv2dLayer<D extends DType = "float32", B extends boolean = true>(
  inChannels: number,
  outChannels: number,
  kernelSize: PerAxis,
  options: Conv2dOptions<D, B> = {},
): Layer<Conv2dParams<D, B>, NoState> {
  const layer = convolutionLayer(FORM, inChannels, outChannels, kernelSize, options);
  return layer as Layer<Conv2dParams<D, B>, NoState>; // the specs say the dtype and whether there is a bias
}

/**
 * Tells whether a value is a convolutional layer.
 *
 * @example
 * ```ts
 * import { conv2dLayer, denseLayer, isConv2dLayer } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isConv2dLayer(conv2dLayer(1, 8, 3)) && !isConv2dLayer(denseLayer(1, 8)));
 * ```
 */
export function isConv2dLayer(value: unknown): value is Layer<Conv2dParams, NoState> {
  return isOfKind(value, "conv2d");
}
