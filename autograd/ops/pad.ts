/**
 * Padding and tiling.
 *
 * @module
 */
import { describe, describeSetting } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, checkShape, type Shape } from "../../blas/shape.ts";
import type { Range } from "../../blas/view.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { concat } from "./concat.ts";
import { reshape } from "./reshape.ts";
import { flip, joinTensors, partAlong } from "./slice.ts";
import { broadcastTo } from "./sum.ts";

/**
 * The padding: one value; the elements mirrored at the outermost one; the outermost element; or the elements of the
 * other end, as if the axis were a ring.
 */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** The settings of {@link pad}. */
export type PadOptions = {
  /** `"constant"` if left out. */
  readonly mode?: PadMode | undefined;
  /** The value of `"constant"` padding, 0 if left out. */
  readonly value?: number | undefined;
};

/** Returns, for each mode, the length that an axis must have to add `count` elements. */
const needed: { readonly [M in PadMode]: (count: number) => number } = {
  constant: () => 0,
  reflect: (count) => count === 0 ? 0 : count + 1,
  replicate: (count) => Math.min(count, 1),
  circular: (count) => count,
};

/**
 * Makes axes longer at both ends.
 *
 * @param t Any shape.
 * @param widths `[before, after]` for each axis: how many elements to add.
 * @param options `mode`: `"constant"` (default) adds `value` (0 by default), `"reflect"` the elements next to the
 * outermost one, in reverse, `"replicate"` the outermost element, `"circular"` the elements at the other end. These are
 * PyTorch's names;
 * NumPy says `"edge"` and `"wrap"` for the last two.
 * @returns Each axis longer by `before + after`.
 * @throws {ShapeError} If there is not one pair of whole numbers of 0 or more for each axis, or an axis is too short:
 * reflecting needs more elements than it adds at an end, circular padding as many, replicating one.
 * @throws {RangeError} If the mode does not exist.
 *
 * @example
 * ```ts
 * import { pad, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([1, 2, 3]);
 * assertEquals(toArray(pad(t, [[1, 2]])), [0, 1, 2, 3, 0, 0]);
 * assertEquals(toArray(pad(t, [[2, 1]], { mode: "reflect" })), [3, 2, 1, 2, 3, 2]);
 * assertEquals(toArray(pad(t, [[2, 1]], { mode: "replicate" })), [1, 1, 1, 2, 3, 3]);
 * assertEquals(toArray(pad(t, [[2, 1]], { mode: "circular" })), [2, 3, 1, 2, 3, 1]);
 * ```
 */
export function pad<D extends DType>(
  t: Tensor<D>,
  widths: readonly (readonly [before: number, after: number])[],
  options: PadOptions = {},
): Tensor<D> {
  checkOptions("apply pad", options, { mode: true, value: true });
  const { mode = "constant", value = 0 } = options;
  checkOperands("pad", [t]);
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot apply pad with value ${describe(value)}: it must be a number; pass one, or leave it out`,
    );
  }
  checkWidths(t.shape, widths, mode);
  if (widths.every(([before, after]) => before === 0 && after === 0)) return t;
  const whole = widths.map(([before, after], axis) => before + t.shape[axis]! + after);
  checkResultShape("pad", whole);
  if (mode === "constant") {
    const place = widths.map(([before], axis): Range => ({ start: before, step: 1, count: t.shape[axis]! }));
    return joinTensors([t], [place], whole, value);
  }
  return widths.reduce((padded: Tensor<D>, [before, after], axis) => {
    if (before === 0 && after === 0) return padded;
    return concat(ends(padded, axis, before, after, mode), axis);
  }, t);
}

/** Returns the parts along the axis: those added before, the tensor itself, those added after. */
function ends<D extends DType>(
  t: Tensor<D>,
  axis: number,
  before: number,
  after: number,
  mode: Exclude<PadMode, "constant">,
): readonly [Tensor<D>, Tensor<D>, Tensor<D>] {
  const length = t.shape[axis]!;
  const sized = (count: number): Shape => t.shape.map((own, k) => k === axis ? count : own);
  switch (mode) {
    case "reflect":
      return [
        flip(partAlong(t, axis, 1, before), axis),
        t,
        flip(partAlong(t, axis, length - 1 - after, after), axis),
      ];
    case "replicate": {
      const repeated = (at: number, count: number) =>
        broadcastTo(partAlong(t, axis, at, Math.min(count, 1)), sized(count));
      return [repeated(0, before), t, repeated(length - 1, after)];
    }
    case "circular":
      return [partAlong(t, axis, length - before, before), t, partAlong(t, axis, 0, after)];
  }
}

/** Describes the given widths; lists of pairs of numbers are written out. */
const widthsInWords = (widths: unknown): string =>
  Array.isArray(widths) ? `[${widths.map(describeSetting).join(",")}]` : describe(widths);

function checkWidths(shape: Shape, widths: readonly (readonly number[])[], mode: PadMode): void {
  if (typeof mode !== "string" || !Object.hasOwn(needed, mode)) {
    throw new RangeError(
      `Cannot apply pad with mode ${describe(mode)}: it must be ${
        Object.keys(needed).map((name) => `"${name}"`).join(", ")
      }; pass one of them`,
    );
  }
  const error = (problem: string, remedy: string) =>
    new ShapeError({
      op: "pad",
      given: { t: shape, widths: widthsInWords(widths) },
      problem,
      remedy,
    });
  const pairs = Array.isArray(widths) && widths.length === shape.length &&
    widths.every((pair) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((count) => Number.isInteger(count) && count >= 0)
    );
  if (!pairs) {
    throw error(
      `there must be one pair [before, after] of whole numbers of 0 or more for each of the ${shape.length} axes`,
      "pass [0, 0] for an axis that stays; sliceAxes makes axes shorter",
    );
  }
  widths.forEach((pair, axis) => {
    const wanted = Math.max(...pair.map(needed[mode]));
    if (shape[axis]! < wanted) {
      throw error(
        `mode "${mode}" needs axis ${axis} to have ${wanted} elements at least, and it has ${shape[axis]}`,
        'pad less, or with mode "constant"',
      );
    }
  });
}

/**
 * Repeats a tensor along its axes.
 *
 * @param t Any shape.
 * @param repeats How often for each axis, or one number for a tensor of one axis. As in NumPy, the shorter of `repeats`
 * and the shape is filled up with ones in front.
 * @returns Each axis as many times as long.
 * @throws {ShapeError} If a number of repeats is not a whole number of 0 or more, or the result is larger than an array
 * can be.
 *
 * @example
 * ```ts
 * import { tensor64, tile, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(tile(tensor64([1, 2]), [2, 2])), [[1, 2, 1, 2], [1, 2, 1, 2]]);
 * ```
 */
export function tile<D extends DType>(t: Tensor<D>, repeats: number | readonly number[]): Tensor<D> {
  checkOperands("tile", [t]);
  const given = typeof repeats === "number" ? [repeats] : repeats;
  checkShape("tile", given);
  const rank = Math.max(given.length, t.shape.length);
  const filled = (counts: readonly number[]): number[] => [...new Array(rank - counts.length).fill(1), ...counts];
  const counts = filled(given), shape = filled(t.shape), whole = shape.map((length, axis) => counts[axis]! * length);
  checkResultShape("tile", whole);
  // Before each axis that is repeated, an axis of length 1 is inserted and stretched with stride 0; the elements are
  // copied once, when the axes are joined. Axes that would stay 1 are not inserted, since a tensor has at most 64 axes.
  const axes = shape.flatMap((length, axis) => [{ from: 1, to: counts[axis]! }, { from: length, to: length }])
    .filter(({ to }) => to !== 1);
  const stretched = broadcastTo(reshape(t, axes.map(({ from }) => from)), axes.map(({ to }) => to));
  return reshape(stretched, whole);
}
