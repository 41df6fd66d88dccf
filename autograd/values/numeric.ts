/**
 * Parses numbers as users write them: one number, nested arrays, typed arrays.
 *
 * @module
 */
import { type DataOf, type DType, newData } from "../../blas/dtype.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
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
  ArrayBuffer.isView(data) && !(data instanceof DataView) && !(data instanceof BigInt64Array) &&
  !(data instanceof BigUint64Array);

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
      problem: `shape ${formatShape(result)} holds ${sizeOf(result)} elements, and ${elements.length} were given`,
      remedy: "correct the shape, or leave it out to take it from the nesting",
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
    if (typeof data !== "number") throw notANumber(op, data, shape, path);
    to[at] = data;
    return at + 1;
  }
  const length = shape[path.length]!;
  if (!(Array.isArray(data) || isTyped(data)) || data.length !== length) throw ragged(op, data, length, path);
  if (isTyped(data)) {
    if (path.length !== shape.length - 1) throw ragged(op, data[0], shape[path.length + 1]!, [...path, 0]);
    to.set(data, at);
    return at + length;
  }
  for (let i = 0; i < length; i++) at = fill(op, to, data[i], shape, at, [...path, i]);
  return at;
}

const place = (path: readonly number[]): string => path.map((index) => `[${index}]`).join("");

const describe = (value: unknown): string =>
  Array.isArray(value) || isTyped(value)
    ? `an array of ${value.length}`
    : typeof value === "number"
    ? String(value)
    : typeof value;

function ragged(op: string, found: unknown, wanted: number, path: readonly number[]): ShapeError {
  return new ShapeError({
    op,
    given: { data: `with ${describe(found)} at data${place(path)}` },
    problem: `nested arrays must be of one length at each depth, and here ${wanted} elements belong`,
    remedy: "pad the shorter rows",
  });
}

function notANumber(op: string, found: unknown, shape: Shape, path: readonly number[]): ShapeError {
  if (Array.isArray(found) || isTyped(found)) {
    return new ShapeError({
      op,
      given: { data: `with ${describe(found)} at data${place(path)}` },
      problem: `nesting must be equally deep everywhere, and the first elements are ${shape.length} deep`,
      remedy: "make every element a number, or every element an array",
    });
  }
  return new ShapeError({
    op,
    given: { data: `with ${describe(found)} at data${place(path)}` },
    problem: "every element must be a number",
    remedy: "convert it first",
  });
}
