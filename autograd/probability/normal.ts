/**
 * The normal distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, div, mul, sub } from "../ops/arithmetic.ts";
import { log } from "../ops/exponential.ts";
import { square } from "../ops/power.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { parametersOf } from "./parameters.ts";

/** Half the logarithm of 2 pi. */
const HALF_LOG_TAU = 0.9189385332046728;

/**
 * Computes the log density of the normal distribution.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param mean The mean.
 * @param std The standard deviation, above 0.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `std` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { normalLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(normalLogProb(tensor64(1), 1, 1)), -Math.log(2 * Math.PI) / 2, 1e-9);
 * ```
 */
export function normalLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  mean: TensorLike<D>,
  std: TensorLike<D>,
): Tensor<D> {
  const { x: t, mean: m, std: s } = parametersOf("normalLogProb", { x, mean, std }, ["std"]);
  const scaled = div(sub(t, m), s);
  return sub(mul(square(scaled), -0.5), add(log(s), HALF_LOG_TAU));
}

/**
 * Computes the entropy of the normal distribution, which does not depend on its mean.
 *
 * @typeParam D The dtype.
 * @param std The standard deviation, above 0.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `std` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { normalEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(normalEntropy(tensor64(1))), (1 + Math.log(2 * Math.PI)) / 2, 1e-9);
 * ```
 */
export function normalEntropy<D extends DType = "float32">(
  std: TensorLike<D>,
): Tensor<D> {
  const { std: s } = parametersOf("normalEntropy", { std }, ["std"]);
  return add(log(s), HALF_LOG_TAU + 0.5);
}

/**
 * Computes the Kullback-Leibler divergence of a normal distribution from another.
 *
 * @typeParam D The dtype.
 * @param mean The mean of the first distribution.
 * @param std Its standard deviation, above 0.
 * @param otherMean The mean of the second distribution.
 * @param otherStd Its standard deviation, above 0.
 * @returns The divergence in nats, 0 or more, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a standard deviation not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { normalKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(normalKlDivergence(tensor64(1), 1, 0, 1)), 0.5, 1e-9);
 * ```
 */
export function normalKlDivergence<D extends DType = "float32">(
  mean: TensorLike<D>,
  std: TensorLike<D>,
  otherMean: TensorLike<D>,
  otherStd: TensorLike<D>,
): Tensor<D> {
  const { mean: m, std: s, otherMean: m2, otherStd: s2 } = parametersOf("normalKlDivergence", {
    mean,
    std,
    otherMean,
    otherStd,
  }, [
    "std",
    "otherStd",
  ]);
  const ratio = square(div(s, s2)), distance = square(div(sub(m, m2), s2));
  return mul(sub(sub(add(ratio, distance), 1), log(ratio)), 0.5);
}
