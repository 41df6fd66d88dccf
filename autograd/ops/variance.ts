/**
 * Variance and standard deviation.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { resolveAxes } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { scale, sub } from "./arithmetic.ts";
import { safeSqrt, square } from "./power.ts";
import { mean, type ReductionOptions, sum } from "./sum.ts";

/** The settings of {@link variance} and {@link standardDeviation}. */
export type VarianceOptions = ReductionOptions & {
  /** What is subtracted from the number of elements in the divisor: 0 (default) for that of all there is, 1 for an
   * estimate from a sample (Bessel's correction). */
  readonly correction?: number;
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
  checkOptions("apply variance", options, { axes: true, keepDims: true, correction: true });
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
  checkOptions("apply standardDeviation", options, { axes: true, keepDims: true, correction: true });
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
      `Cannot apply ${op} with correction ${correction}: it must be a finite number; 0 and 1 are usual`,
    );
  }
  const resolved = resolveAxes(op, t.shape, axes);
  const count = resolved.reduce((product, axis) => product * t.shape[axis]!, 1);
  const distances = sub(t, mean(t, { axes: resolved, keepDims: true }));
  return scale(sum(square(distances), { axes: resolved, keepDims }), 1 / Math.max(0, count - correction));
}
