/**
 * Parts of a tensor, and their adjoint: parts joined into one tensor.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { copyPart } from "../../blas/parts/copy.ts";
import { joinPart } from "../../blas/parts/join.ts";
import { joinOf } from "../../blas/program/operations/join.ts";
import { viewOf } from "../../blas/program/operations/view.ts";
import { lengthsBetween, resolveAxes, type Shape } from "../../blas/shape.ts";
import type { Range } from "../../blas/view.ts";
import { checkList } from "../arguments.ts";
import { apply, applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";

type RangesAttributes = { readonly ranges: readonly Range[] };
/** For each operand, one range for each axis of the shape; no two places may share an element. */
type JoinAttributes = { readonly places: readonly (readonly Range[])[]; readonly shape: Shape; readonly fill: number };

const part = (start: number, count: number): Range => ({ start, step: 1, count });

const EVERY_OTHER: readonly Range[] = [{ start: 3, step: -2, count: 2 }, { start: 1, step: 1, count: 2 }];
const NOTHING: readonly Range[] = [{ start: 0, step: 1, count: 0 }, { start: 0, step: 1, count: 3 }];

const slicePrimitive: Primitive<RangesAttributes> = {
  name: "slice",
  samples: () => [
    { attributes: { ranges: EVERY_OTHER }, inputs: [{ shape: [4, 3] }] },
    { attributes: { ranges: NOTHING }, inputs: [{ shape: [2, 3] }] },
    { attributes: { ranges: [] }, inputs: [{ shape: [] }] },
  ],
  shape: (_, { ranges }) => either.right(ranges.map(({ count }) => count)),
  operator: ({ ranges }) => viewOf({ kind: "slice", ranges }),
  part: copyPart,
  batch: ([t], { attributes: { ranges }, size, again }) => again({ ranges: [part(0, size), ...ranges] }, [t!.tensor]),
  vjp: (_, cotangent, { attributes: { ranges }, inputs: [t] }) =>
    apply(joinPrimitive, { places: [ranges], shape: t!.shape, fill: 0 }, [cotangent]),
};

/** Writes operands to their places in an array; elements outside all places are `fill`. */
const joinPrimitive: Primitive<JoinAttributes> = {
  name: "join",
  samples: () => [
    { attributes: { places: [EVERY_OTHER], shape: [4, 3], fill: 0 }, inputs: [{ shape: [2, 2] }] },
    { attributes: { places: [NOTHING], shape: [2, 3], fill: 0 }, inputs: [{ shape: [0, 3] }] },
    { attributes: { places: [[]], shape: [], fill: 0 }, inputs: [{ shape: [] }] },
    {
      attributes: { places: [0, 2, 3].map((start, k) => [part(start, 2 - k), part(0, 3)]), shape: [3, 3], fill: 0 },
      inputs: [{ shape: [2, 3] }, { shape: [1, 3] }, { shape: [0, 3] }],
    },
    {
      attributes: { places: [[part(0, 2), part(0, 3)], [part(0, 2), part(3, 2)]], shape: [2, 5], fill: 0 },
      inputs: [{ shape: [2, 3] }, { shape: [2, 2] }],
    },
    { attributes: { places: [[part(0, 3), part(1, 7)]], shape: [3, 9], fill: -1.5 }, inputs: [{ shape: [3, 7] }] },
    {
      attributes: { places: [[part(1, 2), part(0, 2)], [part(1, 2), part(3, 2)]], shape: [4, 5], fill: 0 },
      inputs: [{ shape: [2, 2] }, { shape: [2, 2] }],
    },
  ],
  shape: (_, { shape }) => either.right(shape),
  operator: ({ places, fill }) => joinOf(places, fill),
  part: joinPart,
  batch: (parts, { attributes: { places, shape, fill }, size, again }) =>
    again(
      { places: places.map((place) => [part(0, size), ...place]), shape: [size, ...shape], fill },
      parts.map((operand) => operand.whole()),
    ),
  vjp: (index, cotangent, { attributes: { places } }) => apply(slicePrimitive, { ranges: places[index]! }, [cotangent]),
};

/** The primitives of this file, for the generic checks. */
export const slicePrimitives = [slicePrimitive, joinPrimitive];

const whole = (length: number): Range => part(0, length);

/**
 * Takes `length` elements along the first axis, without copying.
 *
 * @example
 * ```ts
 * import { slice, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(slice(tensor64([1, 2, 3, 4]), 1, 2)), [2, 3]);
 * ```
 *
 * @param t At least one axis.
 * @param start The first element taken; a negative one counts from the end.
 * @param length How many.
 * @throws {ShapeError} If that reaches beyond the axis, or `t` is 0-d.
 */
export function slice<D extends DType>(t: Tensor<D>, start: number, length: number): Tensor<D> {
  checkOperands("slice", [t]);
  const rows = innerShape(t)[0] ?? 0, first = Number.isInteger(start) && start < 0 ? start + rows : start;
  const fits = Number.isInteger(first) && Number.isInteger(length) && first >= 0 && length >= 0 &&
    first + length <= rows;
  if (innerShape(t).length === 0 || !fits) {
    throw new ShapeError({
      op: "slice",
      given: { t: t.shape, start: describe(start), length: describe(length) },
      problem: innerShape(t).length === 0
        ? "a 0-d tensor has no axis to slice"
        : `start and length must be whole numbers with start + length at most ${rows}`,
      remedy: "shorten the slice; sliceAxes clips ranges to the axis",
    });
  }
  const ranges = [part(first, length), ...lengthsBetween(innerShape(t), 1).map(whole)];
  return applyChecked(slicePrimitive, { ranges }, [t]);
}

/** The range along one axis: from `start` up to, but not including, `stop`, by `step`. */
export type AxisRange = readonly [
  start?: number | null | undefined,
  stop?: number | null | undefined,
  step?: number | undefined,
];

/**
 * Takes ranges along the axes, like Python's slices, without copying: negative positions count from the end, positions
 * outside are clipped, a negative step runs backwards. Axes without a range are taken whole.
 *
 * @param t Any shape.
 * @param ranges `[start, stop, step]` for each axis; `null` stands for the end of the axis from which, or to which, the step goes.
 * @throws {ShapeError} If there are more ranges than axes, a number is not whole, or a step is 0.
 *
 * @example
 * ```ts
 * import { sliceAxes, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 2, 3], [4, 5, 6]]);
 * assertEquals(toArray(sliceAxes(t, [[1, 2], [null, null, -1]])), [[6, 5, 4]]);
 * ```
 */
export function sliceAxes<D extends DType>(t: Tensor<D>, ranges: readonly AxisRange[]): Tensor<D> {
  checkOperands("sliceAxes", [t]);
  const remedy = "pass [[start, stop, step], …], [] for an axis that is taken whole";
  checkList("apply sliceAxes", "ranges", ranges, "an array of ranges", remedy);
  for (const range of ranges) checkList("apply sliceAxes", "a range", range, "an array [start, stop, step]", remedy);
  const numbers = ranges.flat().filter((x) => x !== null && x !== undefined);
  if (
    ranges.length > innerShape(t).length || !numbers.every(Number.isInteger) || ranges.some(([, , step]) => step === 0)
  ) {
    throw new ShapeError({
      op: "sliceAxes",
      given: { t: t.shape, ranges: JSON.stringify(ranges) },
      problem: `wanted at most ${innerShape(t).length} ranges of whole numbers, no step 0`,
      remedy: "pass [start, stop] or [start, stop, step] for each axis, null for an open end",
    });
  }
  const resolved = innerShape(t).map((length, axis) =>
    axis < ranges.length ? resolve(ranges[axis]!, length) : whole(length)
  );
  return applyChecked(slicePrimitive, { ranges: resolved }, [t]);
}

function resolve([start, stop, step = 1]: AxisRange, length: number): Range {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clip = (position: number): number => Math.min(Math.max(position < 0 ? position + length : position, low), high);
  const first = start === null || start === undefined ? (step > 0 ? low : high) : clip(start);
  const end = stop === null || stop === undefined ? (step > 0 ? high : low) : clip(stop);
  return { start: first, step, count: Math.max(0, Math.ceil((end - first) / step)) };
}

/**
 * Reverses the order of elements along axes, without copying.
 *
 * @example
 * ```ts
 * import { flip, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(flip(tensor64([1, 2, 3]))), [3, 2, 1]);
 * ```
 *
 * @param axes One or several; all if left out.
 * @throws {ShapeError} If an axis is out of range or named twice.
 */
export function flip<D extends DType>(t: Tensor<D>, axes?: number | readonly number[]): Tensor<D> {
  checkOperands("flip", [t]);
  const flipped = resolveAxes("flip", innerShape(t), axes);
  return sliceAxes(t, innerShape(t).map((_, axis): AxisRange => flipped.includes(axis) ? [null, null, -1] : []));
}

/** Returns a part of a tensor along one axis. */
export function partAlong<D extends DType>(t: Tensor<D>, axis: number, start: number, count: number): Tensor<D> {
  const ranges = innerShape(t).map((length, k) => k === axis ? part(start, count) : whole(length));
  return apply(slicePrimitive, { ranges }, [t]);
}

/**
 * Writes tensors to regions of a new tensor.
 *
 * @param tensors At least one; the caller has checked them.
 * @param places For each tensor, a range of each axis of `shape`, as long as the tensor's axis; no two regions may
 * share an element.
 * @param shape The shape of the result.
 * @param fill The value of elements outside all regions.
 */
export function joinTensors<D extends DType>(
  tensors: readonly Tensor<D>[],
  places: readonly (readonly Range[])[],
  shape: Shape,
  fill = 0,
): Tensor<D> {
  return applyChecked(joinPrimitive, { places, shape, fill }, tensors);
}
