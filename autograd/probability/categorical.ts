/**
 * The categorical distribution, given by logits: the logarithms of probabilities, up to a number added to all.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { sameShape } from "../../blas/shape.ts";
import { mul, neg, sub } from "../ops/arithmetic.ts";
import { maximum } from "../ops/choice.ts";
import { takeAlong } from "../ops/gather.ts";
import { expandDims, squeeze } from "../ops/reshape.ts";
import { checkPositions } from "../values/indices.ts";
import { logSoftmax, softmax } from "../ops/softmax.ts";
import { sum } from "../ops/sum.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { parametersOf } from "./parameters.ts";

/** Less than the logarithm of any probability; unlike -Infinity, it can be multiplied by 0. */
const LEAST = -1e30;

// Probabilities are not the exponentials of their logarithms, whose derivative is a difference of large numbers: that of
// softmax subtracts the mean of the logarithms from them first.

/**
 * Computes the logarithm of the probability of classes.
 *
 * @typeParam D The dtype.
 * @param classes `[...]`, whole numbers from 0 to the number of classes less 1.
 * @param logits `[..., classes]`
 * @returns The logarithms, of the shape of `classes`.
 * @throws {ShapeError} If `classes` does not have the shape of the logits without their last axis.
 * @throws {RangeError} If a class does not exist.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { categoricalLogProb, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toList(categoricalLogProb(tensor64([1]), tensor64([[0, 0]])))[0]!, -Math.log(2), 1e-12);
 * ```
 */
export function categoricalLogProb<D extends DType>(classes: Tensor<D>, logits: Tensor<NoInfer<D>>): Tensor<D> {
  checkOperands("categoricalLogProb", [classes, logits]);
  checkClasses("categoricalLogProb", logits);
  if (!sameShape(classes.shape, logits.shape.slice(0, -1))) {
    throw new ShapeError({
      op: "categoricalLogProb",
      given: { classes: classes.shape, logits: logits.shape },
      problem: "classes must have the shape of logits without their last axis",
      remedy: "pass one class for each row of logits",
    });
  }
  checkPositions("categoricalLogProb", logits.shape.at(-1)!, logits.dtype);
  return squeeze(takeAlong(logSoftmax(logits), expandDims(classes, -1), -1), -1);
}

/**
 * Computes the entropy of the categorical distribution; classes that are impossible, of logits of -Infinity, add nothing.
 *
 * @typeParam D The dtype.
 * @param logits `[..., classes]`
 * @returns The entropy in nats of each row, `[...]`.
 * @throws {ShapeError} If there are no classes.
 *
 * @example
 * ```ts
 * import { categoricalEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(categoricalEntropy(tensor64([1, 1, 1, 1]))), Math.log(4), 1e-12);
 * ```
 */
export function categoricalEntropy<D extends DType>(logits: Tensor<D>): Tensor<D> {
  checkOperands("categoricalEntropy", [logits]);
  checkClasses("categoricalEntropy", logits);
  return neg(sum(mul(softmax(logits), maximum(logSoftmax(logits), LEAST)), { axes: -1 }));
}

/**
 * Computes the Kullback-Leibler divergence of a categorical distribution from another.
 *
 * @typeParam D The dtype.
 * @param logits `[..., classes]`, those of the first distribution.
 * @param otherLogits Those of the second distribution, which broadcast with them.
 * @returns The divergence in nats of each row, 0 or more; huge where a class is impossible in the second distribution only.
 * @throws {ShapeError} If there are no classes, or the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { categoricalKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [p, q] = [tensor64([0, 0]), tensor64([Math.log(3), 0])];
 * assertAlmostEquals(toNumber(categoricalKlDivergence(p, q)), Math.log(2) - Math.log(3) / 2, 1e-12);
 * ```
 */
export function categoricalKlDivergence<D extends DType>(
  logits: Tensor<D>,
  otherLogits: Tensor<NoInfer<D>>,
): Tensor<D> {
  checkOperands("categoricalKlDivergence", [logits, otherLogits]);
  parametersOf("categoricalKlDivergence", { logits, otherLogits });
  checkClasses("categoricalKlDivergence", logits);
  checkClasses("categoricalKlDivergence", otherLogits);
  const logs = logSoftmax(logits), others = logSoftmax(otherLogits);
  return sum(mul(softmax(logits), sub(maximum(logs, LEAST), maximum(others, LEAST))), { axes: -1 });
}

/** Throws if there is no last axis, of at least one class. */
function checkClasses(op: string, logits: Tensor): void {
  if ((logits.shape.at(-1) ?? 0) >= 1) return;
  throw new ShapeError({
    op,
    given: { logits: logits.shape },
    problem: "logits must have at least one class on their last axis",
    remedy: "pass [..., classes]",
  });
}
