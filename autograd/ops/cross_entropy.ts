/**
 * Cross-entropy, of logits and of probabilities.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { div as over, equal as same, log, mul as times, select } from "../../blas/scalar/scalar.ts";
import { droppedShape, normalizeAxis, sameShape, type Shape, sizeOf, unwrap } from "../../blas/shape.ts";
import { constant } from "../values/constructors.ts";
import { applyElementwise, arithmetic, exponential } from "../elementwise.ts";
import { areAbstract, checkPositions, readIndices } from "../values/indices.ts";
import type { Numeric } from "../values/numeric.ts";
import { checkOperands } from "../primitive.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { add, div, mul, neg, scale } from "./arithmetic.ts";
import { equal } from "./comparison.ts";
import {
  checkIgnoreIndex,
  checkReduction,
  checkSameShape,
  type LossOptions,
  reduceLoss,
  weightedMean,
} from "./loss.ts";
import { abstractLabels, abstractOneHot } from "./one_hot.ts";
import { reshape } from "./reshape.ts";
import { classLoss, softmaxLoss } from "./softmax_loss.ts";
import { sum } from "./sum.ts";

/** `weight * x`, and 0 where the weight is 0, even if `x` is infinite there. */
export const weighPrimitive = /* @__PURE__ */ arithmetic(
  "weigh",
  (weight, x) => select(same(weight, 0), 0, times(weight, x)),
  {
    derivatives: [(_, x) => x!, (weight) => weight!],
  },
);
/** `weight * log(x)`, and 0 where the weight is 0, even if `x` is 0 there. */
const weighLogPrimitive = /* @__PURE__ */ exponential(
  "weighLog",
  (weight, x) => select(same(weight, 0), 0, times(weight, log(x))),
  {
    derivatives: [(_, x) => log(x!), (weight, x) => select(same(weight!, 0), 0, over(weight!, x!))],
    domains: [[0.1, 1], [0.2, 1]],
  },
);

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
 * @param options `reduction`: `"mean"` (default) as described, `"sum"` over all, `"none"` for one loss a row.
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
  return reduction === "mean" ? div(sum(terms), sizeOf(pred.shape.slice(0, -1))) : sum(terms);
}

/** The options of {@link softmaxCrossEntropy}. */
export type SoftmaxCrossEntropyOptions<D extends DType> = LossOptions & {
  /** The axis of the classes, the last if left out. */
  readonly axis?: number | undefined;
  /** The share of the target that is spread evenly over all classes, in [0, 1]; 0 if left out. Szegedy et al., 2015. */
  readonly labelSmoothing?: number | undefined;
  /** `[classes]`: the weight of each class; all are equal if left out. */
  readonly weights?: Tensor<D> | undefined;
  /** A label whose rows are left out. */
  readonly ignoreIndex?: number | undefined;
};

/**
 * Computes the cross-entropy of logits: minus the log-probability of the right class, under the softmax of the logits.
 *
 * @param logits `[..., classes]`, or with the classes on another axis.
 * @param labels Probabilities of the logits' shape, as a tensor; or classes, whole numbers of the logits' shape without
 * the class axis, as an array or a tensor.
 * @param options See {@link SoftmaxCrossEntropyOptions}.
 * @returns The mean over rows, 0-d; with weights, it is divided by the sum of the weights of the chosen classes, and
 * ignored rows do not count, as in PyTorch (NaN with gradient 0 if no row counts). Or the sum, or one loss a row.
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
  checkIgnoreIndex(op, ignoreIndex);
  if (!(Number.isFinite(labelSmoothing) && labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(
      `Cannot apply ${op} with labelSmoothing ${describe(labelSmoothing)}: it must be in [0, 1]; 0.1 is usual`,
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
  const { loss, rowWeights } = lossOf({ op, logits, axis, labelSmoothing, weights, ignoreIndex }, labels);
  const losses = reshape(loss, droppedShape(logits.shape, [axis]));
  const counted = rowWeights === undefined ? losses : applyElementwise<D>(weighPrimitive, [rowWeights.kept, losses]);
  return rowWeights !== undefined && reduction === "mean"
    ? weightedMean(counted, rowWeights.weight)
    : reduceLoss(counted, reduction);
}

/** The data, besides the labels, that losses are computed from. */
type LossContext<D extends DType> = {
  readonly op: string;
  readonly logits: Tensor<D>;
  readonly axis: number;
  readonly labelSmoothing: number;
  readonly weights: Tensor<D> | undefined;
  readonly ignoreIndex: number | undefined;
};

/** The loss of each row and, for classes that are weighted or ignored, which rows count and by how much. */
type RowLosses<D extends DType> = {
  readonly loss: Tensor<D>;
  readonly rowWeights?: { readonly kept: Tensor<D>; readonly weight: Tensor<D> } | undefined;
};

function lossOf<D extends DType>(context: LossContext<D>, labels: Tensor | Numeric): RowLosses<D> {
  const { op, logits, axis, labelSmoothing, weights, ignoreIndex } = context, { dtype } = logits;
  if (isTensor(labels) && sameShape(labels.shape, logits.shape)) {
    checkOperands(op, [logits, labels]); // probabilities have the dtype of the logits
    return {
      loss: lossOfTarget(context, labels as Tensor<D>), // probabilities have the dtype of the logits
      rowWeights: weightsOf(context, labels as Tensor<D>, undefined), // probabilities have the dtype of the logits
    };
  }
  const count = logits.shape[axis]!, rows = droppedShape(logits.shape, [axis]);
  if (areAbstract(labels)) {
    if (!sameShape(labels.shape, rows)) throw labelShapeError(op, logits.shape, labels.shape, rows);
    const classes = { op, classes: labels, count, axis, dtype, ignoreIndex };
    if (ignoreIndex === undefined && weights === undefined) {
      const { labels: right, numbers } = abstractLabels(classes);
      return { loss: classLoss(logits, right, numbers, axis, probabilitiesOf(labelSmoothing, count)) };
    }
    const { target, kept } = abstractOneHot(classes);
    return { loss: lossOfTarget(context, target), rowWeights: weightsOf(context, target, kept) };
  }
  checkPositions(op, count, dtype);
  const { shape, values } = readIndices(op, labels, count, ignoreIndex);
  if (!sameShape(shape, rows)) throw labelShapeError(op, logits.shape, shape, rows);
  const row = logits.shape.map((length, k) => k === axis ? 1 : length);
  const column = [count, ...logits.shape.slice(axis + 1).map(() => 1)];
  // An ignored row belongs to no class.
  const right = constant(values.map((label) => label === ignoreIndex ? -1 : label), { dtype, shape: row });
  const classes = constant(Array.from({ length: count }, (_, k) => k), { dtype, shape: column });
  const kept = ignoreIndex === undefined
    ? undefined
    : constant(values.map((label) => label === ignoreIndex ? 0 : 1), { dtype, shape: rows });
  if (weights !== undefined) {
    const target = equal<D>(right, classes);
    return { loss: lossOfTarget(context, target), rowWeights: weightsOf(context, target, kept) };
  }
  const loss = classLoss(logits, right, classes, axis, probabilitiesOf(labelSmoothing, count));
  return { loss, rowWeights: kept && { kept, weight: kept } };
}

/** Returns the smoothed probabilities of the right class and of every other one. */
function probabilitiesOf(labelSmoothing: number, count: number): { readonly on: number; readonly off: number } {
  const off = labelSmoothing / count;
  return { on: 1 - labelSmoothing + off, off };
}

/** The loss of rows of probabilities, smoothed and weighted. */
function lossOfTarget<D extends DType>(
  { logits, axis, labelSmoothing, weights }: LossContext<D>,
  target: Tensor<D>,
): Tensor<D> {
  const count = logits.shape[axis]!;
  const smoothed = labelSmoothing === 0 ? target : add(scale(target, 1 - labelSmoothing), labelSmoothing / count);
  const perClass = weights === undefined ? smoothed : mul(smoothed, perClassColumn(logits, axis, weights));
  return softmaxLoss(logits, perClass, axis);
}

const perClassColumn = <D extends DType>(logits: Tensor<D>, axis: number, weights: Tensor<D>): Tensor<D> =>
  reshape(weights, [...weights.shape, ...logits.shape.slice(axis + 1).map(() => 1)]);

/** The factor of each row's loss, and its weight in the mean, if rows are ignored or classes weighted. */
function weightsOf<D extends DType>(
  { logits, axis, weights }: LossContext<D>,
  target: Tensor<D>,
  kept: Tensor<D> | undefined,
): RowLosses<D>["rowWeights"] {
  if (kept === undefined && weights === undefined) return undefined;
  const rows = kept ?? sum(target, { axes: axis });
  return { kept: rows, weight: weights === undefined ? rows : mul(target, perClassColumn(logits, axis, weights)) };
}

function labelShapeError(op: string, logits: Shape, labels: Shape, rows: Shape): ShapeError {
  return new ShapeError({
    op,
    given: { logits, labels },
    problem: `classes must have shape [${rows.join(", ")}], the logits' without the class axis`,
    remedy: "probabilities must be a tensor of the logits' shape; axis says where the classes are, the last by default",
  });
}
