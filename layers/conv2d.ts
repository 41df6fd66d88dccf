/**
 * The convolutional layer.
 *
 * @module
 */
import { pipe } from "../deps.ts";
import * as either from "../blas/either.ts";
import type { DType } from "../blas/dtype.ts";
import { checkOptions, type OptionNames } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { expandSetting, planConvolution } from "../autograd/ops/convolution_shape.ts";
import { conv2d, type ConvolutionOptions, type PerAxis } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type Activation, activations, checkActivation } from "./activation.ts";
import type { Bias } from "./bias.ts";
import { checkFlag, checkName, checkSize, initializerConfig } from "./checks.ts";
import { frozenCopy } from "./config.ts";
import { checkGroups, checkSettings } from "./convolution_checks.ts";
import { checkInitializer, type Initializer, initializers } from "./initializers.ts";
import { isOfKind, type Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

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

/** The options of {@link conv2dLayer}. */
export type Conv2dOptions<D extends DType = DType, B extends boolean = boolean> = ConvolutionOptions & {
  /** Applied to the output; `activations.identity` if left out. */
  readonly activation?: Activation;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: D;
  /** `"Conv2D"` if left out. */
  readonly name?: string;
  /** Whether there is a bias; true if left out. */
  readonly bias?: B;
  /** The initial values of the weight, `initializers.heNormal` if left out. */
  readonly initializer?: Initializer;
};

const OPTIONS: OptionNames<Conv2dOptions> = {
  stride: true,
  padding: true,
  dilation: true,
  groups: true,
  activation: true,
  dtype: true,
  name: true,
  bias: true,
  initializer: true,
};

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
  checkOptions<Conv2dOptions>("build conv2dLayer", options, OPTIONS);
  const {
    stride = 1,
    padding = 0,
    dilation = 1,
    groups = 1,
    activation = activations.identity,
    dtype = "float32",
    name = "Conv2D",
    bias = true,
    initializer = initializers.heNormal,
  }: Conv2dOptions = options;
  checkName("build conv2dLayer", name);
  const action = `build ${name}`;
  checkFlag(action, "bias", bias);
  checkSize(action, "inChannels", inChannels);
  checkSize(action, "outChannels", outChannels);
  checkSettings(action, kernelSize, { stride, padding, dilation, groups }, 2);
  checkGroups(action, inChannels, outChannels, groups);
  const settings = frozenCopy({ stride, padding, dilation, groups });
  checkActivation(action, activation);
  checkInitializer(action, initializer);
  resolveDType(name, dtype);
  const weightShape = [outChannels, inChannels / groups, ...expandSetting(kernelSize, 2)];
  const weight = new TensorSpec(weightShape, dtype, initializer);
  const layer = makeLayer<Conv2dParams, NoState>({
    kind: "conv2d",
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
      ...initializerConfig(initializer, initializers.heNormal),
    },
    specs: { params: bias ? { weight, bias: new TensorSpec([outChannels], dtype) } : { weight }, state: NO_STATE },
    outputShape: (input) =>
      pipe(
        planConvolution({ op: name, input, weight: weightShape, settings }, 2),
        either.map(({ shape }) => shape),
      ),
    compute: ({ params, state }, x) => [conv2d(x, params.weight, params.bias ?? null, settings), state],
  });
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
