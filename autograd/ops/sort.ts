/**
 * Elements in order.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import * as either from "../../blas/either.ts";
import { checkOptions } from "../../blas/options.ts";
import { orderOf as orderOperator } from "../../blas/program/operations/order.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { orderPrograms } from "../../blas/parts/programs.ts";
import { batchAlong } from "../batch.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { checkPositions } from "../values/indices.ts";
import { gatherAlong } from "./gather.ts";
import type { AxisOption } from "./softmax.ts";

/** The axis, the direction, and the number of elements, if not all. */
type OrderAttributes = { readonly axis: number; readonly descending: boolean; readonly count?: number };

const argsortPrimitive: Primitive<OrderAttributes> = {
  name: "argsort",
  samples: () => [
    { attributes: { axis: 0, descending: false }, inputs: [{ shape: [4] }] },
    { attributes: { axis: 1, descending: true }, inputs: [{ shape: [2, 5, 2] }] },
    { attributes: { axis: 0, descending: false }, inputs: [{ shape: [40, 2], whole: true }] },
    { attributes: { axis: 0, descending: true, count: 2 }, inputs: [{ shape: [9, 2] }] },
    { attributes: { axis: 1, descending: false }, inputs: [{ shape: [2, 0] }] },
    { attributes: { axis: 1, descending: false }, inputs: [{ shape: [0, 2] }] },
  ],
  shape: ([shape], { axis, count }) =>
    either.right(count === undefined ? shape! : shape!.map((length, k) => k === axis ? count : length)),
  batch: batchAlong,
  operator: ({ axis, descending }) => orderOperator(axis, descending),
  programs: orderPrograms,
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const sortPrimitives = [argsortPrimitive];

/** The axis and the direction of a sort. */
export type SortOptions = AxisOption & {
  /** Whether the largest element comes first; false if left out. */
  readonly descending?: boolean | undefined;
};

/**
 * Puts the elements along an axis in order. Equal ones keep their order; a NaN counts as larger than all numbers. The
 * gradient of each element goes to its original position.
 *
 * @param t At least one axis.
 * @param options `axis`, -1 by default; `descending`, false by default.
 * @returns The shape of `t`.
 * @throws {ShapeError} If the axis is out of range.
 * @throws {RangeError} If `t` is float32 and the axis longer than 2^24: it cannot hold the positions.
 *
 * @example
 * ```ts
 * import { sort, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(sort(tensor64([[3, 1, 2], [6, 5, 4]]))), [[1, 2, 3], [4, 5, 6]]);
 * assertEquals(toArray(sort(tensor64([3, 1, 2]), { descending: true })), [3, 2, 1]);
 * ```
 */
export function sort<D extends DType>(t: Tensor<D>, options: SortOptions = {}): Tensor<D> {
  const { indices, axis } = orderOf("sort", t, options);
  return gatherAlong(t, indices, axis);
}

/**
 * Returns the positions of the elements along an axis in the order of {@link sort}. Not differentiable.
 *
 * @param t At least one axis.
 * @param options `axis`, -1 by default; `descending`, false by default.
 * @returns Whole numbers, in the dtype and shape of `t`; `takeAlong` picks with them.
 * @throws {ShapeError} If the axis is out of range.
 * @throws {RangeError} If `t` is float32 and the axis longer than 2^24: it cannot hold the positions.
 *
 * @example
 * ```ts
 * import { argsort, takeAlong, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const ages = tensor64([30, 10, 20]), heights = tensor64([180, 140, 170]), order = argsort(ages);
 * assertEquals(toArray(order), [1, 2, 0]);
 * assertEquals(toArray(takeAlong(heights, order)), [140, 170, 180]);
 * ```
 */
export function argsort<D extends DType>(t: Tensor<D>, options: SortOptions = {}): Tensor<D> {
  return orderOf("argsort", t, options).indices;
}

/** The largest elements along an axis, and their positions. */
export type TopK<D extends DType> = {
  /** The elements, the largest first. */
  readonly values: Tensor<D>;
  /** Their positions along the axis. */
  readonly indices: Tensor<D>;
};

/**
 * Returns the `k` largest elements along an axis, the largest first, and their positions: of equal ones the first. A NaN counts as
 * larger than all numbers.
 *
 * @param t At least one axis.
 * @param k How many: a whole number up to the length of the axis.
 * @param options `axis`, -1 by default.
 * @returns `{ values, indices }`, both the shape of `t` with the axis of length `k`. The values are differentiable.
 * @throws {ShapeError} If the axis is out of range.
 * @throws {RangeError} If `k` is not a whole number from 0 to the length of the axis, or `t` is float32 and the axis longer than
 * 2^24.
 *
 * @example
 * ```ts
 * import { tensor64, toArray, topK } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { values, indices } = topK(tensor64([[3, 9, 5], [8, 2, 8]]), 2);
 * assertEquals(toArray(values), [[9, 5], [8, 8]]);
 * assertEquals(toArray(indices), [[1, 2], [0, 2]]);
 * ```
 */
export function topK<D extends DType>(t: Tensor<D>, k: number, options: AxisOption = {}): TopK<D> {
  checkOperands("topK", [t]);
  checkOptions("apply topK", options, { axis: true });
  const along = unwrap(normalizeAxis("topK", t.shape, options.axis ?? -1)), length = t.shape[along]!;
  if (!Number.isInteger(k) || k < 0 || k > length) {
    throw new RangeError(
      `Cannot apply topK with k ${
        describe(k)
      }: it must be a whole number from 0 to ${length}, the length of axis ${along}; ` +
        "pass a smaller one",
    );
  }
  checkPositions("topK", length, t.dtype);
  const attributes = { axis: along, descending: true, count: k };
  const indices = applyChecked<OrderAttributes, D>(argsortPrimitive, attributes, [stopGradient(t)]);
  return { values: gatherAlong(t, indices, along), indices };
}

/** Returns the positions in order, and the axis counted from the front. */
function orderOf<D extends DType>(
  op: string,
  t: Tensor<D>,
  options: SortOptions,
): { readonly indices: Tensor<D>; readonly axis: number } {
  checkOperands(op, [t]);
  checkOptions(`apply ${op}`, options, { axis: true, descending: "flag" });
  const { axis: given = -1, descending = false } = options, axis = unwrap(normalizeAxis(op, t.shape, given));
  checkPositions(op, t.shape[axis]!, t.dtype);
  return { indices: applyChecked(argsortPrimitive, { axis, descending }, [stopGradient(t)]), axis };
}
