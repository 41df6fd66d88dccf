/**
 * The convolutional layer over one axis.
 *
 * @module
 */
import { pipe } from "../deps.ts";
import * as either from "../blas/either.ts";
import type { DType } from "../blas/dtype.ts";
import { checkOptions } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { planConvolution } from "../autograd/ops/convolution_shape.ts";
import { conv1d, type Convolution1dOptions } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type Activation, activations, checkActivation } from "./activation.ts";
import type { Bias } from "./bias.ts";
import { checkFlag, checkName, checkSize, initializerConfig } from "./checks.ts";
import { frozenCopy } from "./config.ts";
import { checkGroups, checkSettings, fanInBias } from "./convolution_checks.ts";
import { checkInitializer, type Initializer, initializers } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

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

/** The options of {@link conv1dLayer}. */
export type Conv1dOptions<D extends DType = DType, B extends boolean = boolean> = Convolution1dOptions & {
  /** Applied to the output; `activations.identity` if left out. */
  readonly activation?: Activation;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: D;
  /** `"Conv1D"` if left out. */
  readonly name?: string;
  /** Whether there is a bias; true if left out. */
  readonly bias?: B;
  /** The initial values of the weight. If left out, weight and bias start as PyTorch's; with another, the bias at 0. */
  readonly initializer?: Initializer;
};

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
  checkOptions<Conv1dOptions>("build conv1dLayer", options, {
    stride: true,
    padding: true,
    dilation: true,
    groups: true,
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
    activation = activations.identity,
    dtype = "float32",
    name = "Conv1D",
    bias = true,
    initializer = initializers.fanInUniform,
  }: Conv1dOptions = options;
  checkName("build conv1dLayer", name);
  const action = `build ${name}`;
  checkFlag(action, "bias", bias);
  checkSize(action, "inChannels", inChannels);
  checkSize(action, "outChannels", outChannels);
  checkSettings(action, kernelSize, { stride, padding, dilation }, 1);
  checkGroups(action, inChannels, outChannels, groups);
  checkSize(action, "kernelSize", kernelSize);
  const settings = frozenCopy({ stride, padding, dilation, groups });
  checkActivation(action, activation);
  checkInitializer(action, initializer);
  resolveDType(name, dtype);
  const weightShape = [outChannels, inChannels / groups, kernelSize];
  const weight = new TensorSpec(weightShape, dtype, initializer);
  const layer = makeLayer<Conv1dParams, NoState>({
    kind: "conv1d",
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
    outputShape: (input) =>
      pipe(
        planConvolution({ op: name, input, weight: weightShape, settings }, 1),
        either.map(({ shape }) => shape),
      ),
    compute: ({ params, state }, x) => [conv1d(x, params.weight, params.bias ?? null, settings), state],
  });
  return layer as Layer<Conv1dParams<D, B>, NoState>; // the specs say the dtype and whether there is a bias
}
