/**
 * The negative log-likelihood of classes.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { normalizeAxis, sameShape, type Shape, sizeOf, unwrap } from "../../blas/shape.ts";
import { constant, ones } from "../values/constructors.ts";
import { applyElementwise } from "../elementwise.ts";
import { abstractIndices, areAbstract, checkPositions, type Indices, readIndices } from "../values/indices.ts";
import type { Numeric } from "../values/numeric.ts";
import { checkOperands } from "../primitive.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { mul, neg, sub } from "./arithmetic.ts";
import { where } from "./choice.ts";
import { equal } from "./comparison.ts";
import { weighPrimitive } from "./cross_entropy.ts";
import { take, takeAlong } from "./gather.ts";
import { checkIgnoreIndex, checkReduction, type LossOptions, reduceLoss, weightedMean } from "./loss.ts";
import { expandDims, squeeze } from "./reshape.ts";

/** The options of {@link nllLoss}. */
export type NllLossOptions<D extends DType> = LossOptions & {
  /** The axis of the classes, the last if left out. */
  readonly axis?: number | undefined;
  /** `[classes]`: the weight of each class; all are equal if left out. */
  readonly weights?: Tensor<D> | undefined;
  /** A label whose rows are left out. */
  readonly ignoreIndex?: number | undefined;
};

/**
 * Computes minus the log-probability of the right class. `nllLoss(logSoftmax(logits), classes)` is
 * `softmaxCrossEntropy(logits, classes)`.
 *
 * @param logProbs Log-probabilities, such as `logSoftmax` gives: `[..., classes]`, or with the classes on another axis.
 * @param classes Whole numbers of the shape of `logProbs` without the class axis, as an array or a tensor.
 * @param options `axis`: the last by default; `weights`: one for each class; `ignoreIndex`: a label whose rows are left
 * out; `reduction`: `"mean"` (default) over rows, with weights divided by the sum of those of the chosen classes, as in
 * PyTorch; `"sum"`; or `"none"`, one loss a row.
 * @returns 0-d, or the shape of `classes` with `"none"`. The mean is NaN with gradient 0 where no row counts.
 * @throws {ShapeError} If the classes have another shape, or there is not one weight for each class.
 * @throws {RangeError} If a label is not a class.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { log, nllLoss, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const logProbs = log(tensor64([[0.5, 0.5], [0.75, 0.25]]));
 * assertAlmostEquals(toNumber(nllLoss(logProbs, [0, 1])), Math.log(8) / 2);
 * ```
 */
export function nllLoss<D extends DType>(
  logProbs: Tensor<D>,
  classes: Tensor | Numeric,
  options: NllLossOptions<NoInfer<D>> = {},
): Tensor<D> {
  checkOptions("apply nllLoss", options, { axis: true, reduction: true, weights: true, ignoreIndex: true });
  const { axis = -1, reduction = "mean", weights, ignoreIndex } = options;
  const op = "nllLoss";
  checkReduction(op, reduction);
  checkIgnoreIndex(op, ignoreIndex);
  checkOperands(op, weights === undefined ? [logProbs] : [logProbs, weights]);
  const { dtype } = logProbs, along = unwrap(normalizeAxis(op, logProbs.shape, axis)), count = logProbs.shape[along]!;
  const rows = logProbs.shape.filter((_, k) => k !== along);
  checkPositions(op, count, dtype);
  if (isTensor(classes)) checkShapes(logProbs.shape, count, rows, classes.shape, weights);
  const read = areAbstract(classes)
    ? abstractIndices(op, classes, count, dtype, ignoreIndex)
    : readAsTensor(readIndices(op, classes, count, ignoreIndex), dtype);
  checkShapes(logProbs.shape, count, rows, read.shape, weights);
  const kept = ignoreIndex === undefined ? ones(read.shape, { dtype }) : sub<D>(1, equal<D>(read, ignoreIndex));
  // Ignored rows get class 0, and their losses are dropped, even infinite ones.
  const chosen = ignoreIndex === undefined ? read : where<D>(kept, read, 0);
  const picked = neg(squeeze(takeAlong(logProbs, expandDims(chosen, along), along), along));
  const weight = weights === undefined ? kept : mul(take(weights, chosen), kept);
  const losses = weights === undefined && ignoreIndex === undefined
    ? picked
    : applyElementwise<D>(weighPrimitive, [weight, picked]);
  return reduction === "mean" ? weightedMean(losses, weight) : reduceLoss(losses, reduction);
}

const readAsTensor = <D extends DType>({ shape, values }: Indices, dtype: D): Tensor<D> =>
  constant<D>(values, { dtype, shape });

function checkShapes(logProbs: Shape, count: number, rows: Shape, classes: Shape, weights: Tensor | undefined): void {
  if (!sameShape(classes, rows)) {
    throw new ShapeError({
      op: "nllLoss",
      given: { logProbs, classes },
      problem: `classes must have shape [${rows.join(", ")}], that of logProbs without the class axis`,
      remedy: "axis says where the classes are, the last by default",
    });
  }
  if (count === 0 && sizeOf(rows) > 0) { // labels, all of them ignored
    throw new ShapeError({
      op: "nllLoss",
      given: { logProbs, classes },
      problem: "there must be at least one class",
      remedy: "pass [..., classes], or name the axis of the classes",
    });
  }
  if (weights !== undefined && !sameShape(weights.shape, [count])) {
    throw new ShapeError({
      op: "nllLoss",
      given: { logProbs, weights: weights.shape },
      problem: `there must be one weight for each of the ${count} classes`,
      remedy: `pass weights of shape [${count}]`,
    });
  }
}
