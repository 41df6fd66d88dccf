/**
 * The Cauchy distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, div, mul, neg, sub } from "../ops/arithmetic.ts";
import { log, log1p } from "../ops/exponential.ts";
import { square } from "../ops/power.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { parametersOf } from "./parameters.ts";

/**
 * Computes the log density of the Cauchy distribution.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param median The median.
 * @param scale Half the distance between the quartiles, above 0.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `scale` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { cauchyLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(cauchyLogProb(tensor64(1), 0, 1)), -Math.log(2 * Math.PI), 1e-9);
 * ```
 */
export function cauchyLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  median: TensorLike<D>,
  scale: TensorLike<D>,
): Tensor<D> {
  const { x: t, median: m, scale: s } = parametersOf("cauchyLogProb", { x, median, scale }, ["scale"]);
  return neg(add(log1p(square(div(sub(t, m), s))), log(mul(s, Math.PI))));
}

/**
 * Computes the entropy of the Cauchy distribution.
 *
 * @typeParam D The dtype.
 * @param scale Half the distance between the quartiles, above 0.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `scale` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { cauchyEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(cauchyEntropy(tensor64(1))), Math.log(4 * Math.PI), 1e-9);
 * ```
 */
export function cauchyEntropy<D extends DType = "float32">(
  scale: TensorLike<D>,
): Tensor<D> {
  const { scale: s } = parametersOf("cauchyEntropy", { scale }, ["scale"]);
  return log(mul(s, 4 * Math.PI));
}
