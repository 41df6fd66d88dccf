/**
 * Cross-entropy, of logits and of probabilities.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { div, equal, log, mul as times, select } from "../../blas/scalar/scalar.ts";
import { normalizeAxis, sameShape, type Shape, sizeOf, unwrap } from "../../blas/shape.ts";
import { constant } from "../values/constructors.ts";
import { applyElementwise, elementwise } from "../elementwise.ts";
import { areAbstract, readIndices } from "../values/indices.ts";
import type { Numeric } from "../values/numeric.ts";
import { checkOperands } from "../primitive.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { add, mul, neg, scale } from "./arithmetic.ts";
import { checkReduction, checkSameShape, type LossOptions, reduceLoss, weightedMean } from "./loss.ts";
import { abstractOneHot } from "./one_hot.ts";
import { reshape } from "./reshape.ts";
import { logSoftmax } from "./softmax.ts";
import { sum } from "./sum.ts";

/** `weight * x`, and 0 where the weight is 0, even if `x` is infinite there. */
export const weighPrimitive = elementwise("weigh", (weight, x) => select(equal(weight, 0), 0, times(weight, x)), {
  derivatives: [(_, x) => x!, (weight) => weight!],
});
/** `weight * log(x)`, and 0 where the weight is 0, even if `x` is 0 there. */
const weighLogPrimitive = elementwise("weighLog", (weight, x) => select(equal(weight, 0), 0, times(weight, log(x))), {
  derivatives: [(_, x) => log(x!), (weight, x) => select(equal(weight!, 0), 0, div(weight!, x!))],
  domains: [[0.1, 1], [0.2, 1]],
});

/** The primitives of this file, for the generic checks. */
export const crossEntropyPrimitives = [weighPrimitive, weighLogPrimitive];

/**
 * Computes the cross-entropy of predictions that are probabilities: minus the sum of `target * log(pred)`.
 *
 * Where the target is 0 the prediction may be 0. If you have logits, {@link softmaxCrossEntropy} is exact and faster.
 *
 * @example
 * ```ts
 * import { crossEntropyLoss, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const pred = tensor64([[0.5, 0.5], [1, 0]]), target = tensor64([[1, 0], [1, 0]]);
 * assertAlmostEquals(toNumber(crossEntropyLoss(pred, target)), Math.LN2 / 2);
 * ```
 *
 * @param pred Probabilities, `[..., classes]`. With at least one axis before the classes the mean over rows is
 * returned, over all axes but the last; of a single row, `[classes]`, the sum over its elements.
 * @param target Probabilities of the same shape.
 * @param options `reduction`: `"mean"` (default) as said, `"sum"` over all, `"none"` for one loss a row.
 * @throws {ShapeError} If the shapes differ.
 * @throws {DTypeError} If the dtypes differ.
 */
export function crossEntropyLoss<D extends DType>(
  pred: Tensor<D>,
  target: Tensor<NoInfer<D>>,
  options: LossOptions = {},
): Tensor<D> {
  checkOptions("apply crossEntropyLoss", options, { reduction: true });
  const { reduction = "mean" } = options;
  checkReduction("crossEntropyLoss", reduction);
  checkSameShape("crossEntropyLoss", pred, target);
  const terms = neg(applyElementwise<D>(weighLogPrimitive, [target, pred]));
  if (reduction === "none") return sum(terms, { axes: pred.shape.length === 0 ? [] : -1 });
  return reduction === "mean" ? scale(sum(terms), 1 / sizeOf(pred.shape.slice(0, -1))) : sum(terms);
}

/** The options of {@link softmaxCrossEntropy}. */
export type SoftmaxCrossEntropyOptions<D extends DType> = LossOptions & {
  /** The axis of the classes, the last if left out. */
  readonly axis?: number;
  /** How much of the target is spread evenly over all classes, in [0, 1]; 0 if left out. Szegedy et al., 2015. */
  readonly labelSmoothing?: number;
  /** `[classes]`: how much each class counts; all alike if left out. */
  readonly weights?: Tensor<D>;
  /** A label whose rows are left out. */
  readonly ignoreIndex?: number;
};

/**
 * Computes the cross-entropy of logits: minus the log-probability of the right class, under the softmax of the logits.
 *
 * @param logits `[..., classes]`, or with the classes on another axis.
 * @param labels Probabilities of the logits' shape, as a tensor; or classes, whole numbers of the logits' shape without
 * the class axis, as an array or a tensor.
 * @param options See {@link SoftmaxCrossEntropyOptions}.
 * @returns The mean over rows, 0-d (divided by the sum of the weights of the classes chosen where there are weights,
 * rows ignored left out, as PyTorch does; NaN with gradient 0 where none is left); the sum; or one loss a row.
 * @throws {ShapeError} If the labels fit neither form, or there is not one weight for each class.
 * @throws {RangeError} If a label is not a class, or `labelSmoothing` is outside [0, 1].
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const logits = tensor64([[0, 0], [0, Math.log(3)]]);
 * assertAlmostEquals(toNumber(softmaxCrossEntropy(logits, [0, 1])), (Math.log(2) + Math.log(4 / 3)) / 2);
 * ```
 */
export function softmaxCrossEntropy<D extends DType>(
  logits: Tensor<D>,
  labels: Tensor | Numeric,
  options: SoftmaxCrossEntropyOptions<NoInfer<D>> = {},
): Tensor<D> {
  const op = "softmaxCrossEntropy";
  checkOptions(`apply ${op}`, options, {
    reduction: true,
    axis: true,
    labelSmoothing: true,
    weights: true,
    ignoreIndex: true,
  });
  const { reduction = "mean", labelSmoothing = 0, weights, ignoreIndex } = options;
  checkOperands(op, weights === undefined ? [logits] : [logits, weights]);
  checkReduction(op, reduction);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(
      `Cannot apply ${op} with labelSmoothing ${labelSmoothing}: it must be in [0, 1]; 0.1 is usual`,
    );
  }
  const axis = unwrap(normalizeAxis(op, logits.shape, options.axis ?? -1)), classes = logits.shape[axis]!;
  if (weights !== undefined && !sameShape(weights.shape, [classes])) {
    throw new ShapeError({
      op,
      given: { logits: logits.shape, weights: weights.shape },
      problem: `there must be one weight for each of the ${classes} classes`,
      remedy: `pass weights of shape [${classes}]`,
    });
  }
  const { target, rowWeights } = targetOf(op, logits, labels, axis, weights, ignoreIndex);
  const smoothed = labelSmoothing === 0 ? target : add(scale(target, 1 - labelSmoothing), labelSmoothing / classes);
  const perClass = weights === undefined
    ? smoothed
    : mul(smoothed, reshape(weights, [classes, ...logits.shape.slice(axis + 1).map(() => 1)]));
  const losses = neg(sum(applyElementwise(weighPrimitive, [perClass, logSoftmax(logits, { axis })]), { axes: axis }));
  const counted = rowWeights === undefined ? losses : applyElementwise<D>(weighPrimitive, [rowWeights.kept, losses]);
  return rowWeights !== undefined && reduction === "mean"
    ? weightedMean(counted, rowWeights.weight)
    : reduceLoss(counted, reduction);
}

/** The target as probabilities and, for classes that are weighted or ignored, which rows count and by how much. */
type Target<D extends DType> = {
  readonly target: Tensor<D>;
  readonly rowWeights?: { readonly kept: Tensor<D>; readonly weight: Tensor<D> };
};

function targetOf<D extends DType>(
  op: string,
  logits: Tensor<D>,
  labels: Tensor | Numeric,
  axis: number,
  weights: Tensor<D> | undefined,
  ignoreIndex: number | undefined,
): Target<D> {
  // Probabilities have the logits' dtype; if not, the first operation on both says so.
  if (isTensor(labels) && sameShape(labels.shape, logits.shape)) return { target: labels as Tensor<D> };
  const { dtype } = logits, classes = logits.shape[axis]!, rows = logits.shape.filter((_, k) => k !== axis);
  if (areAbstract(labels)) {
    if (!sameShape(labels.shape, rows)) throw labelShapeError(op, logits.shape, labels.shape, rows);
    const { target, kept } = abstractOneHot({ op, classes: labels, count: classes, axis, dtype, ignoreIndex });
    return weighted(target, kept, weights, axis);
  }
  const { shape, values } = readIndices(op, labels, classes, ignoreIndex);
  if (!sameShape(shape, rows)) throw labelShapeError(op, logits.shape, shape, rows);
  const inner = sizeOf(logits.shape.slice(axis + 1));
  const data = new Float64Array(values.length * classes), kept = new Float64Array(values.length);
  values.forEach((label, row) => {
    if (label === ignoreIndex) return;
    kept[row] = 1;
    data[Math.floor(row / inner) * inner * classes + label * inner + row % inner] = 1;
  });
  const target = constant(data, { dtype, shape: logits.shape });
  const counted = weights !== undefined || ignoreIndex !== undefined;
  return weighted(target, counted ? constant(kept, { dtype, shape: rows }) : undefined, weights, axis);
}

/** A target with, where rows are ignored or classes weighted, what each row counts, and its weight in the mean. */
function weighted<D extends DType>(
  target: Tensor<D>,
  kept: Tensor<D> | undefined,
  weights: Tensor<D> | undefined,
  axis: number,
): Target<D> {
  if (kept === undefined && weights === undefined) return { target };
  const rows = kept ?? sum(target, { axes: axis });
  if (weights === undefined) return { target, rowWeights: { kept: rows, weight: rows } };
  const column = reshape(weights, [...weights.shape, ...target.shape.slice(axis + 1).map(() => 1)]);
  return { target, rowWeights: { kept: rows, weight: mul(target, column) } };
}

function labelShapeError(op: string, logits: Shape, labels: Shape, rows: Shape): ShapeError {
  return new ShapeError({
    op,
    given: { logits, labels },
    problem: `classes must have shape [${rows.join(", ")}], the logits' without the class axis`,
    remedy: "probabilities must be a tensor of the logits' shape; axis says where the classes are, the last by default",
  });
}
