/**
 * Binary cross-entropy, of probabilities and of logits.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import {
  abs,
  add,
  div,
  equal,
  exp,
  greater,
  log,
  log1p,
  mul,
  neg,
  select,
  sigmoid,
  sub,
} from "../../blas/scalar/scalar.ts";
import type { Scalar } from "../../blas/scalar/scalar.ts";
import { applyElementwise, exponential } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";
import { checkReduction, checkSameShape, type LossOptions, reduceLoss } from "./loss.ts";

/** `weight * x`, and 0 where the weight is 0, even if `x` is infinite there. */
const weigh = (weight: Scalar, x: Scalar): Scalar => select(equal(weight, 0), 0, mul(weight, x));

/** `-(target * log(prob) + (1 - target) * log(1 - prob))` */
const binaryCrossEntropyPrimitive = /* @__PURE__ */ exponential(
  "binaryCrossEntropy",
  (prob, target) => neg(add(weigh(target, log(prob)), weigh(sub(1, target), log1p(neg(prob))))),
  {
    derivatives: [
      (prob, target) => sub(weigh(sub(1, target!), div(1, sub(1, prob!))), weigh(target!, div(1, prob!))),
      (prob) => sub(log1p(neg(prob!)), log(prob!)),
    ],
    domains: [[0.3, 0.7], [0.1, 0.9]],
  },
);

/** The loss without its share that is at most log 2: a logit on the wrong side of 0 costs its size. */
const misses = (logit: Scalar, target: Scalar): Scalar =>
  weigh(select(greater(logit, 0), sub(1, target), target), abs(logit));

/**
 * The loss at `prob = sigmoid(logit)`: `log(1 + exp(logit)) - logit * target`, where the exponential never exceeds 1.
 */
const binaryCrossEntropyWithLogitsPrimitive = /* @__PURE__ */ exponential(
  "binaryCrossEntropyWithLogits",
  (logit, target) => add(misses(logit!, target!), log1p(exp(neg(abs(logit!))))),
  // The first derivative is given: differentiating max and abs separately would lose it at 0.
  { derivatives: [(logit, target) => sub(sigmoid(logit!), target!), (logit) => neg(logit!)] },
);

/** The primitives of this file, for the generic checks. */
export const binaryCrossEntropyPrimitives = [
  binaryCrossEntropyPrimitive,
  binaryCrossEntropyWithLogitsPrimitive,
];

/**
 * Computes the cross-entropy of the probability of a yes: minus `target * log(prob) + (1 - target) * log(1 - prob)`.
 *
 * A probability of 0 or 1 costs 0 if the target is the same, and Infinity if it is the opposite. If you have logits,
 * use {@link binaryCrossEntropyWithLogits}, which is accurate for all of them.
 *
 * @param prob Numbers in [0, 1], of any shape.
 * @param target Numbers in [0, 1], of the same shape.
 * @param options `reduction`: `"mean"` (default) over all elements, `"sum"` or `"none"`.
 * @returns 0-d, or the operands' shape with `"none"`; NaN for probabilities outside [0, 1].
 * @throws {ShapeError} If the shapes differ.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { binaryCrossEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(binaryCrossEntropy(tensor64([0.5, 1]), tensor64([1, 1]))), Math.LN2 / 2);
 * ```
 */
export function binaryCrossEntropy<D extends DType>(
  prob: Tensor<D>,
  target: Tensor<NoInfer<D>>,
  options: LossOptions = {},
): Tensor<D> {
  checkOptions("apply binaryCrossEntropy", options, { reduction: true });
  const { reduction = "mean" } = options;
  checkReduction("binaryCrossEntropy", reduction);
  checkSameShape("binaryCrossEntropy", prob, target);
  return reduceLoss(applyElementwise<D>(binaryCrossEntropyPrimitive, [prob, target]), reduction);
}

/**
 * Computes {@link binaryCrossEntropy} of `sigmoid(logits)`, without overflow and without taking the logarithm of a
 * number that was rounded to 0 or 1.
 *
 * @param logits Any shape.
 * @param target Numbers in [0, 1], of the same shape.
 * @param options `reduction`: `"mean"` (default) over all elements, `"sum"` or `"none"`.
 * @returns 0-d, or the operands' shape with `"none"`.
 * @throws {ShapeError} If the shapes differ.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { binaryCrossEntropyWithLogits, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const losses = binaryCrossEntropyWithLogits(tensor64([0, -1000]), tensor64([1, 1]), { reduction: "none" });
 * assertEquals(toList(losses), [Math.LN2, 1000]);
 * ```
 */
export function binaryCrossEntropyWithLogits<D extends DType>(
  logits: Tensor<D>,
  target: Tensor<NoInfer<D>>,
  options: LossOptions = {},
): Tensor<D> {
  checkOptions("apply binaryCrossEntropyWithLogits", options, { reduction: true });
  const { reduction = "mean" } = options;
  checkReduction("binaryCrossEntropyWithLogits", reduction);
  checkSameShape("binaryCrossEntropyWithLogits", logits, target);
  return reduceLoss(applyElementwise<D>(binaryCrossEntropyWithLogitsPrimitive, [logits, target]), reduction);
}
