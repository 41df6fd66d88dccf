/**
 * The largest and smallest elements over axes, and their positions.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import type { Reduction } from "../../blas/engine.ts";
import type { Extremum } from "../../blas/search.ts";
import { ShapeError } from "../../blas/errors.ts";
import { searchPart } from "../../blas/parts/search.ts";
import { reducePart } from "../../blas/parts/reduce.ts";
import { reduceOf } from "../../blas/program/operations/reduce.ts";
import { searchAlong } from "../../blas/program/operations/search.ts";
import { droppedShape, reducedShape, resolveAxes, sizeOf } from "../../blas/shape.ts";
import { checkOptions } from "../../blas/options.ts";
import { batchAlong, batchRows } from "../batch.ts";
import { checkPositions } from "../values/indices.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { div, mul } from "./arithmetic.ts";
import { equal } from "./comparison.ts";
import { reshape } from "./reshape.ts";
import { type AxesAttributes, REDUCTION_SAMPLES, type ReductionOptions, sum } from "./sum.ts";
import { transpose } from "./transpose.ts";

const extremumPrimitive = (name: Reduction & ("max" | "min")): Primitive<AxesAttributes> => ({
  name,
  samples: () => REDUCTION_SAMPLES,
  shape: ([shape], { axes }) => either.right(reducedShape(shape!, axes)),
  operator: ({ axes }) => reduceOf(name, axes),
  part: reducePart,
  batch: batchRows,
  // Elements that attain the extremum share the gradient equally.
  vjp: (_, cotangent, { attributes: { axes }, inputs: [x], output }) => {
    const attains = equal(x!, output);
    return mul(attains, div(cotangent, sum(attains, { axes, keepDims: true })));
  },
});

const maxPrimitive = /* @__PURE__ */ extremumPrimitive("max"), minPrimitive = /* @__PURE__ */ extremumPrimitive("min");

function reduceTo<D extends DType>(
  primitive: Primitive<AxesAttributes>,
  t: Tensor<D>,
  options: ReductionOptions,
): Tensor<D> {
  checkOperands(primitive.name, [t]);
  checkOptions(`apply ${primitive.name}`, options, { axes: true, keepDims: "flag" });
  const { axes, keepDims = false } = options;
  const resolved = resolveAxes(primitive.name, innerShape(t), axes);
  const kept = applyChecked(primitive, { axes: resolved }, [t]);
  return keepDims ? kept : reshape(kept, droppedShape(innerShape(t), resolved));
}

/**
 * Returns the largest element over axes; NaN if one of them is NaN, and -Infinity, the identity of the maximum, for no
 * elements. Elements that attain the maximum share the gradient equally.
 *
 * @example
 * ```ts
 * import { max, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(max(tensor64([[1, 5], [4, 2]]), { axes: 1 })), [5, 4]);
 * ```
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @throws {ShapeError} If an axis is out of range or named twice.
 */
export function max<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  return reduceTo(maxPrimitive, t, options);
}

/**
 * Returns the smallest element over axes; NaN if one of them is NaN, and Infinity, the identity of the minimum, for no
 * elements. Elements that attain the minimum share the gradient equally.
 *
 * @example
 * ```ts
 * import { min, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(min(tensor64([[1, 5], [4, 2]]), { axes: 1 })), [1, 2]);
 * ```
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @throws {ShapeError} If an axis is out of range or named twice.
 */
export function min<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  return reduceTo(minPrimitive, t, options);
}

/** The axes to search for an extremum, and whether they stay with length 1. */
export type ArgExtremumOptions = ReductionOptions & {
  /** The same as `axes`, for one axis. */
  readonly axis?: number | undefined;
};

/**
 * Returns the position of the largest element over axes: the first if there are several; a NaN counts as larger than
 * all. Not differentiable.
 *
 * @param t Any shape.
 * @param options `axis`, or `axes` as for reductions: one or several, all by default; `keepDims`: whether they stay
 * with length 1, false by default. A number is taken as the axis.
 * @returns Whole numbers, in the dtype and the shape of `t` without those axes. Over several axes, they are positions
 * among the elements along these axes, flattened.
 * @throws {ShapeError} If an axis is out of range, named twice, or of length 0.
 * @throws {RangeError} If `t` is float32 and has more than 2^24 elements along the axes: it cannot hold their
 * positions.
 *
 * @example
 * ```ts
 * import { argmax, tensor64, toArray, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 9, 2], [7, 3, 5]]);
 * assertEquals(toList(argmax(t, { axis: 1 })), [1, 0]);
 * assertEquals(toArray(argmax(t, { axis: 1, keepDims: true })), [[1], [0]]);
 * assertEquals(toList(argmax(t)), [1]);
 * ```
 */
export function argmax<D extends DType>(t: Tensor<D>, options: number | ArgExtremumOptions = {}): Tensor<D> {
  return argExtremum(argmaxPrimitive, t, options);
}

/**
 * Returns the position of the smallest element over axes; otherwise like {@link argmax}.
 *
 * @param t Any shape.
 * @param options `axis` or `axes`, all by default; `keepDims`, false by default. A number is taken as the axis.
 * @throws {ShapeError} If an axis is out of range, named twice, or of length 0.
 * @throws {RangeError} If `t` is float32 and has more than 2^24 elements along the axes: it cannot hold their
 * positions.
 *
 * @example
 * ```ts
 * import { argmin, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(argmin(tensor64([[1, 9, 2], [7, 3, 5]]), { axis: 1 })), [0, 1]);
 * ```
 */
export function argmin<D extends DType>(t: Tensor<D>, options: number | ArgExtremumOptions = {}): Tensor<D> {
  return argExtremum(argminPrimitive, t, options);
}

/** The axis, which has at least one element. */
type AxisAttributes = { readonly axis: number };

const argExtremumPrimitive = (extremum: Extremum): Primitive<AxisAttributes> => ({
  name: `arg${extremum}`,
  samples: () => [
    { attributes: { axis: 1 }, inputs: [{ shape: [3, 4] }] },
    { attributes: { axis: 0 }, inputs: [{ shape: [3, 2] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [0, 2] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [2, 40, 3] }] },
    { attributes: { axis: 0 }, inputs: [{ shape: [40] }] },
  ],
  shape: ([shape], { axis }) => either.right(droppedShape(shape!, [axis])),
  operator: ({ axis }) => searchAlong(extremum, axis),
  part: searchPart,
  batch: batchAlong,
  vjp: () => null,
});

const argmaxPrimitive = /* @__PURE__ */ argExtremumPrimitive("max");
const argminPrimitive = /* @__PURE__ */ argExtremumPrimitive("min");

/** The primitives of this file, for the generic checks. */
export const extremumPrimitives = [maxPrimitive, minPrimitive, argmaxPrimitive, argminPrimitive];

function argExtremum<D extends DType>(
  primitive: Primitive<AxisAttributes>,
  t: Tensor<D>,
  options: number | ArgExtremumOptions,
): Tensor<D> {
  const op = primitive.name;
  checkOperands(op, [t]);
  const record: ArgExtremumOptions = typeof options === "number" ? { axis: options } : options;
  checkOptions(`apply ${op}`, record, { axis: true, axes: true, keepDims: "flag" });
  const { axis, axes = axis, keepDims = false } = record;
  if (axis !== undefined && axes !== axis) {
    throw new TypeError(`Cannot apply ${op} with axis ${axis} and axes ${axes}: both say the same; pass one of them`);
  }
  const over = resolveAxes(op, innerShape(t), axes), count = sizeOf(over.map((own) => innerShape(t)[own]!));
  if (count === 0) {
    throw new ShapeError({
      op,
      given: { t: t.shape },
      problem: `there must be an element to point at, and axis ${
        over.find((own) => innerShape(t)[own] === 0)
      } has length 0`,
      remedy: "skip empty arrays",
    });
  }
  checkPositions(op, count, t.dtype);
  const kept = innerShape(t).flatMap((_, own) => over.includes(own) ? [] : [own]),
    shape = droppedShape(innerShape(t), over);
  // All axes are merged into one at the end, which replaces several axes, or none.
  const joined = over.length === 1
    ? stopGradient(t)
    : reshape(transpose(stopGradient(t), [...kept, ...over]), [...shape, count]);
  const positions = applyChecked(primitive, { axis: over.length === 1 ? over[0]! : shape.length }, [joined]);
  return keepDims ? reshape(positions, reducedShape(innerShape(t), over)) : positions;
}
