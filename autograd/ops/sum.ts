/**
 * Sums, means and broadcasting: the adjoint of a sum repeats elements, and the adjoint of repeating sums them.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { plainCopyPart } from "../../blas/parts/plain_copy.ts";
import { sumPart } from "../../blas/parts/sum.ts";
import { reduceOf } from "../../blas/program/operations/reduce.ts";
import { viewOf } from "../../blas/program/operations/view.ts";
import {
  broadcastShapes,
  checkShape,
  droppedShape,
  reducedShape,
  resolveAxes,
  sameShape,
  type Shape,
  type ShapeResult,
  sizeOf,
} from "../../blas/shape.ts";
import { batchRows } from "../batch.ts";
import { apply, applyChecked, checkOperands, type Primitive, type Sample } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { div } from "./arithmetic.ts";
import { reshape } from "./reshape.ts";

/** Which axes a reduction runs over, and whether they stay with length 1. */
export type ReductionOptions = {
  /** One axis or several, negative ones counted from the end; all if left out. */
  readonly axes?: number | readonly number[] | undefined;
  /** Whether the reduced axes stay, with length 1; false if left out. */
  readonly keepDims?: boolean | undefined;
};

/** The settings of reduction primitives: distinct axes, ascending. They stay, with length 1. */
export type AxesAttributes = { readonly axes: readonly number[] };

/** Samples for reductions: over one axis, several, all and none, of no elements and of a single number. */
export const REDUCTION_SAMPLES: readonly Sample<AxesAttributes>[] = [
  { attributes: { axes: [0] }, inputs: [{ shape: [3, 4] }] },
  { attributes: { axes: [1] }, inputs: [{ shape: [3, 4] }] },
  { attributes: { axes: [0, 2] }, inputs: [{ shape: [2, 3, 2] }] },
  { attributes: { axes: [0, 1] }, inputs: [{ shape: [2, 3] }] },
  { attributes: { axes: [] }, inputs: [{ shape: [2] }] },
  { attributes: { axes: [] }, inputs: [{ shape: [] }] },
  { attributes: { axes: [1] }, inputs: [{ shape: [0, 3] }] },
];

const sumPrimitive: Primitive<AxesAttributes> = {
  name: "sum",
  samples: () => [...REDUCTION_SAMPLES, { attributes: { axes: [0] }, inputs: [{ shape: [0, 3] }] }],
  shape: ([shape], { axes }) => either.right(reducedShape(shape!, axes)),
  operator: ({ axes }) => reduceOf("sum", axes),
  part: sumPart,
  batch: batchRows,
  vjp: (_, cotangent, { inputs: [x] }) => broadcastTo(cotangent, innerShape(x!)),
};

type ShapeAttributes = { readonly shape: Shape };

const broadcastToPrimitive: Primitive<ShapeAttributes> = {
  name: "broadcastTo",
  samples: () => [
    { attributes: { shape: [2, 3] }, inputs: [{ shape: [3] }] },
    { attributes: { shape: [2, 3] }, inputs: [{ shape: [2, 1] }] },
    { attributes: { shape: [2, 3] }, inputs: [{ shape: [] }] },
    { attributes: { shape: [0, 3] }, inputs: [{ shape: [1, 3] }] },
  ],
  shape: ([from], { shape }): ShapeResult => {
    const joined = broadcastShapes("broadcastTo", [from!, shape]);
    return joined._tag === "Right" && sameShape(joined.right, shape) ? joined : either.left(
      new ShapeError({
        op: "broadcastTo",
        given: { t: from!, shape },
        problem: "axes must be equal from the right, or 1 in t",
        remedy: "insert axes of length 1 with expandDims where t must be repeated",
      }),
    );
  },
  operator: ({ shape }) => viewOf({ kind: "broadcast", shape }),
  part: plainCopyPart,
  batch: ([t], { attributes: { shape }, size, again }) =>
    again({ shape: [size, ...shape] }, [t!.aligned(shape.length)]),
  vjp: (_, cotangent, { inputs: [t] }) => sumTo(cotangent, innerShape(t!)),
};

/** The primitives of this file, for the generic checks. */
export const sumPrimitives = [sumPrimitive, broadcastToPrimitive];

/**
 * Adds up elements over axes.
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape without those axes; 0-d if all are summed. The sum of no elements is 0.
 * @throws {ShapeError} If an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { sum, tensor64, toList, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 2], [3, 4]]);
 * assertEquals(toNumber(sum(t)), 10);
 * assertEquals(toList(sum(t, { axes: 0 })), [4, 6]);
 * ```
 */
export function sum<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  checkOptions("apply sum", options, { axes: true, keepDims: "flag" });
  const { axes, keepDims = false } = options;
  checkOperands("sum", [t]);
  const resolved = resolveAxes("sum", innerShape(t), axes);
  const kept = applyChecked(sumPrimitive, { axes: resolved }, [t]);
  return keepDims ? kept : reshape(kept, droppedShape(innerShape(t), resolved));
}

/**
 * Averages elements over axes; otherwise like {@link sum}. The mean of no elements is NaN.
 *
 * @example
 * ```ts
 * import { mean, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(mean(tensor64([1, 2, 6]))), [3]);
 * ```
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @throws {ShapeError} If an axis is out of range or named twice.
 */
export function mean<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  checkOperands("mean", [t]);
  checkOptions("apply mean", options, { axes: true, keepDims: "flag" });
  const count = resolveAxes("mean", innerShape(t), options.axes).reduce(
    (product, axis) => product * innerShape(t)[axis]!,
    1,
  );
  return div(sum(t, options), count); // times 1 / count, which is rounded, would be off by up to twice as much
}

/**
 * Undoes broadcasting: sums over the axes along which `shape` was stretched.
 *
 * @param t A shape that `shape` broadcasts to.
 * @param shape The desired shape.
 */
export function sumTo<D extends DType>(t: Tensor<D>, shape: Shape): Tensor<D> {
  if (sameShape(innerShape(t), shape)) return t;
  const lead = innerShape(t).length - shape.length;
  const axes = innerShape(t).flatMap((length, axis) => axis < lead || shape[axis - lead] !== length ? [axis] : []);
  const summed = axes.length === 0 || sizeOf(shape) === sizeOf(innerShape(t)) ? t : apply(sumPrimitive, { axes }, [t]);
  return reshape(summed, shape);
}

/**
 * Repeats a tensor along new leading axes and along axes of length 1, without copying.
 *
 * @example
 * ```ts
 * import { broadcastTo, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(broadcastTo(tensor64([1, 2]), [2, 2])), [[1, 2], [1, 2]]);
 * ```
 *
 * @param t A shape that broadcasts to `shape`.
 * @param shape The desired shape.
 * @throws {ShapeError} If an axis of `t` is neither 1 nor the desired length.
 */
export function broadcastTo<D extends DType>(t: Tensor<D>, shape: Shape): Tensor<D> {
  checkOperands("broadcastTo", [t]);
  checkShape("broadcastTo", shape);
  return sameShape(innerShape(t), shape) ? t : applyChecked(broadcastToPrimitive, { shape }, [t]);
}
