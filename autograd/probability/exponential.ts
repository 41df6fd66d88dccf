/**
 * The exponential distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { div, mul, sub } from "../ops/arithmetic.ts";
import { where } from "../ops/choice.ts";
import { less } from "../ops/comparison.ts";
import { log } from "../ops/exponential.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { parametersOf } from "./parameters.ts";

/**
 * Computes the log density of the exponential distribution; it is -Infinity where `x` is below 0.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param rate Events in a unit of time, above 0.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `rate` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { exponentialLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(exponentialLogProb(tensor64(2), 3)), Math.log(3) - 6, 1e-9);
 * ```
 */
export function exponentialLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  rate: TensorLike<D>,
): Tensor<D> {
  const { x: t, rate: r } = parametersOf("exponentialLogProb", { x, rate }, ["rate"]);
  return where(less(t, 0), -Infinity, sub(log(r), mul(r, t)));
}

/**
 * Computes the entropy of the exponential distribution.
 *
 * @typeParam D The dtype.
 * @param rate Events in a unit of time, above 0.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `rate` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { exponentialEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(exponentialEntropy(tensor64(1))), 1, 1e-9);
 * ```
 */
export function exponentialEntropy<D extends DType = "float32">(
  rate: TensorLike<D>,
): Tensor<D> {
  const { rate: r } = parametersOf("exponentialEntropy", { rate }, ["rate"]);
  return sub(1, log(r));
}

/**
 * Computes the Kullback-Leibler divergence of an exponential distribution from another.
 *
 * @typeParam D The dtype.
 * @param rate The rate of the first distribution, above 0.
 * @param otherRate The rate of the second distribution, above 0.
 * @returns The divergence in nats, 0 or more, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a rate not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { exponentialKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(exponentialKlDivergence(tensor64(1), 2)), 1 - Math.log(2), 1e-9);
 * ```
 */
export function exponentialKlDivergence<D extends DType = "float32">(
  rate: TensorLike<D>,
  otherRate: TensorLike<D>,
): Tensor<D> {
  const { rate: r, otherRate: r2 } = parametersOf("exponentialKlDivergence", { rate, otherRate }, [
    "rate",
    "otherRate",
  ]);
  const ratio = div(r2, r);
  return sub(sub(ratio, 1), log(ratio));
}
