/**
 * Parses numbers as users write them: one number, nested arrays, typed arrays.
 *
 * @module
 */
import { type DataOf, type DType, newData } from "../../blas/dtype.ts";
import { describe } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkShape, HIGHEST_RANK, rowMajorStrides, type Shape, sizeOf } from "../../blas/shape.ts";
import type { ReadonlyFloat32Array, ReadonlyFloat64Array } from "../../blas/readonly_data.ts";
import { type MutableView, unsafeView } from "../../blas/view.ts";

/** A typed array whose elements are numbers. */
export type NumericArray =
  | ReadonlyFloat32Array
  | ReadonlyFloat64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** A number, (nested) arrays of numbers, or a typed array. */
export type Numeric = number | NumericArray | readonly Numeric[];

const isTyped = (data: unknown): data is NumericArray =>
  ArrayBuffer.isView(data) && !/Big|View/.test((data as NumericArray)[Symbol.toStringTag]); // of any realm

/**
 * Copies numbers into a fresh row-major array.
 *
 * @param op The constructor, for error messages.
 * @param data The numbers.
 * @param dtype The dtype that they are rounded to.
 * @param shape The shape; it follows from the nesting if left out.
 * @throws {ShapeError} If the nesting is ragged, an element is not a number, or the count does not fit the shape.
 */
export function parseNumeric<D extends DType>(op: string, data: Numeric, dtype: D, shape?: Shape): MutableView<D> {
  const nesting = shapeOf(data);
  checkShape(op, nesting);
  if (shape !== undefined) checkShape(op, shape);
  const elements = newData(dtype, sizeOf(nesting));
  fill(op, elements, data, nesting, 0, []);
  const result = Object.freeze([...(shape ?? nesting)]);
  if (sizeOf(result) !== elements.length) {
    throw new ShapeError({
      op,
      given: { data: `of ${elements.length} elements`, shape: result },
      problem: `the shape holds ${sizeOf(result)} elements, and ${elements.length} were given`,
      remedy: "correct it, or leave it out to take it from the nesting",
    });
  }
  return unsafeView<D>(elements, result, rowMajorStrides(result), 0);
}

/**
 * Returns the shape of the first elements at every depth; {@link fill} checks that the others agree. An array may be
 * nested in itself: one axis more than allowed is enough to refuse it.
 */
function shapeOf(data: Numeric): Shape {
  const shape: number[] = [];
  let part: unknown = data;
  while ((Array.isArray(part) || isTyped(part)) && shape.length <= HIGHEST_RANK) {
    shape.push(part.length);
    part = part[0];
  }
  return shape;
}

function fill(op: string, to: DataOf<DType>, data: unknown, shape: Shape, at: number, path: readonly number[]): number {
  if (path.length === shape.length) {
    if (typeof data !== "number") throw misfit(op, data, path, shape.length);
    to[at] = data;
    return at + 1;
  }
  const length = shape[path.length]!;
  if (!(Array.isArray(data) || isTyped(data)) || data.length !== length) {
    throw misfit(op, data, path, shape.length, length);
  }
  if (isTyped(data)) {
    if (path.length !== shape.length - 1) {
      throw misfit(op, data[0], [...path, 0], shape.length, shape[path.length + 1]!);
    }
    to.set(data, at);
    return at + length;
  }
  for (let i = 0; i < length; i++) at = fill(op, to, data[i], shape, at, [...path, i]);
  return at;
}

/** Returns the error for what was found where an array of `wanted` elements belongs, or, if that is left out, a number. */
function misfit(op: string, found: unknown, path: readonly number[], depth: number, wanted?: number): ShapeError {
  const isList = Array.isArray(found) || isTyped(found), at = path.map((index) => `[${index}]`).join("");
  const [problem, remedy] = wanted !== undefined
    ? [`nested arrays must be of one length at each depth, here of ${wanted}`, "pad the shorter rows"]
    : isList
    ? [
      `nesting must be equally deep everywhere, and the first elements are ${depth} deep`,
      "make all elements numbers, or all arrays",
    ]
    : ["every element must be a number", "convert it first"];
  const given = { data: `with ${isList ? `an array of ${found.length}` : describe(found)} at data${at}` };
  return new ShapeError({ op, given, problem, remedy });
}
