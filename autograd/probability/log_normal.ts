/**
 * The log-normal distribution: that of numbers whose logarithms are normal.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, sub } from "../ops/arithmetic.ts";
import { log } from "../ops/exponential.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { normalEntropy, normalLogProb } from "./normal.ts";
import { parametersOf, whereAbove0 } from "./parameters.ts";

/**
 * Computes the log density of the log-normal distribution; it is -Infinity where `x` is not above 0.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param mean The mean of the logarithm.
 * @param std The standard deviation of the logarithm, above 0.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `std` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { logNormalLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(logNormalLogProb(tensor64(1), 0, 1)), -Math.log(2 * Math.PI) / 2, 1e-9);
 * ```
 */
export function logNormalLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  mean: TensorLike<D>,
  std: TensorLike<D>,
): Tensor<D> {
  const { x: t, mean: m, std: s } = parametersOf("logNormalLogProb", { x, mean, std }, ["std"]);
  return whereAbove0(t, (y) => sub(normalLogProb(log(y), m, s), log(y)));
}

/**
 * Computes the entropy of the log-normal distribution.
 *
 * @typeParam D The dtype.
 * @param mean The mean of the logarithm.
 * @param std The standard deviation of the logarithm, above 0.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `std` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { logNormalEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(logNormalEntropy(tensor64(2), 1)), 2 + (1 + Math.log(2 * Math.PI)) / 2, 1e-9);
 * ```
 */
export function logNormalEntropy<D extends DType = "float32">(
  mean: TensorLike<D>,
  std: TensorLike<D>,
): Tensor<D> {
  const { mean: m, std: s } = parametersOf("logNormalEntropy", { mean, std }, ["std"]);
  return add(normalEntropy(s), m);
}
