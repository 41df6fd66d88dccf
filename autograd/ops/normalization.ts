/**
 * Normalization over single examples: layer, RMS, group and instance normalization.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { sameShape, type Shape, sizeOf } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";
import { divideByRoot, standardize } from "./standardize.ts";

/** The option that all normalizations take. */
export type EpsilonOption = {
  /** A number that is added to the variance, to avoid division by 0; 1e-5 if left out. */
  readonly epsilon?: number | undefined;
};

/** Throws if epsilon is not a finite number of 0 or more. */
export function checkEpsilon(op: string, epsilon: number): void {
  if (Number.isFinite(epsilon) && epsilon >= 0) return;
  throw new RangeError(
    `Cannot apply ${op} with epsilon ${describe(epsilon)}: it must be a finite number of 0 or more; 1e-5 is usual`,
  );
}

/** Throws if scales or shifts have another dtype than the operand or a wrong shape. */
export function checkAffine(
  op: string,
  x: Tensor,
  params: { readonly [name: string]: Tensor | null },
  wanted: Shape,
  meaning: string,
): void {
  checkOperands(op, [x, ...Object.values(params).filter((param) => param !== null)]);
  for (const [name, param] of Object.entries(params)) {
    if (param === null || sameShape(param.shape, wanted)) continue;
    throw new ShapeError({
      op,
      given: { x: x.shape, [name]: param.shape },
      problem: `${name} must have shape [${wanted.join(", ")}], ${meaning}`,
      remedy: "pass null to do without it",
    });
  }
}

/**
 * Divides by the root mean square over the last axis: `x / sqrt(mean(x^2) + epsilon) * weight`.
 *
 * @param x `[..., features]`
 * @param weight `[features]`, or `null` for none.
 * @param options `epsilon`: 1e-5 by default.
 * @returns The shape of `x`.
 * @throws {ShapeError} If `x` is 0-d, or there is not one weight for each feature.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 * @see Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
 *
 * @example
 * ```ts
 * import { rmsNorm, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(rmsNorm(tensor64([2, -2]), tensor64([5, 10]), { epsilon: 0 })), [5, -10]);
 * ```
 */
export function rmsNorm<D extends DType>(
  x: Tensor<D>,
  weight: Tensor<NoInfer<D>> | null,
  options: EpsilonOption = {},
): Tensor<D> {
  checkOptions("apply rmsNorm", options, { epsilon: true });
  const { epsilon = 1e-5 } = options;
  checkEpsilon("rmsNorm", epsilon);
  requireAxes("rmsNorm", x, 1, "[..., features]");
  checkAffine("rmsNorm", x, { weight }, x.shape.slice(-1), "one for each feature");
  return divideByRoot<D>(x, [x.shape.length - 1], epsilon, weight);
}

/** The options of {@link layerNorm}. */
export type LayerNormOptions = EpsilonOption & {
  /**
   * The lengths of the last axes, over which elements are normalized; if left out, the shape of `weight` or `bias`, or else the last axis.
   */
  readonly normalizedShape?: Shape | undefined;
};

/**
 * Brings every example to mean 0 and variance 1 over its last axes, then scales and shifts: `(x - mean) / sqrt(variance
 * + epsilon) * weight + bias`, with the variance of the elements themselves (no correction).
 *
 * @param x `[..., features]`, or several feature axes at the end.
 * @param weight The shape of the feature axes, or `null` for none.
 * @param bias The same shape, or `null` for none.
 * @param options `epsilon`: 1e-5 by default; `normalizedShape`: the feature axes, by default those of `weight` or
 * `bias`; without both, the last axis.
 * @returns The shape of `x`.
 * @throws {ShapeError} If `x` does not end with the feature axes, or weight or bias have another shape.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 * @see Ba et al., Layer Normalization, 2016.
 *
 * @example
 * ```ts
 * import { layerNorm, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64([[1, 3], [10, 20]]);
 * assertEquals(toArray(layerNorm(x, tensor64([1, 2]), null, { epsilon: 0 })), [[-1, 2], [-1, 2]]);
 * ```
 */
export function layerNorm<D extends DType>(
  x: Tensor<D>,
  weight: Tensor<NoInfer<D>> | null,
  bias: Tensor<NoInfer<D>> | null,
  options: LayerNormOptions = {},
): Tensor<D> {
  checkOptions("apply layerNorm", options, { epsilon: true, normalizedShape: true });
  const { epsilon = 1e-5 } = options;
  checkEpsilon("layerNorm", epsilon);
  requireAxes("layerNorm", x, 1, "[..., features]");
  const normalizedShape = options.normalizedShape ?? weight?.shape ?? bias?.shape ?? x.shape.slice(-1);
  const count = normalizedShape.length;
  if (count === 0 || !sameShape(x.shape.slice(-count), normalizedShape)) {
    throw new ShapeError({
      op: "layerNorm",
      given: { x: x.shape, normalizedShape },
      problem: "x must end with the axes of normalizedShape, at least one",
      remedy: "pass the last axes of x, or leave it out to take them from weight",
    });
  }
  checkAffine("layerNorm", x, { weight, bias }, normalizedShape, "that of the axes normalized over");
  const axes = x.shape.map((_, axis) => axis).slice(-count);
  return standardize<D>(x, axes, epsilon, { weight, bias }).output;
}

/**
 * Brings every group of channels of every example to mean 0 and variance 1, then scales and shifts channel by channel.
 *
 * @param x `[batch, channels, ...]`
 * @param groups Into how many groups of neighbours to divide the channels; their number must be a multiple of it.
 * @param weight `[channels]`, or `null` for none.
 * @param bias `[channels]`, or `null` for none.
 * @param options `epsilon`: 1e-5 by default.
 * @returns The shape of `x`.
 * @throws {ShapeError} If `x` has fewer than two axes, the channels do not divide, or weight or bias have another
 * shape.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 * @see Wu and He, Group Normalization, 2018.
 *
 * @example
 * ```ts
 * import { groupNorm, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64([[1, 3, 10, 20]]);
 * assertEquals(toList(groupNorm(x, 2, null, null, { epsilon: 0 })), [-1, 1, -1, 1]);
 * ```
 */
export function groupNorm<D extends DType>(
  x: Tensor<D>,
  groups: number,
  weight: Tensor<NoInfer<D>> | null,
  bias: Tensor<NoInfer<D>> | null,
  options: EpsilonOption = {},
): Tensor<D> {
  checkOptions("apply groupNorm", options, { epsilon: true });
  const { epsilon = 1e-5 } = options;
  checkEpsilon("groupNorm", epsilon);
  requireAxes("groupNorm", x, 2, "[batch, channels, ...]");
  const [batch, channels, ...rest] = x.shape as readonly [number, number, ...number[]]; // as checked above
  if (!(Number.isInteger(groups) && groups > 0 && channels % groups === 0)) {
    throw new ShapeError({
      op: "groupNorm",
      given: { x: x.shape, groups: describe(groups) },
      problem: `groups must be a whole number above 0 that divides the ${channels} channels (axis 1)`,
      remedy: "1 normalizes over all channels, as many as there are channels each alone",
    });
  }
  return perGroup("groupNorm", x, [batch, groups, channels / groups, sizeOf(rest)], weight, bias, epsilon);
}

/**
 * Brings every channel of every example to mean 0 and variance 1, then scales and shifts it.
 *
 * @param x `[batch, channels, ...]` with at least one more axis, those normalized over.
 * @param weight `[channels]`, or `null` for none.
 * @param bias `[channels]`, or `null` for none.
 * @param options `epsilon`: 1e-5 by default.
 * @returns The shape of `x`.
 * @throws {ShapeError} If `x` has fewer than three axes, or weight or bias have another shape.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 * @see Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization, 2016.
 *
 * @example
 * ```ts
 * import { instanceNorm, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64([[[1, 3], [10, 20]]]);
 * assertEquals(toList(instanceNorm(x, null, null, { epsilon: 0 })), [-1, 1, -1, 1]);
 * ```
 */
export function instanceNorm<D extends DType>(
  x: Tensor<D>,
  weight: Tensor<NoInfer<D>> | null,
  bias: Tensor<NoInfer<D>> | null,
  options: EpsilonOption = {},
): Tensor<D> {
  checkOptions("apply instanceNorm", options, { epsilon: true });
  const { epsilon = 1e-5 } = options;
  checkEpsilon("instanceNorm", epsilon);
  requireAxes("instanceNorm", x, 3, "[batch, channels, ...], with one axis more at least");
  const [batch, channels, ...rest] = x.shape as readonly [number, number, ...number[]]; // as checked above
  return perGroup("instanceNorm", x, [batch, channels, 1, sizeOf(rest)], weight, bias, epsilon);
}

/** Normalizes over the last two axes of `x` reshaped to `[batch, groups, channels of a group, pixels]`. */
function perGroup<D extends DType>(
  op: string,
  x: Tensor<D>,
  grouped: readonly [batch: number, groups: number, channels: number, pixels: number],
  weight: Tensor<D> | null,
  bias: Tensor<D> | null,
  epsilon: number,
): Tensor<D> {
  checkAffine(op, x, { weight, bias }, [x.shape[1]!], "one for each channel (axis 1)");
  const [, groups, channels] = grouped, column = (t: Tensor<D> | null) => t && reshape(t, [groups, channels, 1]);
  const affine = { weight: column(weight), bias: column(bias) };
  return reshape(standardize(reshape(x, grouped), [2, 3], epsilon, affine).output, x.shape);
}

/** Throws if an operand is not a tensor or has too few axes. */
export function requireAxes(op: string, x: Tensor, count: number, wanted: string): void {
  checkOperands(op, [x]);
  if (x.shape.length >= count) return;
  throw new ShapeError({
    op,
    given: { x: x.shape },
    problem: `x must have ${count} axes at least, ${wanted}`,
    remedy: "insert missing axes with expandDims",
  });
}
