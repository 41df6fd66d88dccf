/**
 * Views and shapes for users: the functions of `view.ts` and `shape.ts` with checks of their arguments. The library
 * itself calls those without checks.
 *
 * @module
 */
import { describe } from "./describe.ts";
import { type DType, isDType } from "./dtype.ts";
import { DTypeError, ShapeError, textOf } from "./errors.ts";
import { checkShape, type Shape, type ShapeResult, sizeOf } from "./shape.ts";
import * as shapes from "./shape.ts";
import * as views from "./view.ts";
import type { MutableView, Range, View } from "./view.ts";

/**
 * Allocates a row-major array of zeros for a kernel to fill.
 *
 * @param dtype The element type.
 * @param shape The lengths of the axes.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {ShapeError} If `shape` is not a shape.
 */
export function allocate<D extends DType>(dtype: D, shape: Shape): MutableView<D> {
  checkShape("allocate", shape);
  if (!isDType(dtype)) {
    throw new DTypeError({
      op: "allocate",
      given: [describe(dtype)],
      problem: "a dtype must be float32 or float64",
      remedy: "pass one of them",
    });
  }
  return views.allocate(dtype, shape);
}

/**
 * Tells whether the elements lie in row-major order without gaps, as those of an empty view always do.
 *
 * @throws {TypeError} If `v` is not a view.
 */
export function isContiguous(v: View): boolean {
  checkView("isContiguous", v);
  return views.isContiguous(v);
}

/**
 * Permutes the axes.
 *
 * @param axes Axis `k` of the result is axis `axes[k]` of `v`; by default the order is reversed.
 * @throws {TypeError} If `v` is not a view.
 * @throws {ShapeError} If `axes` does not name each axis once.
 */
export function transposeView<D extends DType>(v: View<D>, axes?: readonly number[]): View<D> {
  checkView("transposeView", v);
  const { shape } = v;
  const isOrder = axes === undefined || (Array.isArray(axes) && axes.length === shape.length &&
    shape.every((_, axis) => axes.includes(axis)));
  if (!isOrder) throw unfit("transposeView", v, { axes }, "axes must name each axis of the view once", "axes");
  return views.transposeView(v, axes);
}

/**
 * Takes some of the elements along each axis.
 *
 * @param ranges One for each axis.
 * @throws {TypeError} If `v` is not a view.
 * @throws {ShapeError} If the number of ranges is not that of axes, or a range does not lie inside the view.
 */
export function sliceView<D extends DType>(v: View<D>, ranges: readonly Range[]): MutableView<D> {
  checkView("sliceView", v);
  const isInside = Array.isArray(ranges) && ranges.length === v.shape.length &&
    v.shape.every((length, axis) => liesWithin(length, ranges[axis]));
  if (isInside) return views.sliceView(v, ranges);
  throw unfit("sliceView", v, { ranges }, "each axis must have a range { start, step, count } inside it", "ranges");
}

/** Tells whether a range takes elements that an axis of this length has. */
function liesWithin(length: number, range: unknown): boolean {
  if (typeof range !== "object" || range === null) return false;
  const { start, step, count } = range as Partial<Range>; // any object has properties
  if (![start, step, count].every(Number.isInteger) || count! < 0) return false;
  const last = start! + step! * (count! - 1);
  return count === 0 || (Math.min(start!, last) >= 0 && Math.max(start!, last) < length);
}

/**
 * Repeats a view along new leading axes and along axes of length 1, by stride 0.
 *
 * @param shape A shape that the view's own broadcasts to.
 * @throws {TypeError} If `v` is not a view.
 * @throws {ShapeError} If the view's shape does not broadcast to `shape`.
 */
export function broadcastView<D extends DType>(v: View<D>, shape: Shape): View<D> {
  checkView("broadcastView", v);
  checkShape("broadcastView", shape);
  const lead = shape.length - v.shape.length;
  const fits = lead >= 0 && v.shape.every((length, axis) => length === 1 || length === shape[lead + axis]);
  if (!fits) throw unfit("broadcastView", v, { shape }, "lengths must be equal, or 1 in the view", "shape");
  return views.broadcastView(v, shape);
}

/**
 * Gives a view another shape of the same size without copying, if its strides allow.
 *
 * @returns The view, or `undefined` if elements would have to move.
 * @throws {TypeError} If `v` is not a view.
 * @throws {ShapeError} If the shape has another number of elements.
 */
export function reshapeView<D extends DType>(v: View<D>, shape: Shape): View<D> | undefined {
  checkView("reshapeView", v);
  checkShape("reshapeView", shape);
  if (sizeOf(shape) !== sizeOf(v.shape)) {
    throw unfit("reshapeView", v, { shape }, "both shapes must have the same number of elements", "shape");
  }
  return views.reshapeView(v, shape);
}

/**
 * Broadcasts shapes against each other as NumPy does: aligned at the last axis, a length of 1 stretches.
 *
 * @param op The operation to name in the error.
 * @param operands One shape per operand.
 * @returns The common shape, or the error that names the operands and the axis.
 * @throws {ShapeError} If one of them is not a shape.
 * @throws {TypeError} If they are not in an array, or `op` is not a text.
 */
export function broadcastShapes(op: string, operands: readonly Shape[]): ShapeResult {
  if (typeof op !== "string" || !Array.isArray(operands)) {
    throw new TypeError(
      `Cannot broadcast shapes with ${describe(op)} and ${
        describe(operands)
      }: it must be the name of an operation and ` +
        'an array of shapes; pass some such as "add" and [[2, 1], [3]]',
    );
  }
  for (const shape of operands) checkShape(op, shape);
  return shapes.broadcastShapes(op, operands);
}

/**
 * Returns the strides, in elements, of a row-major array of this shape.
 *
 * @throws {ShapeError} If it is not a shape.
 */
export function rowMajorStrides(shape: Shape): readonly number[] {
  checkShape("rowMajorStrides", shape);
  return shapes.rowMajorStrides(shape);
}

/**
 * Tells whether two shapes are the same.
 *
 * @throws {ShapeError} If one of them is not a shape.
 */
export function sameShape(a: Shape, b: Shape): boolean {
  checkShape("sameShape", a);
  checkShape("sameShape", b);
  return shapes.sameShape(a, b);
}

/** Tells whether a value is a view: callers without types can pass anything. */
export const isView = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "data" in value && "shape" in value && Array.isArray(value.shape) &&
  "stride" in value && Array.isArray(value.stride);

function checkView(op: string, value: unknown): void {
  if (isView(value)) return;
  throw new TypeError(
    `Cannot apply ${op} to ${describe(value)}: it must be a view; make one with view(data, shape)`,
  );
}

/** The error for a setting that does not fit to a view. */
function unfit(
  op: string,
  { shape }: View,
  setting: Readonly<Record<string, unknown>>,
  problem: string,
  wrong: string,
) {
  const given = Object.entries(setting).map(([name, value]) => [name, inWords(value)]);
  return new ShapeError({
    op,
    given: { v: shape, ...Object.fromEntries(given) },
    problem,
    remedy: `correct the ${wrong}`,
  });
}

/** Writes a list of numbers out. */
const inWords = (value: unknown): string =>
  Array.isArray(value) && value.every((part) => typeof part === "number")
    ? `[${value.map(textOf).join(", ")}]`
    : describe(value);
