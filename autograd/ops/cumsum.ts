/**
 * Running sums.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { cumsumOf } from "../../blas/program/operations/cumsum.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { cumsumPrograms } from "../../blas/parts/programs.ts";
import { batchAlong } from "../batch.ts";
import { apply, applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";

/** The axis, and whether sums begin at its end. */
type CumsumAttributes = { readonly axis: number; readonly reverse: boolean };

const cumsumPrimitive: Primitive<CumsumAttributes> = {
  name: "cumsum",
  samples: () => [
    { attributes: { axis: 0, reverse: false }, inputs: [{ shape: [4] }] },
    { attributes: { axis: 0, reverse: false }, inputs: [{ shape: [3, 2] }] },
    { attributes: { axis: 1, reverse: false }, inputs: [{ shape: [2, 3, 2] }] },
    { attributes: { axis: 1, reverse: false }, inputs: [{ shape: [2, 0] }] },
    { attributes: { axis: 1, reverse: false }, inputs: [{ shape: [0, 2] }] },
    { attributes: { axis: 1, reverse: true }, inputs: [{ shape: [5, 3] }] },
    { attributes: { axis: 0, reverse: true }, inputs: [{ shape: [4, 5] }] },
  ],
  shape: ([shape]) => either.right(shape!),
  operator: ({ axis, reverse }) => cumsumOf(axis, reverse),
  programs: cumsumPrograms,
  batch: batchAlong,
  // Element k contributes to all sums from the k-th on, so the derivative is a running sum from the other end.
  vjp: (_, cotangent, { attributes: { axis, reverse } }) =>
    apply(cumsumPrimitive, { axis, reverse: !reverse }, [cotangent]),
};

/** The primitives of this file, for the generic checks. */
export const cumsumPrimitives = [cumsumPrimitive];

/**
 * Adds up, for each element along an axis, all elements up to and including it.
 *
 * @param t At least one axis.
 * @param axis The axis along which to add, 0 if left out.
 * @returns The shape of `t`.
 * @throws {ShapeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { cumsum, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(cumsum(tensor64([[1, 2, 3], [4, 5, 6]]), 1)), [[1, 3, 6], [4, 9, 15]]);
 * ```
 */
export function cumsum<D extends DType>(t: Tensor<D>, axis = 0): Tensor<D> {
  checkOperands("cumsum", [t]);
  return applyChecked(cumsumPrimitive, { axis: unwrap(normalizeAxis("cumsum", t.shape, axis)), reverse: false }, [t]);
}
