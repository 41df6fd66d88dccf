/**
 * Joining tensors.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkResultShape, normalizeAxis, unwrap } from "../../blas/shape.ts";
import type { Range } from "../../blas/view.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { expandDims } from "./reshape.ts";
import { joinTensors } from "./slice.ts";

function firstOf<D extends DType>(op: string, tensors: readonly Tensor<D>[]): Tensor<D> {
  const first = Array.isArray(tensors) ? tensors[0] : undefined;
  if (first !== undefined) {
    checkOperands(op, tensors);
    return first;
  }
  throw new ShapeError({
    op,
    given: {},
    problem: "there is nothing to join",
    remedy: "pass at least one tensor, in an array",
  });
}

/**
 * Joins tensors along an existing axis.
 *
 * @example
 * ```ts
 * import { concat, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(concat([tensor64([1, 2]), tensor64([3])])), [1, 2, 3]);
 * ```
 *
 * @param tensors One or more, equal in all axes but one.
 * @param axis That axis, 0 if left out.
 * @throws {ShapeError} If there are none, the axis is out of range, or another axis differs.
 * @throws {DTypeError} If their dtypes differ.
 */
export function concat<D extends DType>(tensors: readonly Tensor<D>[], axis = 0): Tensor<D> {
  const { shape } = firstOf("concat", tensors), along = unwrap(normalizeAxis("concat", shape, axis));
  checkLengths("concat", tensors, along);
  let end = 0;
  const places = tensors.map((t) =>
    t.shape.map((count, k): Range => {
      if (k !== along) return { start: 0, step: 1, count };
      end += count;
      return { start: end - count, step: 1, count };
    })
  );
  const whole = shape.map((length, k) => k === along ? end : length);
  checkResultShape("concat", whole);
  return joinTensors(tensors, places, whole);
}

/** Throws if an axis, other than the one along which tensors are joined, differs. */
function checkLengths(op: string, tensors: readonly Tensor[], axis: number | undefined): void {
  const [{ shape: first }] = tensors as readonly [Tensor, ...Tensor[]]; // at least one, as checked above
  const fits = tensors.every(({ shape }) =>
    shape.length === first.length && shape.every((length, k) => k === axis || length === first[k])
  );
  if (fits) return;
  throw new ShapeError({
    op,
    given: Object.fromEntries(tensors.map(({ shape }, k) => [`tensor ${k}`, shape])),
    problem: axis === undefined ? "all must have one shape" : `all axes but axis ${axis} must be of equal length`,
    remedy: axis === undefined
      ? "slice, pad or reshape the others"
      : "slice or pad the others, or join along another axis",
  });
}

/**
 * Joins tensors of one shape along a new axis.
 *
 * @example
 * ```ts
 * import { stack, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(stack([tensor64([1, 2]), tensor64([3, 4])])), [[1, 2], [3, 4]]);
 * ```
 *
 * @param tensors One or more.
 * @param axis The position of the new axis in the result, 0 if left out.
 * @throws {ShapeError} If there are none, the position is out of range, or the shapes differ.
 * @throws {DTypeError} If their dtypes differ.
 */
export function stack<D extends DType>(tensors: readonly Tensor<D>[], axis = 0): Tensor<D> {
  const { shape } = firstOf("stack", tensors), along = unwrap(normalizeAxis("stack", [...shape, 1], axis));
  checkLengths("stack", tensors, undefined);
  checkResultShape("stack", [tensors.length, ...shape]);
  return concat(tensors.map((t) => expandDims(t, along)), along);
}
