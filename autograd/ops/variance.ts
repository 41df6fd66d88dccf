/**
 * Variance and standard deviation.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { rowsPart } from "../../blas/parts/rows.ts";
import { operatorOfSettings, rowsOf } from "../../blas/program/operations/rows.ts";
import { stageValue } from "../../blas/rows.ts";
import {
  abs,
  add as plus,
  argument,
  div as over,
  less,
  mul as times,
  type Scalar,
  select,
  sub as minus,
} from "../../blas/scalar/scalar.ts";
import { droppedShape, reducedShape, resolveAxes, sizeOf } from "../../blas/shape.ts";
import { batchRows } from "../batch.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";
import { add, mul, scale, sub } from "./arithmetic.ts";
import { safeSqrt } from "./power.ts";
import { reshape } from "./reshape.ts";
import { sliceAxes } from "./slice.ts";
import { type AxesAttributes, broadcastTo, type ReductionOptions } from "./sum.ts";

/** The settings of {@link variance} and {@link standardDeviation}. */
export type VarianceOptions = ReductionOptions & {
  /**
   * The number to subtract from the number of elements in the divisor: 0 (default) for the variance of the elements
   * themselves, 1 for an estimate from a sample (Bessel's correction).
   */
  readonly correction?: number | undefined;
};

/**
 * Computes the mean squared distance from the mean over axes.
 *
 * Computed from the distances, in two passes: the mean of squares minus the square of the mean would lose all digits
 * where the mean is large.
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default;
 * `correction`: 0 by default, 1 divides by the number of elements less 1.
 * @returns The shape without those axes; NaN where `correction` leaves nothing to divide by.
 * @throws {ShapeError} If an axis is out of range or named twice.
 * @throws {RangeError} If `correction` is not a finite number.
 *
 * @example
 * ```ts
 * import { tensor64, toList, toNumber, variance } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 3], [5, 7]]);
 * assertEquals(toNumber(variance(t)), 5);
 * assertEquals(toList(variance(t, { axes: 1, correction: 1 })), [2, 2]);
 * ```
 */
export function variance<D extends DType>(
  t: Tensor<D>,
  options: VarianceOptions = {},
): Tensor<D> {
  checkOptions("apply variance", options, { axes: true, keepDims: "flag", correction: true });
  const { axes, keepDims = false, correction = 0 } = options;
  return varianceOf("variance", t, axes, keepDims, correction);
}

/**
 * Computes the square root of {@link variance}. If all elements are equal the gradient is 0, as in PyTorch, not NaN.
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default;
 * `correction`: 0 by default, 1 divides by the number of elements less 1.
 * @returns The shape without those axes; NaN where `correction` leaves nothing to divide by.
 * @throws {ShapeError} If an axis is out of range or named twice.
 * @throws {RangeError} If `correction` is not a finite number.
 *
 * @example
 * ```ts
 * import { standardDeviation, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(standardDeviation(tensor64([1, 5, 1, 5]))), 2);
 * ```
 */
export function standardDeviation<D extends DType>(
  t: Tensor<D>,
  options: VarianceOptions = {},
): Tensor<D> {
  checkOptions("apply standardDeviation", options, { axes: true, keepDims: "flag", correction: true });
  const { axes, keepDims = false, correction = 0 } = options;
  return safeSqrt(varianceOf("standardDeviation", t, axes, keepDims, correction));
}

function varianceOf<D extends DType>(
  op: string,
  t: Tensor<D>,
  axes: ReductionOptions["axes"],
  keepDims: boolean,
  correction: number,
): Tensor<D> {
  checkOperands(op, [t]);
  if (!Number.isFinite(correction)) {
    throw new RangeError(
      `Cannot apply ${op} with correction ${describe(correction)}: it must be a finite number; 0 and 1 are usual`,
    );
  }
  const resolved = resolveAxes(op, t.shape, axes);
  const count = resolved.reduce((product, axis) => product * t.shape[axis]!, 1);
  const { variance } = moments(t, resolved, count - correction, true);
  return keepDims ? variance : reshape(variance, droppedShape(t.shape, resolved));
}

/**
 * The settings: the number of elements of a row, the divisor of the sum of squares, and whether a second operand has an
 * element of each row from which distances are counted.
 */
type MomentsSettings = AxesAttributes & {
  readonly count: number;
  readonly divisor: number;
  readonly fromFirst: boolean;
};

/** Rows, an element of each, and settings of samples. */
const SHAPES = [
  [[{ shape: [3, 4] }, { shape: [3, 1] }], { axes: [1], count: 4, divisor: 4 }],
  [[{ shape: [2, 3, 40] }, { shape: [1, 3, 1] }], { axes: [0, 2], count: 80, divisor: 79 }],
  [[{ shape: [40, 3] }, { shape: [1, 3] }], { axes: [0], count: 40, divisor: 40 }],
  [[{ shape: [0, 3] }, { shape: [0, 1] }], { axes: [1], count: 3, divisor: 3 }],
] as const;

/** Rows of up to this many elements have a coarse mean: in longer ones the roundings of distances hide one another. */
const FEW = 256;

/** Returns what is subtracted from a variance: nothing if distances overflow, so that an infinite variance stays infinite. */
export const finite = (shift: Scalar): Scalar => select(less(shift, 1e38), shift, 0);

/**
 * Rounds a mean to some 17 binary digits of its distance from the first element, so that larger distances from it, which count
 * most, are exact: up to 128 times that. Where squares of distances are not numbers of float32, nothing is rounded.
 */
function coarse(mean: Scalar, far: Scalar): Scalar {
  const large = times(far, 128), added = select(less(abs(large), 1e31), large, 0);
  return minus(plus(mean, added), added);
}

/**
 * Computes the mean of each row, and the sum of squared distances from it divided by `divisor`.
 *
 * With a second operand, one element of each row, what is added up for the mean is how far elements are from that: the variance of
 * equal elements is 0, however a sum of them is rounded. It changes nothing else, so it has no derivative.
 */
const momentsPrimitive: MultiPrimitive<MomentsSettings> = {
  name: "moments",
  samples: () => [
    ...SHAPES.map(([inputs, attributes]) => ({ attributes: { ...attributes, fromFirst: true }, inputs })),
    ...SHAPES.map(([[x], attributes]) => ({ attributes: { ...attributes, fromFirst: false }, inputs: [x] })),
  ],
  shapes: ([x], { axes }) => either.right([reducedShape(x!, axes), reducedShape(x!, axes)]),
  part: rowsPart,
  batch: batchRows,
  operator: /* @__PURE__ */ operatorOfSettings(({ axes, count, divisor, fromFirst }) => {
    const x = argument(0), first = argument(1), far = over(stageValue(0), count);
    const mean = fromFirst ? plus(first, far) : far, centre = fromFirst && count <= FEW ? coarse(mean, far) : mean;
    const distance = minus(x, centre), variance = over(stageValue(1), divisor);
    // Squares are of distances from the centre, which is off the mean by what rounding took from it.
    const lost = minus(far, minus(centre, first)), shift = times(times(lost, lost), count / divisor);
    return rowsOf({
      axes,
      stages: [
        { reduction: "sum", expression: fromFirst ? minus(x, first) : x },
        { reduction: "sum", expression: times(distance, distance) },
      ],
      outputs: [{ perRow: true, expression: mean }, {
        perRow: true,
        expression: fromFirst && divisor > 0 ? minus(variance, finite(shift)) : variance,
      }],
    });
  }),
  vjps: ([ofMean, ofVariance], { attributes: { count, divisor, fromFirst }, inputs: [x], outputs: [mean] }) => {
    const shares = [
      ...ofMean ? [broadcastTo(scale(ofMean, 1 / count), x!.shape)] : [],
      ...ofVariance ? [mul(scale(ofVariance, 2 / divisor), sub(x!, mean!))] : [],
    ];
    return [shares.length === 0 ? null : shares.reduce((a, b) => add(a, b)), ...fromFirst ? [null] : []];
  },
};

/** The primitives of this file, which have several results, for the generic checks. */
export const momentsPrimitives = [momentsPrimitive];

/**
 * Returns the mean of each row, and the sum of squared distances from it divided by a number, or 0 if that is negative; the axes
 * stay, with length 1.
 *
 * @param fromFirst Whether rows of equal elements have a variance of exactly 0, which takes one more subtraction.
 */
export function moments<D extends DType>(
  t: Tensor<D>,
  axes: readonly number[],
  divisor: number,
  fromFirst: boolean,
): { readonly mean: Tensor<D>; readonly variance: Tensor<D> } {
  const count = sizeOf(axes.map((axis) => t.shape[axis]!));
  const settings = { axes, count, divisor: Math.max(0, divisor), fromFirst };
  const operands = fromFirst ? [t, firstOf(t, axes)] : [t];
  // A mean and a variance.
  const [mean, variance] = applySeveral(momentsPrimitive, settings, operands) as readonly [Tensor<D>, Tensor<D>];
  return { mean, variance };
}

/** Returns the first element of each row; the axes stay, with length 1. Rows without elements have 0. */
function firstOf<D extends DType>(t: Tensor<D>, axes: readonly number[]): Tensor<D> {
  const { shape } = t;
  if (axes.some((axis) => shape[axis] === 0)) return zeros(reducedShape(shape, axes), { dtype: t.dtype });
  return stopGradient(sliceAxes(t, shape.map((_, axis) => axes.includes(axis) ? [0, 1] : [])));
}
