/**
 * Permutations of axes.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
import { copyPart } from "../../blas/parts/copy.ts";
import { viewOf } from "../../blas/program/operations/view.ts";
import { allAxes, normalizeAxis, type Shape, unwrap } from "../../blas/shape.ts";
import { shifted } from "../batch.ts";
import { checkList } from "../arguments.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";

/** Axis `k` of the result is axis `axes[k]` of the operand. */
type Permutation = { readonly axes: readonly number[] };

const transposePrimitive: Primitive<Permutation> = {
  name: "transpose",
  samples: () => [
    { attributes: { axes: [1, 0] }, inputs: [{ shape: [2, 3] }] },
    { attributes: { axes: [2, 0, 1] }, inputs: [{ shape: [2, 3, 4] }] },
    { attributes: { axes: [] }, inputs: [{ shape: [] }] },
    { attributes: { axes: [1, 0] }, inputs: [{ shape: [0, 2] }] },
  ],
  shape: ([shape], { axes }) => either.right(inOrder(shape!, axes)),
  operator: (permutation) =>
    permutation.axes === SWAPPED_AXES ? swapped : viewOf({ kind: "transpose", axes: permutation.axes }),
  part: copyPart,
  batch: ([t], { attributes: { axes }, again }) => again({ axes: [0, ...shifted(axes)] }, [t!.tensor]),
  vjp: (_, cotangent, { attributes: { axes } }) =>
    axes === SWAPPED_AXES ? permuted(cotangent, SWAP) : transpose(cotangent, axes.map((_, axis) => axes.indexOf(axis))),
};

/** Returns the lengths in the order of the axes. */
function inOrder(shape: Shape, axes: readonly number[]): Shape {
  const lengths = new Array<number>(axes.length);
  for (let k = 0; k < axes.length; k++) lengths[k] = shape[axes[k]!]!;
  return lengths;
}

/** The permutation of matrices: networks apply it in every layer, and making it anew takes as long as applying it. */
const SWAPPED_AXES: readonly number[] = [1, 0], SWAP: Permutation = { axes: SWAPPED_AXES };
const swapped = /* @__PURE__ */ viewOf({ kind: "transpose", axes: SWAPPED_AXES });

/** The primitives of this file, for the generic checks. */
export const transposePrimitives = [transposePrimitive];

/**
 * Permutes the axes, without copying.
 *
 * @example
 * ```ts
 * import { tensor64, toArray, transpose } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(transpose(tensor64([[1, 2], [3, 4]]))), [[1, 3], [2, 4]]);
 * ```
 *
 * @param t Any shape.
 * @param axes For each axis of the result, the axis of `t` that it comes from; the order is reversed if left out.
 * @throws {ShapeError} If `axes` does not name every axis once.
 */
export function transpose<D extends DType>(t: Tensor<D>, axes?: readonly number[]): Tensor<D> {
  checkOperands("transpose", [t]);
  if (axes !== undefined) {
    checkList("apply transpose", "axes", axes, "an array of axes", "leave it out to reverse their order");
  }
  const rank = innerShape(t).length;
  if (axes === undefined) return rank < 2 ? t : permuted(t, rank === 2 ? SWAP : { axes: allAxes(rank).reverse() });
  const order = axes.map((axis) => unwrap(normalizeAxis("transpose", innerShape(t), axis)));
  if (order.length === rank && order.every((axis, k) => axis === k)) return t;
  if (order.length !== rank || new Set(order).size !== rank) {
    throw new ShapeError({
      op: "transpose",
      given: { t: t.shape, axes: formatShape(axes) },
      problem: `axes must name each of the ${rank} axes once`,
      remedy: "leave axes out to reverse their order",
    });
  }
  return permuted(t, { axes: order });
}

const permuted = <D extends DType>(t: Tensor<D>, permutation: Permutation): Tensor<D> =>
  applyChecked(transposePrimitive, permutation, [t]);
