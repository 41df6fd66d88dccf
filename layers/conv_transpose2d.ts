/**
 * The transposed convolutional layer.
 *
 * @module
 */
import type { Complete } from "../blas/options.ts";
import type { DType } from "../blas/dtype.ts";
import { convTranspose2d, type PerAxis, type TransposedConvolutionOptions } from "../autograd/ops/mod.ts";
import { expandSetting } from "../autograd/ops/convolution_shape.ts";
import { planTransposed } from "../autograd/ops/transposed_convolution.ts";
import type { Tensor } from "../autograd/tensor.ts";
import type { Bias } from "./bias.ts";
import { type ConvolutionForm, convolutionLayer, type ConvolutionLayerOptions } from "./convolution_layer.ts";
import { FAN_IN_UNIFORM } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { type NoState, tryShape } from "./make_layer.ts";

/**
 * The params of a transposed convolutional layer.
 *
 * @typeParam D Their dtype.
 * @typeParam B Whether there is a bias, `[outChannels]`.
 */
export type ConvTranspose2dParams<D extends DType = DType, B extends boolean = boolean> = Bias<D, B> & {
  /** `[inChannels, outChannels / groups, kernel height, kernel width]` */
  readonly weight: Tensor<D>;
};

/**
 * The options of {@link convTranspose2dLayer}. Its name is `"ConvTranspose2D"` if left out. If `initializer` is left out, weight and
 * bias start as PyTorch's; with another, the bias at 0.
 */
export type ConvTranspose2dOptions<D extends DType = DType, B extends boolean = boolean> =
  & TransposedConvolutionOptions
  & ConvolutionLayerOptions<D, B>;

const FORM: ConvolutionForm<Complete<TransposedConvolutionOptions>> = /* @__PURE__ */ (() => ({
  kind: "convTranspose2d",
  maker: "convTranspose2dLayer",
  name: "ConvTranspose2D",
  axes: 2,
  settings: { stride: 1, padding: 0, dilation: 1, groups: 1, outputPadding: 0 },
  initializer: FAN_IN_UNIFORM,
  fanInBias: true,
  channels: (inChannels, outChannels, groups) => [inChannels, outChannels / groups],
  check: checkOutputPadding,
  outputShape: (call) => tryShape(() => planTransposed(call, 2).shape),
  convolve: convTranspose2d,
}))();

/**
 * Makes a layer that makes images larger with learned kernels: `activation(convTranspose2d(x, weight, bias))`.
 *
 * Weight and bias start as PyTorch's `ConvTranspose2d`: uniform in `±1 / sqrt(outChannels / groups * kernel height * kernel width)`.
 *
 * @param inChannels Channels of `x`, which is `[inChannels, height, width]`, optionally with a batch axis in front.
 * @param outChannels Channels of the result.
 * @param kernelSize A whole number, or `[height, width]`.
 * @param options Stride, padding, dilation, groups and outputPadding as for `convTranspose2d`, and the options of every
 * layer; see {@link ConvTranspose2dOptions}.
 * @throws {RangeError} If a size or setting is not a whole number or is too small, groups do not divide the channels, or
 * `outputPadding` is neither less than the stride nor than the dilation.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 *
 * @example Double the size of images
 * ```ts
 * import { convTranspose2dLayer, forward, key, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = convTranspose2dLayer(16, 3, 4, { stride: 2, padding: 1 });
 * assertEquals(forward(layer, layer.init(key(0)), zeros([8, 16, 16, 16])).shape, [8, 3, 32, 32]);
 * ```
 */
export function convTranspose2dLayer<D extends DType = "float32", B extends boolean = true>(
  inChannels: number,
  outChannels: number,
  kernelSize: PerAxis,
  options: ConvTranspose2dOptions<D, B> = {},
): Layer<ConvTranspose2dParams<D, B>, NoState> {
  const layer = convolutionLayer(FORM, inChannels, outChannels, kernelSize, options);
  return layer as Layer<ConvTranspose2dParams<D, B>, NoState>; // the specs say the dtype and whether there is a bias
}

function checkOutputPadding(
  action: string,
  { outputPadding, stride, dilation }: Complete<TransposedConvolutionOptions>,
): void {
  const [extra, steps, gaps] = [outputPadding, stride, dilation].map((setting) => expandSetting(setting, 2));
  if (extra!.every((count, axis) => count < Math.max(steps![axis]!, gaps![axis]!))) return;
  throw new RangeError(
    `Cannot ${action} with outputPadding [${extra}], stride [${steps}] and dilation [${gaps}]: outputPadding must be less ` +
      "than the stride or the dilation; it selects one of the sizes that conv2d takes to the same size",
  );
}
