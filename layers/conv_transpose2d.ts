/**
 * The transposed convolutional layer.
 *
 * @module
 */
import type { Tensor } from "../autograd/tensor.ts";
import type { DType } from "../blas/dtype.ts";
import { checkOptions } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { expandSetting } from "../autograd/ops/convolution_shape.ts";
import { planTransposed } from "../autograd/ops/transposed_convolution.ts";
import { convTranspose2d, type PerAxis, type TransposedConvolutionOptions } from "../autograd/ops/mod.ts";
import { activations, checkActivation } from "./activation.ts";
import { checkFlag, checkName, checkSize, initializerConfig } from "./checks.ts";
import { frozenCopy } from "./config.ts";
import type { Bias } from "./bias.ts";
import type { Conv1dOptions } from "./conv1d.ts";
import { checkGroups, checkSettings, fanInBias } from "./convolution_checks.ts";
import { checkInitializer, initializers } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, tryShape } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

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

/** The options of {@link convTranspose2dLayer}. */
export type ConvTranspose2dOptions<D extends DType = DType, B extends boolean = boolean> =
  & TransposedConvolutionOptions
  & Pick<Conv1dOptions<D, B>, "activation" | "dtype" | "bias" | "initializer">
  & {
    /** `"ConvTranspose2D"` if left out. */
    readonly name?: string;
  };

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
  checkOptions<ConvTranspose2dOptions>("build convTranspose2dLayer", options, {
    stride: true,
    padding: true,
    dilation: true,
    groups: true,
    outputPadding: true,
    activation: true,
    dtype: true,
    name: true,
    bias: true,
    initializer: true,
  });
  const {
    stride = 1,
    padding = 0,
    dilation = 1,
    groups = 1,
    outputPadding = 0,
    activation = activations.identity,
    dtype = "float32",
    name = "ConvTranspose2D",
    bias = true,
    initializer = initializers.fanInUniform,
  }: ConvTranspose2dOptions = options;
  checkName("build convTranspose2dLayer", name);
  const action = `build ${name}`;
  checkFlag(action, "bias", bias);
  checkSize(action, "inChannels", inChannels);
  checkSize(action, "outChannels", outChannels);
  checkSettings(action, kernelSize, { stride, padding, dilation, outputPadding }, 2);
  checkGroups(action, inChannels, outChannels, groups);
  checkOutputPadding(action, outputPadding, stride, dilation);
  const settings = frozenCopy({ stride, padding, dilation, groups, outputPadding });
  checkActivation(action, activation);
  checkInitializer(action, initializer);
  resolveDType(name, dtype);
  const weightShape = [inChannels, outChannels / groups, ...expandSetting(kernelSize, 2)];
  const weight = new TensorSpec(weightShape, dtype, initializer);
  const layer = makeLayer<ConvTranspose2dParams, NoState>({
    kind: "convTranspose2d",
    name,
    inputSize: inChannels,
    outputSize: outChannels,
    activation,
    config: {
      inChannels,
      outChannels,
      kernelSize,
      ...settings,
      dtype,
      bias,
      ...initializerConfig(initializer, initializers.fanInUniform),
    },
    specs: {
      params: bias ? { weight, bias: fanInBias(outChannels, weight) } : { weight },
      state: NO_STATE,
    },
    outputShape: (input) => tryShape(() => planTransposed({ op: name, input, weight: weightShape, settings }, 2).shape),
    compute: ({ params, state }, x) => [convTranspose2d(x, params.weight, params.bias ?? null, settings), state],
  });
  return layer as Layer<ConvTranspose2dParams<D, B>, NoState>; // the specs say the dtype and whether there is a bias
}

function checkOutputPadding(action: string, padding: PerAxis, stride: PerAxis, dilation: PerAxis): void {
  const [extra, steps, gaps] = [padding, stride, dilation].map((setting) => expandSetting(setting, 2));
  if (extra!.every((count, axis) => count < Math.max(steps![axis]!, gaps![axis]!))) return;
  throw new RangeError(
    `Cannot ${action} with outputPadding [${extra}], stride [${steps}] and dilation [${gaps}]: outputPadding must be less ` +
      "than the stride or the dilation; it selects one of the sizes that conv2d takes to the same size",
  );
}
