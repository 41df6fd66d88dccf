/**
 * The Bernoulli distribution, given by logits, `log(p / (1 - p))`.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { sigmoid, softplus } from "../ops/sigmoid.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { parametersOf } from "./parameters.ts";

/**
 * Computes the logarithm of the probability of zeros and ones, without overflow.
 *
 * @typeParam D The dtype.
 * @param x Zeros and ones, any shape that broadcasts with the logits.
 * @param logits `log(p / (1 - p))` of the probability of 1.
 * @returns The logarithm of the probability of each, of the shape that the arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { bernoulliLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(bernoulliLogProb(tensor64(1), 0)), -Math.log(2), 1e-9);
 * ```
 */
export function bernoulliLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  logits: TensorLike<D>,
): Tensor<D> {
  const { x: t, logits: z } = parametersOf("bernoulliLogProb", { x, logits });
  return sub(mul(t, z), softplus(z));
}

/**
 * Computes the entropy of the Bernoulli distribution.
 *
 * @typeParam D The dtype.
 * @param logits `log(p / (1 - p))` of the probability of 1.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { bernoulliEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(bernoulliEntropy(tensor64(0))), Math.log(2), 1e-9);
 * ```
 */
export function bernoulliEntropy<D extends DType = "float32">(
  logits: TensorLike<D>,
): Tensor<D> {
  const { logits: z } = parametersOf("bernoulliEntropy", { logits });
  return sub(softplus(z), mul(z, sigmoid(z)));
}

/**
 * Computes the Kullback-Leibler divergence of a Bernoulli distribution from another.
 *
 * @typeParam D The dtype.
 * @param logits Those of the first distribution.
 * @param otherLogits Those of the second distribution.
 * @returns The divergence in nats, 0 or more, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { bernoulliKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(bernoulliKlDivergence(tensor64(0), Math.log(3))), Math.log(2) - Math.log(3) / 2, 1e-9);
 * ```
 */
export function bernoulliKlDivergence<D extends DType = "float32">(
  logits: TensorLike<D>,
  otherLogits: TensorLike<D>,
): Tensor<D> {
  const { logits: z, otherLogits: z2 } = parametersOf("bernoulliKlDivergence", { logits, otherLogits });
  return add(mul(sigmoid(z), sub(z, z2)), sub(softplus(z2), softplus(z)));
}
