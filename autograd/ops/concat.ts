/**
 * Joining tensors.
 *
 * @module
 */
import { either } from "../../deps.ts";
import type { DType } from "../../blas/dtype.ts";
import type { Engine } from "../../blas/engine.ts";
import { ShapeError } from "../../blas/errors.ts";
import { normalizeAxis, type Shape, type ShapeResult, unwrap } from "../../blas/shape.ts";
import { allocate, sliceView, type View } from "../../blas/view.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { expandDims } from "./reshape.ts";
import { partAlong } from "./slice.ts";

/** The axis, and where on it each operand begins: added up once, not once for each operand's derivative. */
type ConcatAttributes = { readonly axis: number; readonly starts: readonly number[] };

const concatPrimitive: Primitive<ConcatAttributes> = {
  name: "concat",
  samples: [
    { attributes: { axis: 0, starts: [0, 2, 3] }, inputs: [{ shape: [2, 3] }, { shape: [1, 3] }, { shape: [0, 3] }] },
    { attributes: { axis: 1, starts: [0, 3] }, inputs: [{ shape: [2, 3] }, { shape: [2, 2] }] },
    { attributes: { axis: 0, starts: [0] }, inputs: [{ shape: [3] }] },
  ],
  shape: (shapes, { axis }): ShapeResult => {
    const [first, ...others] = shapes as readonly [Shape, ...Shape[]];
    const fits = others.every((shape) =>
      shape.length === first.length && shape.every((length, k) => k === axis || length === first[k])
    );
    return fits
      ? either.right(first.map((length, k) => k === axis ? shapes.reduce((sum, shape) => sum + shape[k]!, 0) : length))
      : either.left(
        new ShapeError({
          op: "concat",
          given: Object.fromEntries(shapes.map((shape, k) => [`tensor ${k}`, shape])),
          problem: `all axes but axis ${axis} must be of equal length`,
          remedy: "slice or pad the others, or join along another axis",
        }),
      );
  },
  evaluate: <D extends DType>(
    inputs: readonly View<D>[],
    { axis }: ConcatAttributes,
    shape: Shape,
    engine: Engine,
  ): View<D> => {
    const output = allocate<D>(inputs[0]!.dtype, shape);
    let start = 0;
    for (const x of inputs) {
      const ranges = x.shape.map((count, k) => ({ start: k === axis ? start : 0, step: 1, count }));
      engine.copy({ x, y: sliceView<D>(output as View<D>, ranges) });
      start += x.shape[axis]!;
    }
    return output as View<D>;
  },
  vjp: (index, cotangent, { attributes: { axis, starts }, inputs }) =>
    partAlong(cotangent, axis, starts[index]!, inputs[index]!.shape[axis]!),
};

/** The primitives of this file, for the generic checks. */
export const concatPrimitives = [concatPrimitive];

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
  const along = unwrap(normalizeAxis("concat", firstOf("concat", tensors).shape, axis));
  let end = 0;
  const starts = tensors.map(({ shape }) => (end += shape[along] ?? 0) - (shape[along] ?? 0));
  return applyChecked(concatPrimitive, { axis: along, starts }, tensors);
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
  const along = unwrap(normalizeAxis("stack", [...firstOf("stack", tensors).shape, 1], axis));
  return concat(tensors.map((t) => expandDims(t, along)), along);
}
