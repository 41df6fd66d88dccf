/**
 * Layer, RMS and group normalization with learned scale and shift.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { sameShape, type Shape } from "../blas/shape.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { groupNorm, layerNorm, reshape, rmsNorm } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkEpsilon, checkSize } from "./checks.ts";
import { initializers } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, shapeIf } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/** The params of layer and group normalization. */
export type NormalizationParams = {
  /** What normalized elements are multiplied by; starts at 1. */
  readonly weight: Tensor;
  /** What is added to them; starts at 0. */
  readonly bias: Tensor;
};

/** The params of RMS normalization. */
export type RmsNormParams = {
  /** What normalized elements are multiplied by; starts at 1. */
  readonly weight: Tensor;
};

/** The options of the normalizing layers. */
export type NormalizationOptions = {
  /** What is added to the variance, 1e-5 if left out. */
  readonly epsilon?: number;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: DType;
  /** `"LayerNorm"`, `"RMSNorm"` or `"GroupNorm"` if left out. */
  readonly name?: string;
};

/**
 * Layer normalization: every example to mean 0 and variance 1 over its last axes, then scaled and shifted.
 *
 * @param normalizedShape The length of the last axis of `x`, or the lengths of its last axes.
 * @param options See {@link NormalizationOptions}.
 * @throws {RangeError} If a length is no whole number above 0, or `epsilon` is negative.
 * @throws {DTypeError} If the dtype is none.
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
export function layerNormLayer(
  normalizedShape: number | Shape,
  { epsilon = 1e-5, dtype = "float32", name = "LayerNorm" }: NormalizationOptions = {},
): Layer<NormalizationParams, NoState> {
  const axes = typeof normalizedShape === "object" ? normalizedShape : [normalizedShape], action = `build ${name}`;
  checkSize(action, "normalizedShape of length", axes.length);
  axes.forEach((length) => checkSize(action, "normalizedShape", length));
  checkEpsilon(action, epsilon);
  resolveDType(name, dtype);
  const features = axes.length === 1 ? axes[0]! : null;
  return makeLayer<NormalizationParams, NoState>({
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
        problem: `x must end with the axes [${axes.join(", ")}]`,
        remedy: "reshape x, or build the layer for its features",
      }),
    compute: ({ params: { weight, bias }, state }, x) => [layerNorm(x, weight, bias, { epsilon }), state],
  });
}

/**
 * RMS normalization: divides by the root mean square over the last axis, then scales.
 *
 * @param features The length of the last axis of `x`.
 * @param options See {@link NormalizationOptions}.
 * @throws {RangeError} If `features` is no whole number above 0, or `epsilon` is negative.
 * @throws {DTypeError} If the dtype is none.
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
export function rmsNormLayer(
  features: number,
  { epsilon = 1e-5, dtype = "float32", name = "RMSNorm" }: NormalizationOptions = {},
): Layer<RmsNormParams, NoState> {
  const action = `build ${name}`;
  checkSize(action, "features", features);
  checkEpsilon(action, epsilon);
  resolveDType(name, dtype);
  return makeLayer<RmsNormParams, NoState>({
    kind: "rmsNorm",
    name,
    inputSize: features,
    outputSize: features,
    config: { features, epsilon, dtype },
    specs: { params: { weight: new TensorSpec([features], dtype, initializers.ones) }, state: NO_STATE },
    outputShape: (x) =>
      shapeIf(x.at(-1) === features, {
        op: name,
        x,
        result: () => x,
        problem: `the last axis of x must be ${features}`,
        remedy: "reshape x, or build the layer for its features",
      }),
    compute: ({ params: { weight }, state }, x) => [rmsNorm(x, weight, { epsilon }), state],
  });
}

/**
 * Group normalization: every example to mean 0 and variance 1 over each group of channels, then scaled and shifted by
 * channel.
 *
 * @param groups Into how many groups the channels are split.
 * @param channels Channels of `x`, which is `[channels, height, width]` or `[channels]`, or with a batch axis before.
 * @param options See {@link NormalizationOptions}.
 * @throws {RangeError} If a number is no whole number above 0, groups do not divide channels, or `epsilon` is negative.
 * @throws {DTypeError} If the dtype is none.
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
export function groupNormLayer(
  groups: number,
  channels: number,
  { epsilon = 1e-5, dtype = "float32", name = "GroupNorm" }: NormalizationOptions = {},
): Layer<NormalizationParams, NoState> {
  const action = `build ${name}`;
  checkSize(action, "groups", groups);
  checkSize(action, "channels", channels);
  checkEpsilon(action, epsilon);
  resolveDType(name, dtype);
  if (channels % groups !== 0) {
    throw new RangeError(
      `Cannot ${action} with ${groups} groups of ${channels} channels: groups must divide channels; correct either`,
    );
  }
  const alone = (x: Shape): boolean => x.length === 1 || x.length === 3;
  return makeLayer<NormalizationParams, NoState>({
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
        problem: `x must be [${channels}, height, width] or [${channels}], or with a batch axis before`,
        remedy: "reshape x, or build the layer for its channels",
      }),
    compute: ({ params: { weight, bias }, state }, x) => {
      const batch = alone(x.shape) ? reshape(x, [1, ...x.shape]) : x;
      const y = groupNorm(batch, groups, weight, bias, { epsilon });
      return [alone(x.shape) ? reshape(y, x.shape) : y, state];
    },
  });
}

const weightAndBias = (shape: Shape, dtype: DType) => ({
  weight: new TensorSpec(shape, dtype, initializers.ones),
  bias: new TensorSpec(shape, dtype),
});
