/**
 * Rotations of elements along axes.
 *
 * @module
 */
import { describeSetting } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { concat } from "./concat.ts";
import { flatten, reshape } from "./reshape.ts";
import { partAlong } from "./slice.ts";

/**
 * Moves elements along axes; what leaves at one end comes in at the other.
 *
 * @param t Any shape.
 * @param shift By how many places: a whole number, negative to move towards the front, or one for each of the axes.
 * @param axes One axis or several; if left out, all elements are moved as one line.
 * @returns The shape of `t`.
 * @throws {ShapeError} If a shift is not a whole number, the number of shifts is not that of axes, or an axis is out of range.
 *
 * @example
 * ```ts
 * import { roll, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 2, 3], [4, 5, 6]]);
 * assertEquals(toArray(roll(t, 1)), [[6, 1, 2], [3, 4, 5]]);
 * assertEquals(toArray(roll(t, -1, 1)), [[2, 3, 1], [5, 6, 4]]);
 * assertEquals(toArray(roll(t, [1, 1], [0, 1])), [[6, 4, 5], [3, 1, 2]]);
 * ```
 */
export function roll<D extends DType>(
  t: Tensor<D>,
  shift: number | readonly number[],
  axes?: number | readonly number[],
): Tensor<D> {
  checkOperands("roll", [t]);
  const shifts = Array.isArray(shift) ? shift as readonly number[] : [shift as number]; // isArray narrows no read-only ones
  // Here too, `isArray` narrows no read-only list.
  const named = axes === undefined ? [0] : Array.isArray(axes) ? axes as readonly number[] : [axes as number];
  if (shifts.length !== named.length || !shifts.every(Number.isInteger)) {
    throw new ShapeError({
      op: "roll",
      given: { t: t.shape, shift: describeSetting(shift), ...axes !== undefined && { axes: describeSetting(axes) } },
      problem: "shift must be a whole number, or one for each of the axes",
      remedy: "pass as many as there are axes",
    });
  }
  if (axes === undefined) return reshape(rolled(flatten(t), shifts[0]!, 0), t.shape);
  return named.reduce(
    (moved: Tensor<D>, axis, k) => rolled(moved, shifts[k]!, unwrap(normalizeAxis("roll", t.shape, axis))),
    t,
  );
}

function rolled<D extends DType>(t: Tensor<D>, shift: number, axis: number): Tensor<D> {
  const length = t.shape[axis]!, by = length === 0 ? 0 : ((shift % length) + length) % length;
  if (by === 0) return t;
  return concat([partAlong(t, axis, length - by, by), partAlong(t, axis, 0, length - by)], axis);
}
