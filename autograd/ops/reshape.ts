/**
 * Changes of shape that keep the elements and their order.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
import { plainCopyPart } from "../../blas/parts/plain_copy.ts";
import { reshaped } from "../../blas/program/operations/view.ts";
import {
  checkResultShape,
  droppedShape,
  lengthsBetween,
  normalizeAxis,
  sameShape,
  type Shape,
  type ShapeResult,
  sizeOf,
  unwrap,
} from "../../blas/shape.ts";
import { checkList } from "../arguments.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";

type ShapeAttributes = { readonly shape: Shape };

const reshapePrimitive: Primitive<ShapeAttributes> = {
  name: "reshape",
  samples: () => [
    { attributes: { shape: [3, 2] }, inputs: [{ shape: [2, 3] }] },
    { attributes: { shape: [] }, inputs: [{ shape: [1, 1] }] },
    { attributes: { shape: [1] }, inputs: [{ shape: [] }] },
    { attributes: { shape: [2, 1, 2, 3] }, inputs: [{ shape: [4, 3] }] },
    { attributes: { shape: [3, 0] }, inputs: [{ shape: [0, 5] }] },
  ],
  shape: ([from], { shape }): ShapeResult => resolveShape(from!, shape),
  operator: () => reshaped,
  part: plainCopyPart,
  batch: ([t], { attributes: { shape }, size, again }) => again({ shape: [size, ...shape] }, [t!.tensor]),
  vjp: (_, cotangent, { inputs: [t] }) => reshape(cotangent, innerShape(t!)),
};

/** The primitives of this file, for the generic checks. */
export const reshapePrimitives = [reshapePrimitive];

/** Checks a shape against a number of elements, and computes the axis given as -1. */
function resolveShape(from: Shape, shape: Shape): ShapeResult {
  let product = 1, plain = true; // the common case is checked in one loop: most shapes come from the library itself
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis]!;
    if (!Number.isInteger(length) || length < 0) plain = false;
    product *= plain ? length : 1;
  }
  return plain && product === sizeOf(from) ? either.right(shape) : resolveOpenShape(from, shape);
}

function resolveOpenShape(from: Shape, shape: Shape): ShapeResult {
  const error = (problem: string, remedy: string) =>
    either.left(new ShapeError({ op: "reshape", given: { t: from, shape }, problem, remedy }));
  const open = shape.filter((length) => length === -1).length;
  if (open > 1) return error("only one axis can be -1", "give the length of the others");
  if (shape.some((length) => !Number.isInteger(length) || length < -1)) {
    return error("axis lengths must be whole numbers of 0 or more, and one may be -1", "correct the shape");
  }
  const size = sizeOf(from), known = shape.reduce((product, length) => length === -1 ? product : product * length, 1);
  const resolved = open === 0 ? shape : shape.map((length) => length === -1 ? size / known : length);
  if (resolved.every(Number.isInteger) && sizeOf(resolved) === size) return either.right(resolved);
  return error(
    `${formatShape(from)} has ${size} elements, and ${formatShape(shape)} ${open ? `a multiple of ${known}` : known}`,
    "keep the number of elements; one axis may be -1",
  );
}

/**
 * Gives a tensor another shape. The elements stay in row-major order; they are copied only if the strides require it.
 *
 * @param t Any shape.
 * @param shape A shape of as many elements; one axis may be -1 and is computed from the others.
 * @throws {ShapeError} If the numbers of elements differ.
 *
 * @example
 * ```ts
 * import { arange, reshape } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reshape(arange(12), [3, -1]).shape, [3, 4]);
 * ```
 */
export function reshape<D extends DType>(t: Tensor<D>, shape: Shape): Tensor<D> {
  checkOperands("reshape", [t]);
  checkList("apply reshape", "shape", shape, "an array of axis lengths", "pass [-1] for a single axis of all elements");
  return sameShape(innerShape(t), shape) ? t : applyChecked(reshapePrimitive, { shape }, [t]);
}

/**
 * Puts all elements along one axis, in row-major order.
 *
 * @example
 * ```ts
 * import { flatten, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(flatten(tensor64([[1, 2], [3, 4]]))), [1, 2, 3, 4]);
 * ```
 */
export function flatten<D extends DType>(t: Tensor<D>): Tensor<D> {
  checkOperands("flatten", [t]);
  return reshape(t, [sizeOf(innerShape(t))]);
}

/**
 * Inserts an axis of length 1.
 *
 * @example
 * ```ts
 * import { expandDims, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expandDims(tensor64([1, 2]), -1).shape, [2, 1]);
 * ```
 *
 * @param axis Its position in the result; -1 makes it the last.
 * @throws {ShapeError} If the position is out of range.
 */
export function expandDims<D extends DType>(t: Tensor<D>, axis: number): Tensor<D> {
  checkOperands("expandDims", [t]);
  const at = unwrap(normalizeAxis("expandDims", [...innerShape(t), 1], axis));
  const whole = [...lengthsBetween(innerShape(t), 0, at), 1, ...lengthsBetween(innerShape(t), at)];
  checkResultShape("expandDims", whole);
  return reshape(t, whole);
}

/**
 * Removes an axis of length 1, or all of them if none is named.
 *
 * @example
 * ```ts
 * import { squeeze, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(squeeze(tensor64([[1, 2]])).shape, [2]);
 * ```
 *
 * @throws {ShapeError} If the axis is out of range or its length is not 1.
 */
export function squeeze<D extends DType>(t: Tensor<D>, axis?: number): Tensor<D> {
  checkOperands("squeeze", [t]);
  if (axis === undefined) return reshape(t, [...innerShape(t)].filter((length) => length !== 1));
  const at = unwrap(normalizeAxis("squeeze", innerShape(t), axis));
  if (innerShape(t)[at] !== 1) {
    throw new ShapeError({
      op: "squeeze",
      given: { t: t.shape, axis: describe(axis) },
      problem: `the axis must have length 1, and has ${innerShape(t)[at]}`,
      remedy: "take one element of it with sliceAxes, or reduce it",
    });
  }
  return reshape(t, droppedShape(innerShape(t), [at]));
}
