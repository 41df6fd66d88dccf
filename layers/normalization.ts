/**
 * Layer, RMS and group normalization with learned scale and shift.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { sameShape, type Shape } from "../blas/shape.ts";
import { checkOptions, type Complete, type OptionNames } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { groupNorm, layerNorm, reshape, rmsNorm } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkEpsilon, checkName, checkSize } from "./checks.ts";
import { ONES } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, shapeIf } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/** The params of layer and group normalization. */
export type NormalizationParams<D extends DType = DType> = {
  /** The factors of the normalized elements; they start at 1. */
  readonly weight: Tensor<D>;
  /** The numbers added to the normalized elements; they start at 0. */
  readonly bias: Tensor<D>;
};

/** The params of RMS normalization. */
export type RmsNormParams<D extends DType = DType> = {
  /** The factors of the normalized elements; they start at 1. */
  readonly weight: Tensor<D>;
};

/** The options of the normalizing layers. */
export type NormalizationOptions<D extends DType = DType> = {
  /** The number added to the variance, 1e-5 if left out. */
  readonly epsilon?: number | undefined;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: D | undefined;
  /** `"LayerNorm"`, `"RMSNorm"`, `"GroupNorm"` or `"InstanceNorm"` if left out. */
  readonly name?: string | undefined;
};

const OPTIONS: OptionNames<NormalizationOptions> = { epsilon: true, dtype: true, name: true };

/** Checks the options of a normalizing layer and fills in the defaults. */
export function resolveNormalization(
  builder: string,
  usualName: string,
  options: NormalizationOptions,
): Complete<NormalizationOptions> {
  checkOptions(`build ${builder}`, options, OPTIONS);
  const { epsilon = 1e-5, dtype, name = usualName } = options;
  checkName(`build ${builder}`, name);
  checkEpsilon(`build ${name}`, epsilon);
  return { epsilon, dtype: resolveDType(name, dtype), name };
}

/**
 * Makes a layer normalization, which brings every example to mean 0 and variance 1 over its last axes, then scales and shifts it.
 *
 * @param normalizedShape The length of the last axis of `x`, or the lengths of its last axes.
 * @param options See {@link NormalizationOptions}.
 * @throws {RangeError} If a length is not a whole number above 0, or `epsilon` is negative.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see Ba et al., Layer Normalization, 2016.
 *
 * @example
 * ```ts
 * import { forward, key, layerNormLayer, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = layerNormLayer(2, { epsilon: 0 });
 * assertEquals(toList(forward(layer, layer.init(key(0)), tensor32([1, 3]))), [-1, 1]);
 * ```
 */
export function layerNormLayer<D extends DType = "float32">(
  normalizedShape: number | Shape,
  options: NormalizationOptions<D> = {},
): Layer<NormalizationParams<D>, NoState> {
  const { epsilon, dtype, name } = resolveNormalization("layerNormLayer", "LayerNorm", options),
    action = `build ${name}`;
  const axes: Shape = Array.isArray(normalizedShape) ? [...normalizedShape] : [normalizedShape];
  checkSize(action, "normalizedShape of length", axes.length);
  axes.forEach((length) => checkSize(action, "normalizedShape", length));
  const features = axes.length === 1 ? axes[0]! : null;
  const layer = makeLayer<NormalizationParams, NoState>({
    kind: "layerNorm",
    name,
    inputSize: features,
    outputSize: features,
    config: { normalizedShape, epsilon, dtype },
    specs: { params: weightAndBias(axes, dtype), state: NO_STATE },
    outputShape: (x) =>
      shapeIf(x.length >= axes.length && sameShape(x.slice(x.length - axes.length), axes), {
        op: name,
        x,
        result: () => x,
        problem: () => `x must end with the axes [${axes.join(", ")}]`,
        remedy: () => "reshape x, or build the layer for its features",
      }),
    compute: ({ params: { weight, bias }, state }, x) => [layerNorm(x, weight, bias, { epsilon }), state],
  });
  return layer as Layer<NormalizationParams<D>, NoState>; // the specs say the dtype
}

/**
 * Makes an RMS normalization, which divides by the root mean square over the last axis, then scales.
 *
 * @param features The length of the last axis of `x`.
 * @param options See {@link NormalizationOptions}.
 * @throws {RangeError} If `features` is not a whole number above 0, or `epsilon` is negative.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
 *
 * @example
 * ```ts
 * import { forward, key, rmsNormLayer, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = rmsNormLayer(2, { epsilon: 0 });
 * assertEquals(toList(forward(layer, layer.init(key(0)), tensor32([7, -1]))), [7 / 5, -1 / 5].map(Math.fround));
 * ```
 */
export function rmsNormLayer<D extends DType = "float32">(
  features: number,
  options: NormalizationOptions<D> = {},
): Layer<RmsNormParams<D>, NoState> {
  const { epsilon, dtype, name } = resolveNormalization("rmsNormLayer", "RMSNorm", options);
  checkSize(`build ${name}`, "features", features);
  const layer = makeLayer<RmsNormParams, NoState>({
    kind: "rmsNorm",
    name,
    inputSize: features,
    outputSize: features,
    config: { features, epsilon, dtype },
    specs: { params: { weight: new TensorSpec([features], dtype, ONES) }, state: NO_STATE },
    outputShape: (x) =>
      shapeIf(x.at(-1) === features, {
        op: name,
        x,
        result: () => x,
        problem: () => `the last axis of x must be ${features}`,
        remedy: () => "reshape x, or build the layer for its features",
      }),
    compute: ({ params: { weight }, state }, x) => [rmsNorm(x, weight, { epsilon }), state],
  });
  return layer as Layer<RmsNormParams<D>, NoState>; // the specs say the dtype
}

/**
 * Makes a group normalization, which brings every example to mean 0 and variance 1 over each group of channels, then
 * scales and shifts it by channel.
 *
 * @param groups The number of groups that the channels are split into.
 * @param channels Channels of `x`, which is `[channels, height, width]` or `[channels]`, optionally with a batch axis
 * in front.
 * @param options See {@link NormalizationOptions}.
 * @throws {RangeError} If a number is not a whole number above 0, groups do not divide channels, or `epsilon` is
 * negative.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see Wu and He, Group Normalization, 2018.
 *
 * @example
 * ```ts
 * import { forward, groupNormLayer, key, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = groupNormLayer(2, 4, { epsilon: 0 });
 * assertEquals(toList(forward(layer, layer.init(key(0)), tensor32([1, 3, 10, 30]))), [-1, 1, -1, 1]);
 * ```
 */
export function groupNormLayer<D extends DType = "float32">(
  groups: number,
  channels: number,
  options: NormalizationOptions<D> = {},
): Layer<NormalizationParams<D>, NoState> {
  const { epsilon, dtype, name } = resolveNormalization("groupNormLayer", "GroupNorm", options),
    action = `build ${name}`;
  checkSize(action, "groups", groups);
  checkSize(action, "channels", channels);
  if (channels % groups !== 0) {
    throw new RangeError(
      `Cannot ${action} with ${groups} groups of ${channels} channels: groups must divide channels; correct either`,
    );
  }
  const alone = (x: Shape): boolean => x.length === 1 || x.length === 3;
  const layer = makeLayer<NormalizationParams, NoState>({
    kind: "groupNorm",
    name,
    inputSize: channels,
    outputSize: channels,
    config: { groups, channels, epsilon, dtype },
    specs: { params: weightAndBias([channels], dtype), state: NO_STATE },
    outputShape: (x) =>
      shapeIf(x.length >= 1 && x.length <= 4 && x[alone(x) ? 0 : 1] === channels, {
        op: name,
        x,
        result: () => x,
        problem: () => `x must be [${channels}, height, width] or [${channels}], or with a batch axis before`,
        remedy: () => "reshape x, or build the layer for its channels",
      }),
    compute: ({ params: { weight, bias }, state }, x) => {
      const batch = alone(x.shape) ? reshape(x, [1, ...x.shape]) : x;
      const y = groupNorm(batch, groups, weight, bias, { epsilon });
      return [alone(x.shape) ? reshape(y, x.shape) : y, state];
    },
  });
  return layer as Layer<NormalizationParams<D>, NoState>; // the specs say the dtype
}

/** Specifies factors that start at 1, and shifts that start at 0. */
export const weightAndBias = (
  shape: Shape,
  dtype: DType,
): { readonly weight: TensorSpec; readonly bias: TensorSpec } => ({
  weight: new TensorSpec(shape, dtype, ONES),
  bias: new TensorSpec(shape, dtype),
});
