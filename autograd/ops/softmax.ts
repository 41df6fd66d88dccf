/**
 * Softmax, its logarithm, and the logarithm of a sum of exponentials.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { exp, sub as minus } from "../../blas/scalar/scalar.ts";
import { droppedShape, normalizeAxis, resolveAxes, unwrap } from "../../blas/shape.ts";
import { applyElementwise, elementwise } from "../elementwise.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, sub } from "./arithmetic.ts";
import { abs, less, where } from "./comparison.ts";
import { log } from "./exponential.ts";
import { max } from "./extremum.ts";
import { reshape } from "./reshape.ts";
import { type ReductionOptions, sum } from "./sum.ts";

/** `exp(x - shift)`: one pass over memory where subtraction and exponential apart would take two. */
const expShiftedPrimitive = elementwise("expShifted", (x, shift) => exp(minus(x, shift)));

/** The primitives of this file, for the generic checks. */
export const softmaxPrimitives = [expShiftedPrimitive];

/** Over which axis. */
export type AxisOption = {
  /** Negative ones count from the end; the last if left out. */
  readonly axis?: number;
};

/**
 * Exponentials divided by their sum: positive numbers that add up to 1 along an axis. Large operands do not overflow.
 *
 * @param x At least one axis.
 * @param options `axis`: the axis along which the result adds up to 1, the last by default.
 * @throws {ShapeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { softmax, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(softmax(tensor64([1000, 1000, -1000]))), [0.5, 0.5, 0]);
 * ```
 */
export function softmax<D extends DType>(x: Tensor<D>, options: AxisOption = {}): Tensor<D> {
  checkOptions("apply softmax", options, { axis: true });
  const { axis = -1 } = options;
  checkOperands("softmax", [x]);
  const axes = unwrap(normalizeAxis("softmax", x.shape, axis));
  const powers = expShifted(x, peak(x, [axes]));
  return div(powers, sum(powers, { axes, keepDims: true }));
}

/**
 * The logarithm of {@link softmax}, without taking the logarithm of a number that underflowed to 0.
 *
 * @example
 * ```ts
 * import { logSoftmax, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(logSoftmax(tensor64([0, -1000]))), [0, -1000]);
 * ```
 *
 * @param x At least one axis.
 * @param options `axis`: the axis along which the exponentials of the result add up to 1, the last by default.
 * @throws {ShapeError} If the axis is out of range.
 */
export function logSoftmax<D extends DType>(x: Tensor<D>, options: AxisOption = {}): Tensor<D> {
  checkOptions("apply logSoftmax", options, { axis: true });
  const { axis = -1 } = options;
  checkOperands("logSoftmax", [x]);
  const axes = unwrap(normalizeAxis("logSoftmax", x.shape, axis));
  const shift = peak(x, [axes]);
  return sub(sub(x, shift), log(sum(expShifted(x, shift), { axes, keepDims: true })));
}

/**
 * `log(sum(exp(t)))` over axes, without overflow.
 *
 * @example
 * ```ts
 * import { logSumExp, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(logSumExp(tensor64([1000, 1000]))), 1000 + Math.LN2);
 * ```
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape without those axes; -Infinity where all elements are, and where there are none.
 * @throws {ShapeError} If an axis is out of range or named twice.
 */
export function logSumExp<D extends DType>(
  t: Tensor<D>,
  options: ReductionOptions = {},
): Tensor<D> {
  checkOptions("apply logSumExp", options, { axes: true, keepDims: true });
  const { axes, keepDims = false } = options;
  checkOperands("logSumExp", [t]);
  const resolved = resolveAxes("logSumExp", t.shape, axes), highest = peak(t, resolved);
  const kept = add(log(sum(expShifted(t, highest), { axes: resolved, keepDims: true })), highest);
  return keepDims ? kept : reshape(kept, droppedShape(t.shape, resolved));
}

const expShifted = <D extends DType>(x: Tensor<D>, shift: Tensor<D>): Tensor<D> =>
  applyElementwise(expShiftedPrimitive, [x, shift]);

/**
 * What to subtract so that no exponential overflows: the largest element, or 0 where that is infinite. Any number gives
 * the same result in exact arithmetic, so no gradient flows through it.
 */
function peak<D extends DType>(x: Tensor<D>, axes: readonly number[]): Tensor<D> {
  const constant = stopGradient(x);
  if (axes.some((axis) => x.shape[axis] === 0)) return sum(constant, { axes, keepDims: true });
  const highest = max(constant, { axes, keepDims: true });
  return where(less(abs(highest), Infinity), highest, 0);
}
