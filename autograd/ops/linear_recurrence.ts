/**
 * Linear recurrences along an axis, used by running products and the derivatives of running logarithms.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as either from "../../blas/either.ts";
import { runningOf } from "../../blas/program/operations/running.ts";
import type { Shape } from "../../blas/shape.ts";
import { runningPrograms } from "../../blas/parts/programs.ts";
import { batchAlong } from "../batch.ts";
import { applyChecked, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { pad } from "./pad.ts";
import { partAlong } from "./slice.ts";

type RecurrenceAttributes = { readonly axis: number; readonly reverse: boolean };

const samplesOf = (shape: Shape) => [{ shape }, { shape }];

/** `y[j] = a[j] y[j - 1] + b[j]`, or from the other end. The first `a` has no influence; one of 0 begins anew, even after infinity. */
const linearRecurrencePrimitive: Primitive<RecurrenceAttributes> = {
  name: "linearRecurrence",
  samples: () => [
    { attributes: { axis: 0, reverse: false }, inputs: samplesOf([5]) },
    { attributes: { axis: 1, reverse: true }, inputs: samplesOf([2, 4, 2]) },
    { attributes: { axis: 0, reverse: false }, inputs: samplesOf([1, 2]) },
    { attributes: { axis: 1, reverse: false }, inputs: samplesOf([2, 0]) },
    { attributes: { axis: 1, reverse: true }, inputs: samplesOf([0, 2]) },
  ],
  shape: ([shape]) => either.right(shape!),
  batch: batchAlong,
  operator: ({ axis, reverse }) => runningOf("recurrence", axis, reverse),
  programs: runningPrograms,
  // The whole cotangent of y[j] is its own plus, through the factor of the next step, the whole cotangent of y[j + 1].
  vjp: (index, cotangent, { attributes: { axis, reverse }, inputs: [a], output }) => {
    const reached = linearRecurrence(shiftedAlong(a!, axis, reverse ? 1 : -1), cotangent, axis, !reverse);
    return index === 1 ? reached : mul(reached, shiftedAlong(output, axis, reverse ? -1 : 1));
  },
};

/** The primitives of this file, for the generic checks. */
export const recurrencePrimitives = [linearRecurrencePrimitive];

/**
 * Computes `y[j] = a[j] y[j - 1] + b[j]` along an axis, or from its end if in reverse; the first `y` is the first `b`.
 *
 * @param b The shape of `a`.
 * @param axis Counted from the front.
 */
export function linearRecurrence<D extends DType>(
  a: Tensor<D>,
  b: Tensor<D>,
  axis: number,
  reverse: boolean,
): Tensor<D> {
  return applyChecked(linearRecurrencePrimitive, { axis, reverse }, [a, b]);
}

/** Moves elements by one position along an axis, forwards (1) or backwards (-1); a 0 comes in, and an element drops out. */
export function shiftedAlong<D extends DType>(t: Tensor<D>, axis: number, by: 1 | -1): Tensor<D> {
  const count = t.shape[axis]!;
  if (count === 0) return t;
  const kept = partAlong(t, axis, by === 1 ? 0 : 1, count - 1);
  return pad(kept, t.shape.map((_, k) => k !== axis ? [0, 0] : by === 1 ? [1, 0] : [0, 1]));
}
