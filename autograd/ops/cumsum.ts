/**
 * Running sums.
 *
 * @module
 */
import { either } from "../../deps.ts";
import type { DType } from "../../blas/dtype.ts";
import { cumulativeSum } from "../../blas/cumsum.ts";
import { normalizeAxis, type Shape, unwrap } from "../../blas/shape.ts";
import { allocate, type View } from "../../blas/view.ts";
import { apply, applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { flip } from "./slice.ts";

type AxisAttributes = { readonly axis: number };

const cumsumPrimitive: Primitive<AxisAttributes> = {
  name: "cumsum",
  samples: [
    { attributes: { axis: 0 }, inputs: [{ shape: [4] }] },
    { attributes: { axis: 0 }, inputs: [{ shape: [3, 2] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [2, 3, 2] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [2, 0] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [0, 2] }] },
  ],
  shape: ([shape]) => either.right(shape!),
  evaluate: <D extends DType>([x]: readonly View<D>[], { axis }: AxisAttributes, shape: Shape): View<D> => {
    const y = allocate<D>(x!.dtype, shape);
    cumulativeSum({ axis, x: x!, y });
    return y as View<D>;
  },
  // Element k contributes to all sums from the k-th on, so the derivative is a running sum from the other end.
  vjp: (_, cotangent, { attributes: { axis } }) =>
    flip(apply(cumsumPrimitive, { axis }, [flip(cotangent, axis)]), axis),
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
  return applyChecked(cumsumPrimitive, { axis: unwrap(normalizeAxis("cumsum", t.shape, axis)) }, [t]);
}
