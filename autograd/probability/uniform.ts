/**
 * The uniform distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { mul, neg, sub } from "../ops/arithmetic.ts";
import { where } from "../ops/choice.ts";
import { greaterEqual, less } from "../ops/comparison.ts";
import { logicalAnd } from "../ops/logic.ts";
import { log } from "../ops/exponential.ts";
import { fittingFactor } from "../ops/finite.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { logOfNone, parametersOf } from "./parameters.ts";

/**
 * Computes the log density of the uniform distribution on `[min, max)`; it is -Infinity outside.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param min The lower bound, included.
 * @param max The upper bound, not included, above `min`.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { tensor64, toNumber, uniformLogProb } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(uniformLogProb(tensor64(1), 0, 4)), -Math.log(4), 1e-9);
 * ```
 */
export function uniformLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  min: TensorLike<D>,
  max: TensorLike<D>,
): Tensor<D> {
  const { x: t, min: low, max: high } = parametersOf("uniformLogProb", { x, min, max });
  return where(logicalAnd(greaterEqual(t, low), less(t, high)), neg(logDistance(low, high)), logOfNone(t, low, high));
}

/**
 * Computes the entropy of the uniform distribution.
 *
 * @typeParam D The dtype.
 * @param min The lower bound.
 * @param max The upper bound, above `min`.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { tensor64, toNumber, uniformEntropy } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(uniformEntropy(tensor64(0), 4)), Math.log(4), 1e-9);
 * ```
 */
export function uniformEntropy<D extends DType = "float32">(
  min: TensorLike<D>,
  max: TensorLike<D>,
): Tensor<D> {
  const { min: low, max: high } = parametersOf("uniformEntropy", { min, max });
  return logDistance(low, high);
}

/** Computes `log(high - low)`, also where the distance overflows. */
function logDistance<D extends DType>(low: Tensor<D>, high: Tensor<D>): Tensor<D> {
  const fitting = fittingFactor(low, high);
  return sub(log(sub(mul(high, fitting), mul(low, fitting))), log(fitting));
}
