/**
 * The gamma distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, div, mul, sub } from "../ops/arithmetic.ts";
import { where } from "../ops/choice.ts";
import { greaterEqual } from "../ops/comparison.ts";
import { log } from "../ops/exponential.ts";
import { digamma, logGamma } from "../ops/gamma_functions.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { logOfNone, parametersOf, timesLog } from "./parameters.ts";

/**
 * Computes the log density of the gamma distribution; it is -Infinity below 0, and at 0 its limit.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param alpha The shape parameter, above 0.
 * @param rate The rate, above 0: the mean is `alpha / rate`.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a parameter not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { gammaLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(gammaLogProb(tensor64(2), 1, 3)), Math.log(3) - 6, 1e-9);
 * ```
 */
export function gammaLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  alpha: TensorLike<D>,
  rate: TensorLike<D>,
): Tensor<D> {
  const { x: t, alpha: a, rate: r } = parametersOf("gammaLogProb", { x, alpha, rate }, ["alpha", "rate"]);
  const isInside = greaterEqual(t, 0), y = where(isInside, t, 1); // 1 gives finite derivatives outside
  const density = sub(add(mul(a, log(r)), timesLog(sub(a, 1), y)), add(mul(r, y), logGamma(a)));
  return where(isInside, density, logOfNone(t));
}

/**
 * Computes the entropy of the gamma distribution.
 *
 * @typeParam D The dtype.
 * @param alpha The shape parameter, above 0.
 * @param rate The rate, above 0.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a parameter not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { gammaEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(gammaEntropy(tensor64(1), 1)), 1, 1e-9);
 * ```
 */
export function gammaEntropy<D extends DType = "float32">(
  alpha: TensorLike<D>,
  rate: TensorLike<D>,
): Tensor<D> {
  const { alpha: a, rate: r } = parametersOf("gammaEntropy", { alpha, rate }, ["alpha", "rate"]);
  return add(sub(add(a, logGamma(a)), log(r)), mul(sub(1, a), digamma(a)));
}

/**
 * Computes the Kullback-Leibler divergence of a gamma distribution from another.
 *
 * @typeParam D The dtype.
 * @param alpha The shape parameter of the first distribution, above 0.
 * @param rate Its rate, above 0.
 * @param otherAlpha The shape parameter of the second distribution, above 0.
 * @param otherRate Its rate, above 0.
 * @returns The divergence in nats, 0 or more, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a parameter not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { gammaKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(gammaKlDivergence(tensor64(1), 1, 1, 2)), 1 - Math.log(2), 1e-9);
 * ```
 */
export function gammaKlDivergence<D extends DType = "float32">(
  alpha: TensorLike<D>,
  rate: TensorLike<D>,
  otherAlpha: TensorLike<D>,
  otherRate: TensorLike<D>,
): Tensor<D> {
  const { alpha: a, rate: r, otherAlpha: a2, otherRate: r2 } = parametersOf("gammaKlDivergence", {
    alpha,
    rate,
    otherAlpha,
    otherRate,
  }, [
    "alpha",
    "rate",
    "otherAlpha",
    "otherRate",
  ]);
  const shapes = add(sub(logGamma(a2), logGamma(a)), mul(sub(a, a2), digamma(a)));
  return add(add(shapes, mul(a2, log(div(r, r2)))), mul(a, div(sub(r2, r), r)));
}
