/**
 * Batch normalization as a formula; `batchNorm2d` of the layers keeps the running statistics.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { affine, checkAffine, checkEpsilon, type EpsilonOption, requireAxes } from "./normalization.ts";
import { rsqrt } from "./power.ts";
import { reshape } from "./reshape.ts";
import { mean } from "./sum.ts";
import { variance } from "./variance.ts";

/** Mean and variance of every channel. */
export type BatchStatistics<D extends DType = DType> = {
  /** `[channels]` */
  readonly mean: Tensor<D>;
  /** `[channels]`, of the batch itself: without correction. */
  readonly variance: Tensor<D>;
};

/** The options of {@link batchNorm}. */
export type BatchNormOptions<D extends DType> = EpsilonOption & {
  /** What to normalize by, such as running averages; the statistics of `x` itself if left out. */
  readonly statistics?: BatchStatistics<D>;
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
  return { mean: mean(x, { axes }), variance: variance(x, { axes }) };
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
  const perChannel = { gamma, beta, ...statistics && { mean: statistics.mean, variance: statistics.variance } };
  checkAffine("batchNorm", x, perChannel, [channels], "one for each channel (axis 1)");
  const column = (t: Tensor<D>): Tensor<D> => reshape(t, [channels, ...x.shape.slice(2).map(() => 1)]);
  const { mean, variance } = statistics ?? batchStatistics(x);
  const normalized = mul(sub(x, column(mean)), column(rsqrt(add(variance, epsilon))));
  return affine(normalized, gamma && column(gamma), beta && column(beta));
}
