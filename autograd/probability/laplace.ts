/**
 * The Laplace distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, div, mul, neg, sub } from "../ops/arithmetic.ts";
import { abs } from "../ops/choice.ts";
import { exp, log } from "../ops/exponential.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { parametersOf } from "./parameters.ts";

/**
 * Computes the log density of the Laplace distribution.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param mean The mean.
 * @param scale The mean distance from it, above 0.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `scale` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { laplaceLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(laplaceLogProb(tensor64(3), 1, 2)), -1 - Math.log(4), 1e-9);
 * ```
 */
export function laplaceLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  mean: TensorLike<D>,
  scale: TensorLike<D>,
): Tensor<D> {
  const { x: t, mean: m, scale: s } = parametersOf("laplaceLogProb", { x, mean, scale }, ["scale"]);
  return neg(add(div(abs(sub(t, m)), s), log(mul(s, 2))));
}

/**
 * Computes the entropy of the Laplace distribution.
 *
 * @typeParam D The dtype.
 * @param scale The mean distance from the mean, above 0.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `scale` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { laplaceEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(laplaceEntropy(tensor64(2))), 1 + Math.log(4), 1e-9);
 * ```
 */
export function laplaceEntropy<D extends DType = "float32">(
  scale: TensorLike<D>,
): Tensor<D> {
  const { scale: s } = parametersOf("laplaceEntropy", { scale }, ["scale"]);
  return add(log(mul(s, 2)), 1);
}

/**
 * Computes the Kullback-Leibler divergence of a Laplace distribution from another.
 *
 * @typeParam D The dtype.
 * @param mean The mean of the first distribution.
 * @param scale Its scale, above 0.
 * @param otherMean The mean of the second distribution.
 * @param otherScale Its scale, above 0.
 * @returns The divergence in nats, 0 or more, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a scale not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { laplaceKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(laplaceKlDivergence(tensor64(0), 1, 0, 2)), Math.log(2) - 0.5, 1e-9);
 * ```
 */
export function laplaceKlDivergence<D extends DType = "float32">(
  mean: TensorLike<D>,
  scale: TensorLike<D>,
  otherMean: TensorLike<D>,
  otherScale: TensorLike<D>,
): Tensor<D> {
  const { mean: m, scale: s, otherMean: m2, otherScale: s2 } = parametersOf("laplaceKlDivergence", {
    mean,
    scale,
    otherMean,
    otherScale,
  }, [
    "scale",
    "otherScale",
  ]);
  const ratio = div(s, s2), distance = abs(sub(m, m2));
  const mixed = add(mul(ratio, exp(neg(div(distance, s)))), div(distance, s2));
  return sub(sub(mixed, log(ratio)), 1);
}
