/**
 * The Poisson distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, div, mul, sub } from "../ops/arithmetic.ts";
import { log } from "../ops/exponential.ts";
import { logGamma } from "../ops/gamma_functions.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { parametersOf, timesLog } from "./parameters.ts";

/**
 * Computes the logarithm of the probability of counts.
 *
 * @typeParam D The dtype.
 * @param x Whole numbers of 0 or more, any shape that broadcasts with the mean.
 * @param lambda The mean, above 0.
 * @returns The logarithm of the probability of each count, of the shape that the arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `lambda` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { poissonLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(poissonLogProb(tensor64(2), 3)), Math.log(4.5) - 3, 1e-9);
 * ```
 */
export function poissonLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  lambda: TensorLike<D>,
): Tensor<D> {
  const { x: k, lambda: mean } = parametersOf("poissonLogProb", { x, lambda }, ["lambda"]);
  return sub(timesLog(k, mean), add(mean, logGamma(add(k, 1))));
}

/**
 * Computes the Kullback-Leibler divergence of a Poisson distribution from another.
 *
 * @typeParam D The dtype.
 * @param lambda The mean of the first distribution, above 0.
 * @param otherLambda The mean of the second distribution, above 0.
 * @returns The divergence in nats, 0 or more, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a mean not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { poissonKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(poissonKlDivergence(tensor64(1), 2)), 1 - Math.log(2), 1e-9);
 * ```
 */
export function poissonKlDivergence<D extends DType = "float32">(
  lambda: TensorLike<D>,
  otherLambda: TensorLike<D>,
): Tensor<D> {
  const { lambda: mean, otherLambda: mean2 } = parametersOf("poissonKlDivergence", { lambda, otherLambda }, [
    "lambda",
    "otherLambda",
  ]);
  return add(mul(mean, log(div(mean, mean2))), sub(mean2, mean));
}
