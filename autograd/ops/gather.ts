/**
 * Elements picked by index, and their adjoint: elements added up where an index says.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import * as either from "../../blas/either.ts";
import { gatherPart } from "../../blas/parts/gather.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { gatherOf, scatterOf } from "../../blas/program/operations/gather.ts";
import { checkResultShape, normalizeAxis, type Shape, type ShapeResult, unwrap } from "../../blas/shape.ts";
import { batchAlong, type BatchContext, type BatchOperand } from "../batch.ts";
import { indexTensor } from "../values/indices.ts";
import type { Numeric } from "../values/numeric.ts";
import { apply, checkOperands, type Primitive } from "../primitive.ts";
import { rememberRows } from "../row_gradients.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";
import { reshape } from "./reshape.ts";
import { broadcastTo } from "./sum.ts";
import { transpose } from "./transpose.ts";

type GatherAttributes = {
  readonly axis: number;
  /** Whether each index is that of a whole slice. */
  readonly slices?: boolean;
};
type ScatterAttributes = { readonly axis: number; readonly length: number };

const withLength = (shape: Shape, axis: number, length: number): Shape =>
  shape.map((own, k) => k === axis ? length : own);

/**
 * Operands `t` and indices of the same rank: the indices have the result's shape, that of `t` except along the axis.
 * Indices are operands, not attributes, so that one program works for all indices. They are rounded and clipped to the
 * axis, so that the operation is defined for all numbers, and locally constant in them; the callers below have rejected
 * invalid ones.
 */
const gatherPrimitive: Primitive<GatherAttributes> = {
  name: "gather",
  samples: () => [
    { attributes: { axis: 0 }, inputs: [{ shape: [3, 2] }, { shape: [4, 2], min: -9, max: 11 }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [2, 3] }, { shape: [2, 2], min: -9, max: 11 }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [2, 2, 3] }, { shape: [2, 4, 3], min: -9, max: 10 }] },
    { attributes: { axis: 0 }, inputs: [{ shape: [3] }, { shape: [0] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [0, 3] }, { shape: [0, 2] }] },
  ],
  shape: ([_, indices]) => either.right(indices!),
  operator: ({ axis }) => gatherOf(axis),
  part: gatherPart,
  batch: (operands, context) => {
    const [t, indices] = operands as readonly [BatchOperand, BatchOperand]; // it has two
    return t.isBatched ? batchAlong(operands, context) : gatherFromOne(t.tensor, indices, context);
  },
  vjp: (index, cotangent, { attributes: { axis, slices = false }, inputs: [t, indices] }) => {
    if (index !== 0) return null;
    const whole = apply(scatterAddPrimitive, { axis, length: t!.shape[axis]! }, [cotangent, indices!]);
    if (slices && axis === 0) rememberRows(whole, { indices: indices!, rows: cotangent });
    return whole;
  },
};

/** Operands of the same shape: elements, and the positions to which they are added along an axis of this length. */
const scatterAddPrimitive: Primitive<ScatterAttributes> = {
  name: "scatterAdd",
  samples: () => [
    { attributes: { axis: 0, length: 3 }, inputs: [{ shape: [4, 2] }, { shape: [4, 2], min: -9, max: 11 }] },
    { attributes: { axis: 1, length: 3 }, inputs: [{ shape: [2, 2] }, { shape: [2, 2], min: -9, max: 11 }] },
    { attributes: { axis: 0, length: 3 }, inputs: [{ shape: [0] }, { shape: [0] }] },
  ],
  shape: ([t], { axis, length }): ShapeResult => either.right(withLength(t!, axis, length)),
  operator: ({ axis }) => scatterOf(axis),
  part: gatherPart,
  batch: batchAlong,
  vjp: (index, cotangent, { attributes: { axis }, inputs: [_, indices] }) =>
    index === 0 ? apply(gatherPrimitive, { axis }, [cotangent, indices!]) : null,
};

/** Gathers from one tensor for all examples, whose indices are put one after another along the axis. */
function gatherFromOne(
  t: Tensor,
  { tensor: indices, shape }: BatchOperand,
  { attributes, size, again }: BatchContext<GatherAttributes, Tensor>,
): Tensor {
  const { axis } = attributes, before = shape.slice(0, axis), after = shape.slice(axis + 1), count = shape[axis]!;
  const examples = before.map((_, k) => k + 1), rest = shape.slice(axis).map((_, k) => axis + k + 1);
  const joined = reshape(transpose(indices, [...examples, 0, ...rest]), [...before, size * count, ...after]);
  const taken = reshape(again(attributes, [t, joined]), [...before, size, count, ...after]);
  return transpose(taken, [axis, ...before.map((_, k) => k), ...rest]);
}

/** The primitives of this file, for the generic checks. */
export const gatherPrimitives = [gatherPrimitive, scatterAddPrimitive];

/**
 * Does the same as {@link takeAlong} for indices that are valid by construction: nothing is read, checked or broadcast.
 *
 * @param indices The shape of `t` except for the axis.
 */
export function gatherAlong<D extends DType>(t: Tensor<D>, indices: Tensor<D>, axis: number): Tensor<D> {
  return apply<GatherAttributes, D>(gatherPrimitive, { axis }, [t, indices]);
}

/**
 * Adds elements up at positions given by indices that are valid by construction; positions to which nothing is added are 0.
 *
 * @param indices The shape of `t`.
 * @param length The length of the axis of the result.
 */
export function scatterAddAlong<D extends DType>(
  t: Tensor<D>,
  indices: Tensor<D>,
  axis: number,
  length: number,
): Tensor<D> {
  return apply<ScatterAttributes, D>(scatterAddPrimitive, { axis, length }, [t, indices]);
}

/**
 * Takes whole slices along an axis, such as rows of a matrix by number or words of an embedding.
 *
 * The gradient of a slice taken several times is the sum of its gradients.
 *
 * @param t At least one axis.
 * @param indices Integers of any shape, as an array or a tensor of whole numbers; negative ones count from the end.
 * @param axis The axis that they point along, 0 if left out.
 * @returns The shape of `t` with the axis replaced by the axes of `indices`.
 * @throws {ShapeError} If the axis is out of range.
 * @throws {RangeError} If an index is not a whole number or is out of range.
 *
 * @example
 * ```ts
 * import { take, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const table = tensor64([[1, 2], [3, 4], [5, 6]]);
 * assertEquals(toArray(take(table, [2, 0])), [[5, 6], [1, 2]]);
 * assertEquals(toArray(take(table, [[-1], [0]], 1)), [[[2], [1]], [[4], [3]], [[6], [5]]]);
 * ```
 */
export function take<D extends DType>(t: Tensor<D>, indices: Tensor | Numeric, axis = 0): Tensor<D> {
  checkOperands("take", [t]);
  const along = unwrap(normalizeAxis("take", t.shape, axis));
  if (isTensor(indices)) checkResultShape("take", [...t.shape.toSpliced(along, 1), ...indices.shape]);
  const at = indexTensor("take", indices, t.shape[along]!, t.dtype), count = innerView(at).size;
  const before = t.shape.slice(0, along), after = t.shape.slice(along + 1);
  // One index for each slice, repeated with stride 0 for all its elements.
  const column = reshape(at, [count, ...after.map(() => 1)]);
  const taken = apply<GatherAttributes, D>(gatherPrimitive, { axis: along, slices: true }, [
    t,
    broadcastTo(column, [...before, count, ...after]),
  ]);
  return reshape(taken, [...before, ...at.shape, ...after]);
}

/**
 * Takes single elements along an axis, for every position along the others, such as those that `argmax` or a sort
 * points at.
 *
 * The gradient of an element taken several times is the sum of its gradients.
 *
 * @param t At least one axis.
 * @param indices Integers as an array or a tensor of whole numbers; negative ones count from the end. As many axes as
 * `t`; all but `axis` must be as long as those of `t`, or 1, which is repeated.
 * @param axis The axis that they point along, 0 if left out.
 * @returns The shape of `t` with the axis as long as that of `indices`.
 * @throws {ShapeError} If the axis is out of range, or `indices` have another shape.
 * @throws {RangeError} If an index is not a whole number or is out of range.
 *
 * @example
 * ```ts
 * import { argmax, expandDims, takeAlong, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 9, 2], [7, 3, 5]]);
 * assertEquals(toArray(takeAlong(t, [[2, 1], [0, -1]], 1)), [[2, 9], [7, 5]]);
 * assertEquals(toArray(takeAlong(t, expandDims(argmax(t, 1), 1), 1)), [[9], [7]]);
 * ```
 */
export function takeAlong<D extends DType>(t: Tensor<D>, indices: Tensor | Numeric, axis = 0): Tensor<D> {
  checkOperands("takeAlong", [t]);
  const along = unwrap(normalizeAxis("takeAlong", t.shape, axis));
  const at = indexTensor("takeAlong", indices, t.shape[along]!, t.dtype);
  const fits = at.shape.length === t.shape.length &&
    at.shape.every((length, k) => k === along || length === t.shape[k] || length === 1);
  if (!fits) {
    throw new ShapeError({
      op: "takeAlong",
      given: { t: t.shape, indices: at.shape, axis: describe(axis) },
      problem: `indices must have ${t.shape.length} axes, all but axis ${along} as long as those of t, or 1`,
      remedy: "add the axis with expandDims, or pick whole slices with take",
    });
  }
  const whole = withLength(t.shape, along, at.shape[along]!);
  checkResultShape("takeAlong", whole);
  return apply<GatherAttributes, D>(gatherPrimitive, { axis: along }, [t, broadcastTo(at, whole)]);
}
