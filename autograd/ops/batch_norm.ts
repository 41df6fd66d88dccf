/**
 * Batch normalization as a formula; `batchNorm2d` of the layers keeps the running statistics.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { sizeOf } from "../../blas/shape.ts";
import { add as plus, mul as times, sub as minus } from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { checkAffine, checkEpsilon, type EpsilonOption, requireAxes } from "./normalization.ts";
import { rsqrt } from "./power.ts";
import { reshape } from "./reshape.ts";
import { standardize } from "./standardize.ts";
import { moments } from "./variance.ts";

/** Mean and variance of every channel. */
export type BatchStatistics<D extends DType = DType> = {
  /** `[channels]` */
  readonly mean: Tensor<D>;
  /** `[channels]`, of the batch itself: without correction. */
  readonly variance: Tensor<D>;
};

/** The options of {@link batchNorm}. */
export type BatchNormOptions<D extends DType> = EpsilonOption & {
  /** The statistics to normalize by, such as running averages; the statistics of `x` itself if left out. */
  readonly statistics?: BatchStatistics<D> | undefined;
};

/**
 * Computes mean and variance of every channel over the batch and all further axes.
 *
 * @param x `[batch, channels, ...]`
 * @returns Two tensors `[channels]`; the variance is the biased one, `count / (count - 1)` makes an estimate of it.
 * @throws {ShapeError} If `x` has fewer than two axes.
 *
 * @example
 * ```ts
 * import { batchStatistics, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { mean, variance } = batchStatistics(tensor64([[1, 10], [3, 30]]));
 * assertEquals([toList(mean), toList(variance)], [[2, 20], [1, 100]]);
 * ```
 */
export function batchStatistics<D extends DType>(x: Tensor<D>): BatchStatistics<D> {
  requireAxes("batchStatistics", x, 2, "[batch, channels, ...]");
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const count = sizeOf(axes.map((axis) => x.shape[axis]!)), channels = x.shape.slice(1, 2);
  const { mean, variance } = moments(x, axes, count, false);
  return { mean: reshape(mean, channels), variance: reshape(variance, channels) };
}

/**
 * Brings every channel to mean 0 and variance 1 over the batch, then scales and shifts it:
 * `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
 *
 * Without `statistics`, those of `x` are used, and the gradient flows through them (training). With `statistics`, such
 * as running averages, the result for an example does not depend on the others (evaluation).
 *
 * @param x `[batch, channels, ...]`
 * @param gamma `[channels]`, or `null` for none.
 * @param beta `[channels]`, or `null` for none.
 * @param options `statistics`: mean and variance, each `[channels]`; `epsilon`: 1e-5 by default.
 * @returns The shape of `x`.
 * @throws {ShapeError} If `x` has fewer than two axes, or another operand is not of shape `[channels]`.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 * @see Ioffe and Szegedy, Batch Normalization, 2015.
 *
 * @example
 * ```ts
 * import { batchNorm, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64([[1, 10], [3, 30]]);
 * assertEquals(toArray(batchNorm(x, tensor64([1, 2]), null, { epsilon: 0 })), [[-1, -2], [1, 2]]);
 * ```
 */
export function batchNorm<D extends DType>(
  x: Tensor<D>,
  gamma: Tensor<NoInfer<D>> | null,
  beta: Tensor<NoInfer<D>> | null,
  options: BatchNormOptions<NoInfer<D>> = {},
): Tensor<D> {
  checkOptions("apply batchNorm", options, { statistics: true, epsilon: true });
  const { statistics, epsilon = 1e-5 } = options;
  checkEpsilon("batchNorm", epsilon);
  requireAxes("batchNorm", x, 2, "[batch, channels, ...]");
  const channels = x.shape[1]!;
  if (statistics !== undefined && (typeof statistics !== "object" || statistics === null)) {
    throw new TypeError(
      `Cannot apply batchNorm with statistics ${
        describe(statistics)
      }: they must be a record of mean and variance; pass ` +
        "what batchStatistics returned, or leave them out",
    );
  }
  const perChannel = { gamma, beta, ...statistics && { mean: statistics.mean, variance: statistics.variance } };
  checkAffine("batchNorm", x, perChannel, [channels], "one for each channel (axis 1)");
  if (statistics === undefined) return normalizeBatch<D>(x, gamma, beta, epsilon).output;
  const column = columnOf<D>(x), root = rsqrt(add(statistics.variance, epsilon));
  const factor = column(gamma === null ? root : mul(root, gamma)), centered = column(statistics.mean);
  return beta === null
    ? applyElementwise<D>(scaleDistancePrimitive, [x, centered, factor])
    : applyElementwise<D>(scaleDistanceAndShiftPrimitive, [x, centered, factor, column(beta)]);
}

const scaleDistancePrimitive = /* @__PURE__ */ arithmetic(
  "scaleDistance",
  (x, mean, factor) => times(minus(x, mean), factor),
);
const scaleDistanceAndShiftPrimitive = /* @__PURE__ */ arithmetic(
  "scaleDistanceAndShift",
  (x, mean, factor, shift) => plus(times(minus(x, mean), factor), shift),
  {
    samples: () =>
      [[2, 3, 2], [2, 0, 2]].map((shape) => ({
        attributes: {},
        inputs: [shape, ...Array.from({ length: 3 }, () => [shape[1]!, 1])].map((own) => ({ shape: own })),
      })),
  },
);

/** The primitives of this file, for the generic checks. */
export const batchNormPrimitives = [scaleDistancePrimitive, scaleDistanceAndShiftPrimitive];

/** Returns the function that gives numbers for each channel a shape that broadcasts to that of `x`. */
const columnOf = <D extends DType>(x: Tensor<D>) => (t: Tensor<D>): Tensor<D> =>
  reshape(t, [x.shape[1]!, ...x.shape.slice(2).map(() => 1)]);

/**
 * {@link batchNorm} by the statistics of `x` itself, together with these.
 *
 * @returns The output, and mean and variance `[channels]`.
 */
export function normalizeBatch<D extends DType>(
  x: Tensor<D>,
  gamma: Tensor<NoInfer<D>> | null,
  beta: Tensor<NoInfer<D>> | null,
  epsilon: number,
): BatchStatistics<D> & { readonly output: Tensor<D> } {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1), column = columnOf<D>(x);
  const affine = { weight: gamma && column(gamma), bias: beta && column(beta) };
  const { output, mean, variance } = standardize<D>(x, axes, epsilon, affine), channels = x.shape.slice(1, 2);
  return { output, mean: reshape(mean, channels), variance: reshape(variance, channels) };
}
