/**
 * The beta distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, mul, neg, sub } from "../ops/arithmetic.ts";
import { where } from "../ops/choice.ts";
import { equal, greaterEqual, lessEqual } from "../ops/comparison.ts";
import { logicalAnd } from "../ops/logic.ts";
import { log1p } from "../ops/exponential.ts";
import { digammaStep, logBeta } from "../ops/log_beta.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { logOfNone, parametersOf, timesLog } from "./parameters.ts";

/**
 * Computes the log density of the beta distribution; it is -Infinity below 0 and above 1, and at 0 and 1 its limit.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param a The first parameter, above 0: the mean is `a / (a + b)`.
 * @param b The second parameter, above 0.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a parameter not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { betaLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(betaLogProb(tensor64(0.5), 2, 2)), Math.log(1.5), 1e-9);
 * ```
 */
export function betaLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  a: TensorLike<D>,
  b: TensorLike<D>,
): Tensor<D> {
  const { x: t, a: p, b: q } = parametersOf("betaLogProb", { x, a, b }, ["a", "b"]);
  const isInside = logicalAnd(greaterEqual(t, 0), lessEqual(t, 1)), y = where(isInside, t, 0.5); // finite derivatives outside
  const rest = timesLog(sub(q, 1), sub(1, y), () => log1p(neg(where(equal(y, 1), 0, y))));
  const density = sub(add(timesLog(sub(p, 1), y), rest), logBeta(p, q));
  return where(isInside, density, logOfNone(t));
}

/**
 * Computes the entropy of the beta distribution.
 *
 * @typeParam D The dtype.
 * @param a The first parameter, above 0.
 * @param b The second parameter, above 0.
 * @returns The entropy in nats, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a parameter not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { betaEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(betaEntropy(tensor64(1), 1)), 0, 1e-9);
 * ```
 */
export function betaEntropy<D extends DType = "float32">(
  a: TensorLike<D>,
  b: TensorLike<D>,
): Tensor<D> {
  const { a: p, b: q } = parametersOf("betaEntropy", { a, b }, ["a", "b"]);
  return sub(logBeta(p, q), add(mul(sub(p, 1), digammaStep(p, q)), mul(sub(q, 1), digammaStep(q, p))));
}

/**
 * Computes the Kullback-Leibler divergence of a beta distribution from another.
 *
 * @typeParam D The dtype.
 * @param a The first parameter of the first distribution, above 0.
 * @param b Its second parameter, above 0.
 * @param otherA The first parameter of the second distribution, above 0.
 * @param otherB Its second parameter, above 0.
 * @returns The divergence in nats, 0 or more, of the shape that the parameters broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or a parameter not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { betaKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(betaKlDivergence(tensor64(1), 1, 2, 1)), 1 - Math.log(2), 1e-9);
 * ```
 */
export function betaKlDivergence<D extends DType = "float32">(
  a: TensorLike<D>,
  b: TensorLike<D>,
  otherA: TensorLike<D>,
  otherB: TensorLike<D>,
): Tensor<D> {
  const { a: p, b: q, otherA: p2, otherB: q2 } = parametersOf("betaKlDivergence", { a, b, otherA, otherB }, [
    "a",
    "b",
    "otherA",
    "otherB",
  ]);
  const moved = add(mul(sub(p, p2), digammaStep(p, q)), mul(sub(q, q2), digammaStep(q, p)));
  return add(sub(logBeta(p2, q2), logBeta(p, q)), moved);
}
