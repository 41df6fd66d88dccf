/**
 * Arithmetic on shapes: sizes, strides, broadcasting, axes.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import { describe } from "./describe.ts";
import * as either from "./either.ts";
import { formatShape, ShapeError, textOf } from "./errors.ts";

/** The lengths of an array's axes, outermost first. `[]` is a single number; an axis of length 0 makes it empty. */
export type Shape = readonly number[];

/** The result of a shape rule: the shape, or the error that says why it does not exist. */
export type ShapeResult = Either<ShapeError, Shape>;

/** Counts the elements of a valid shape: for the library itself, which calls it everywhere. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!;
  return size;
}

/**
 * Counts the elements of an array of this shape.
 *
 * @throws {ShapeError} If it is not an array of whole numbers of 0 or more, or stands for more than 2^31 - 1 elements.
 *
 * @example
 * ```ts
 * import { sizeOf } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizeOf([2, 3]), 6);
 * assertEquals(sizeOf([]), 1);
 * ```
 */
export function checkedSizeOf(shape: Shape): number {
  checkShape("sizeOf", shape);
  return sizeOf(shape);
}

/** Row-major strides of vectors, and of matrices by their number of columns: views share them, so they are frozen. */
const VECTOR: readonly number[] = /* @__PURE__ */ Object.freeze([1]),
  MATRICES: (readonly number[])[] = [],
  WIDEST = 1024;

/** The strides, in elements, of a row-major array of this shape. */
export function rowMajorStrides(shape: Shape): readonly number[] {
  if (shape.length === 1) return VECTOR;
  if (shape.length === 2 && shape[1]! <= WIDEST) return MATRICES[shape[1]!] ??= Object.freeze([shape[1]!, 1]);
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Tells whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** The largest number of axes: ndarray generates code for each rank, which takes steeply more time for higher ranks. */
export const HIGHEST_RANK = 64;

/** The largest number of elements: ndarray and WebAssembly count them in signed 32-bit integers. */
export const MOST_ELEMENTS = 0x7fff_ffff;

/**
 * Checks that a view can have this shape: an array of whole numbers, none of them negative.
 *
 * @param op The operation to name in the error.
 * @param shape The shape that the user has passed.
 * @throws {ShapeError} If an axis is negative, fractional, NaN or infinite, or {@link checkResultShape} rejects the
 * shape.
 */
export function checkShape(op: string, shape: Shape): void {
  if (!Array.isArray(shape)) {
    const remedy = "pass [n] for a vector and [] for a single number";
    throw shapeError(op, describe(shape), "a shape must be an array of axis lengths", remedy);
  }
  const wrong = shape.length > HIGHEST_RANK ? -1 : shape.findIndex((length) => !Number.isInteger(length) || length < 0);
  if (wrong >= 0) {
    const problem = `every axis length must be a whole number of 0 or more, but one is ${textOf(shape[wrong])}`;
    throw shapeError(op, shape, problem, "correct that axis");
  }
  checkResultShape(op, shape);
}

/**
 * Checks that a view can have a computed shape, that of an operation's result.
 *
 * @throws {ShapeError} If it has more than 64 axes, or more than 2^31 - 1 elements, in total or along one axis.
 */
export function checkResultShape(op: string, shape: Shape): void {
  if (shape.length > HIGHEST_RANK) {
    const problem = `an array can have at most ${HIGHEST_RANK} axes`;
    throw shapeError(op, `of ${shape.length} axes`, problem, "join some of them into one");
  }
  let size = 1, longest = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis]!;
    size *= length;
    if (length > longest) longest = length;
  }
  if (size > MOST_ELEMENTS || longest > MOST_ELEMENTS) {
    const problem = size > MOST_ELEMENTS
      ? `${size} elements are more than an array can have (2^31 - 1)`
      : `an axis of ${longest} is longer than an array can be (2^31 - 1)`;
    throw shapeError(op, shape, problem, "split the work along one axis");
  }
}

const shapeError = (op: string, shape: Shape | string, problem: string, remedy: string): ShapeError =>
  new ShapeError({ op, given: { shape }, problem, remedy });

/**
 * Broadcasts shapes against each other as NumPy does: aligned at the last axis, a length of 1 stretches.
 *
 * @param op The operation to name in the error.
 * @param shapes One shape per operand.
 * @returns The common shape, or the error that names the operands and the axis.
 */
export function broadcastShapes(op: string, shapes: readonly Shape[]): ShapeResult {
  let result: Shape = shapes[0] ?? [];
  for (let k = 1; k < shapes.length; k++) {
    const next = shapes[k]!;
    if (stretchesTo(next, result)) continue;
    const rank = Math.max(result.length, next.length);
    const joined = new Array<number>(rank);
    for (let axis = 0; axis < rank; axis++) {
      const x = result[axis - rank + result.length] ?? 1;
      const y = next[axis - rank + next.length] ?? 1;
      if (x !== y && x !== 1 && y !== 1) return either.left(broadcastError(op, shapes, axis - rank, x, y));
      joined[axis] = x === 1 ? y : x;
    }
    result = joined;
  }
  return either.right(result);
}

/** Tells whether a shape broadcasts to another without changing it: that of most operands, for which no list is made. */
function stretchesTo(from: Shape, to: Shape): boolean {
  const lead = to.length - from.length;
  if (lead < 0) return false;
  for (let axis = 0; axis < from.length; axis++) {
    // Both are read in every turn: where one is skipped at times, and arrays of several kinds are passed, V8 compiles this
    // and drops the code again and again (`bench/deoptimizations.ts`).
    const length = from[axis], goal = to[axis + lead];
    if (length !== 1 && length !== goal) return false;
  }
  return true;
}

function broadcastError(op: string, shapes: readonly Shape[], axis: number, x: number, y: number): ShapeError {
  return new ShapeError({
    op,
    given: Object.fromEntries(shapes.map((shape, k) => ["abcdefghijklmnopqrstuvwxyz"[k] ?? `operand ${k}`, shape])),
    problem: `axis ${axis} is ${x} in one and ${y} in another, but lengths must be equal or 1 to broadcast`,
    remedy: "reshape or transpose one so that the axes line up from the right",
  });
}

/**
 * Converts an axis that may count from the end to one that counts from the front.
 *
 * @returns The axis in `[0, rank)`, or the error that names the range allowed.
 */
export function normalizeAxis(op: string, shape: Shape, axis: number): Either<ShapeError, number> {
  const rank = shape.length;
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return either.right(axis < 0 ? axis + rank : axis);
  return either.left(
    new ShapeError({
      op,
      given: { x: shape, axis: textOf(axis) },
      problem: rank === 0
        ? "a 0-d tensor has no axes"
        : `axis must be a whole number from ${-rank} to ${rank - 1} for ${formatShape(shape)}`,
      remedy: "-1 is the last axis",
    }),
  );
}

/**
 * Resolves a choice of axes: `undefined` means all, a number means that axis.
 *
 * @returns Distinct axes in `[0, rank)`, ascending.
 * @throws {ShapeError} If an axis is out of range or named twice.
 */
export function resolveAxes(op: string, shape: Shape, axes?: number | readonly number[]): readonly number[] {
  if (axes === undefined) return allAxes(shape.length);
  const named: readonly number[] = Array.isArray(axes) ? axes : [axes];
  if (named.length === 1) return [unwrap(normalizeAxis(op, shape, named[0]!))];
  const resolved = named.map((axis) => unwrap(normalizeAxis(op, shape, axis)));
  if (new Set(resolved).size !== resolved.length) {
    throw new ShapeError({
      op,
      given: { x: shape, axes: formatShape(named) },
      problem: "an axis is named twice",
      remedy: "name each axis once; -1 and the last axis are the same",
    });
  }
  return resolved.sort((a, b) => a - b);
}

/** Returns the value of a `Right`, or throws the error of a `Left`. */
export function unwrap<A>(result: Either<Error, A>): A {
  if (result._tag === "Left") throw result.left;
  return result.right;
}

/** Lists the axes of an array of this rank. */
export function allAxes(rank: number): number[] {
  const axes = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) axes[axis] = axis;
  return axes;
}

// Loops, here and elsewhere on the path of small tensors: the shapes of views are frozen, and `slice`, `filter`,
// `every` and the like take five times as long, about 80 ns, for frozen arrays as for others.

/** Returns the shape after the axes are reduced to length 1. */
export function reducedShape(shape: Shape, axes: readonly number[]): Shape {
  const reduced = new Array<number>(shape.length);
  for (let axis = 0; axis < shape.length; axis++) reduced[axis] = axes.includes(axis) ? 1 : shape[axis]!;
  return reduced;
}

/** Returns the shape without the axes. */
export function droppedShape(shape: Shape, axes: readonly number[]): Shape {
  const dropped: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) if (!axes.includes(axis)) dropped.push(shape[axis]!);
  return dropped;
}

/** Returns the lengths of the axes from `start` to `end`, excluded; both may count from the end, as in `slice`. */
export function lengthsBetween(shape: Shape, start: number, end: number = shape.length): number[] {
  const rank = shape.length, lengths: number[] = [];
  const last = end < 0 ? end + rank : end < rank ? end : rank;
  for (let axis = start < 0 ? Math.max(start + rank, 0) : start; axis < last; axis++) lengths.push(shape[axis]!);
  return lengths;
}
