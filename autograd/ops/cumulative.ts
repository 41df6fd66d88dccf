/**
 * Running products, extrema and logarithms of sums; `cumsum.ts` has running sums.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as either from "../../blas/either.ts";
import { runningOf } from "../../blas/program/operations/running.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { runningPrograms } from "../../blas/parts/programs.ts";
import { batchAlong } from "../batch.ts";
import { applyChecked, checkOperands, type Primitive, type Sample } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { ones } from "../values/constructors.ts";
import { checkPositions } from "../values/indices.ts";
import { mul, sub } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { where } from "./choice.ts";
import { greater } from "./comparison.ts";
import { concat } from "./concat.ts";
import { exp } from "./exponential.ts";
import { isFinite } from "./finite.ts";
import { scatterAddAlong } from "./gather.ts";
import { linearRecurrence, shiftedAlong } from "./linear_recurrence.ts";
import { partAlong } from "./slice.ts";

type AxisAttributes = { readonly axis: number };

const samples = (): readonly Sample<AxisAttributes>[] => [
  { attributes: { axis: 0 }, inputs: [{ shape: [5] }] },
  { attributes: { axis: 1 }, inputs: [{ shape: [2, 4, 2] }] },
  { attributes: { axis: 1 }, inputs: [{ shape: [2, 0] }] },
  { attributes: { axis: 1 }, inputs: [{ shape: [0, 2] }] },
];

/** Where the largest or smallest element so far is. */
const positionPrimitive = (form: "argmax" | "argmin"): Primitive<AxisAttributes> => ({
  name: `cum${form}`,
  samples,
  shape: ([shape]) => either.right(shape!),
  operator: ({ axis }) => runningOf(form, axis),
  programs: runningPrograms,
  batch: batchAlong,
  vjp: () => null,
});

const extremumPrimitive = (form: "max" | "min", position: Primitive<AxisAttributes>): Primitive<AxisAttributes> => ({
  name: `cum${form}`,
  samples,
  shape: ([shape]) => either.right(shape!),
  operator: ({ axis }) => runningOf(form, axis),
  programs: runningPrograms,
  batch: batchAlong,
  vjp: (_, cotangent, { attributes: { axis }, inputs: [x] }) =>
    scatterAddAlong(cotangent, applyChecked(position, { axis }, [stopGradient(x!)]), axis, x!.shape[axis]!),
});

const cumargmaxPrimitive = /* @__PURE__ */ positionPrimitive("argmax");
const cumargminPrimitive = /* @__PURE__ */ positionPrimitive("argmin");
const cummaxPrimitive = /* @__PURE__ */ extremumPrimitive("max", cumargmaxPrimitive);
const cumminPrimitive = /* @__PURE__ */ extremumPrimitive("min", cumargminPrimitive);

const cumprodPrimitive: Primitive<AxisAttributes> = {
  name: "cumprod",
  samples,
  shape: ([shape]) => either.right(shape!),
  operator: ({ axis }) => runningOf("product", axis),
  programs: runningPrograms,
  batch: batchAlong,
  // Element j is in the products from the j-th on, beside the product before it; what reaches that product comes from its own
  // cotangent and, through the next factor, from what reaches the next one.
  vjp: (_, cotangent, { attributes: { axis }, inputs: [x], output }) => {
    const count = x!.shape[axis]!;
    if (count === 0) return cotangent;
    const reached = linearRecurrence(shiftedAlong(x!, axis, -1), cotangent, axis, true);
    const none = ones(x!.shape.with(axis, 1), { dtype: x!.dtype });
    return mul(reached, concat([none, partAlong(output, axis, 0, count - 1)], axis));
  },
};

const logCumSumExpPrimitive: Primitive<AxisAttributes> = {
  name: "logCumSumExp",
  samples,
  shape: ([shape]) => either.right(shape!),
  operator: ({ axis }) => runningOf("logSumExp", axis),
  programs: runningPrograms,
  batch: batchAlong,
  // Element i has the share exp(x[i] - y[j]) of y[j]. With exp(x[i] - y[i]) taken out, what remains are products of
  // exp(y[j] - y[j + 1]), none of which exceeds 1. Where y is -Infinity, all elements so far are, and have no share.
  // Rounding such a factor near 1 would cost digits as often as it is multiplied: it is 1 less the share of x[j + 1].
  vjp: (_, cotangent, { attributes: { axis }, inputs, output }) => {
    const [x, y, own] = [inputs[0]!, output, cotangent].map((t) => cast(t, "float64")) as [Tensor, Tensor, Tensor]; // of three
    const level = where(isFinite(y), y, 0), rest = sub(x, level);
    // There is nothing after the last: shifting back puts 0 there, where exp(y) could be infinite.
    const falls = shiftedAlong(sub(shiftedAlong(y, axis, 1), level), axis, -1);
    const next = exp(shiftedAlong(rest, axis, -1)), kept = where(greater(next, 0.5), exp(falls), sub(1, next));
    return cast(mul(exp(rest), linearRecurrence(kept, own, axis, true)), cotangent.dtype);
  },
};

/** The primitives of this file, for the generic checks. */
export const cumulativePrimitives = [
  cumargmaxPrimitive,
  cumargminPrimitive,
  cummaxPrimitive,
  cumminPrimitive,
  cumprodPrimitive,
  logCumSumExpPrimitive,
];

function axisOf(op: string, t: Tensor, axis: number): number {
  checkOperands(op, [t]);
  return unwrap(normalizeAxis(op, t.shape, axis));
}

/**
 * Multiplies, for each element along an axis, all elements up to and including it. Its gradient is right where elements are 0 or
 * negative.
 *
 * @param t At least one axis.
 * @param axis The axis along which to multiply, 0 if left out.
 * @returns The shape of `t`.
 * @throws {ShapeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { cumprod, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(cumprod(tensor64([[1, 2, 3], [4, 5, 6]]), 1)), [[1, 2, 6], [4, 20, 120]]);
 * ```
 */
export function cumprod<D extends DType>(t: Tensor<D>, axis = 0): Tensor<D> {
  return applyChecked(cumprodPrimitive, { axis: axisOf("cumprod", t, axis) }, [t]);
}

/**
 * Returns, for each element along an axis, the largest of all elements up to and including it; NaN from the first NaN on. The
 * gradient goes to that element, the last of equal ones, as in PyTorch.
 *
 * @param t At least one axis.
 * @param axis The axis along which to compare, 0 if left out.
 * @returns The shape of `t`.
 * @throws {ShapeError} If the axis is out of range.
 * @throws {RangeError} If `t` is float32 and the axis longer than 2^24.
 *
 * @example
 * ```ts
 * import { cummax, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(cummax(tensor64([1, 3, 2, 5]))), [1, 3, 3, 5]);
 * ```
 */
export function cummax<D extends DType>(t: Tensor<D>, axis = 0): Tensor<D> {
  return extremumSoFar("cummax", cummaxPrimitive, t, axis);
}

/**
 * Returns, for each element along an axis, the smallest of all elements up to and including it; NaN from the first NaN on. The
 * gradient goes to that element, the last of equal ones, as in PyTorch.
 *
 * @param t At least one axis.
 * @param axis The axis along which to compare, 0 if left out.
 * @returns The shape of `t`.
 * @throws {ShapeError} If the axis is out of range.
 * @throws {RangeError} If `t` is float32 and the axis longer than 2^24.
 *
 * @example
 * ```ts
 * import { cummin, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(cummin(tensor64([4, 3, 5, 1]))), [4, 3, 3, 1]);
 * ```
 */
export function cummin<D extends DType>(t: Tensor<D>, axis = 0): Tensor<D> {
  return extremumSoFar("cummin", cumminPrimitive, t, axis);
}

function extremumSoFar<D extends DType>(
  op: string,
  primitive: Primitive<AxisAttributes>,
  t: Tensor<D>,
  axis: number,
): Tensor<D> {
  const along = axisOf(op, t, axis);
  checkPositions(op, t.shape[along]!, t.dtype);
  return applyChecked(primitive, { axis: along }, [t]);
}

/**
 * Computes, for each element along an axis, `log(exp(a) + exp(b) + …)` of all elements up to and including it, without overflow.
 *
 * @param t At least one axis.
 * @param axis The axis along which to add, 0 if left out.
 * @returns The shape of `t`.
 * @throws {ShapeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { logCumSumExp, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [first, second, third] = toList(logCumSumExp(tensor64([1000, 1000, 1000])));
 * assertAlmostEquals(first!, 1000);
 * assertAlmostEquals(second!, 1000 + Math.log(2));
 * assertAlmostEquals(third!, 1000 + Math.log(3));
 * ```
 */
export function logCumSumExp<D extends DType>(t: Tensor<D>, axis = 0): Tensor<D> {
  return applyChecked(logCumSumExpPrimitive, { axis: axisOf("logCumSumExp", t, axis) }, [t]);
}
