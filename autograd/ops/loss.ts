/**
 * The part that all losses share: reducing the losses of single examples to one number.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { div as quotient, equal, neg as minus, select } from "../../blas/scalar/scalar.ts";
import { sameShape } from "../../blas/shape.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { mean, sum } from "./sum.ts";

/** The reduction of single losses to the result: their mean, their sum, or none. */
export type LossReduction = "mean" | "sum" | "none";

/** The option that every loss takes. */
export type LossOptions = {
  /** `"mean"` if left out. */
  readonly reduction?: LossReduction | undefined;
};

/** Rejects unknown reductions before anything is computed. */
export function checkReduction(op: string, reduction: LossReduction): void {
  if (!["mean", "sum", "none"].includes(reduction)) {
    throw new RangeError(
      `Cannot apply ${op} with reduction ${describe(reduction)}: it must be "mean", "sum" or "none"; pass one`,
    );
  }
}

/** Rejects an `ignoreIndex` that cannot be a label. */
export function checkIgnoreIndex(op: string, ignoreIndex: number | undefined): void {
  if (ignoreIndex === undefined || Number.isInteger(ignoreIndex)) return;
  throw new RangeError(
    `Cannot apply ${op} with ignoreIndex ${describe(ignoreIndex)}: it must be a whole number; -100 is usual`,
  );
}

/**
 * A weighted mean, from a weighted sum and the sum of the weights. If the latter is 0, the mean is NaN and its gradient
 * 0, since nothing influences it. PyTorch does the same where all rows are ignored, but gives NaN gradients where all
 * weights are 0.
 */
const weightedMeanPrimitive = /* @__PURE__ */ arithmetic("weightedMean", (total, weight) => quotient(total, weight), {
  derivatives: [
    (_, weight) => select(equal(weight!, 0), 0, quotient(1, weight!)),
    (total, weight) => select(equal(weight!, 0), 0, minus(quotient(quotient(total!, weight!), weight!))),
  ],
  domains: [[-2, 2], [0.5, 2]],
});

/** The primitives of this file, for the generic checks. */
export const lossPrimitives = [weightedMeanPrimitive];

/** Returns the mean of losses that have been multiplied by their weights. */
export function weightedMean<D extends DType>(losses: Tensor<D>, weights: Tensor<D>): Tensor<D> {
  return applyElementwise<D>(weightedMeanPrimitive, [sum(losses), sum(weights)]);
}

/** Reduces single losses. */
export function reduceLoss<D extends DType>(losses: Tensor<D>, reduction: LossReduction): Tensor<D> {
  return reduction === "none" ? losses : reduction === "sum" ? sum(losses) : mean(losses);
}

/** Throws if predictions and targets differ in dtype or shape: broadcasting them is almost always a mistake. */
export function checkSameShape(op: string, pred: Tensor, target: Tensor): void {
  checkOperands(op, [pred, target]);
  if (sameShape(innerShape(pred), innerShape(target))) return;
  throw new ShapeError({
    op,
    given: { pred: pred.shape, target: target.shape },
    problem: "predictions and targets must have one shape",
    remedy: "reshape the target, or stretch it with broadcastTo",
  });
}
