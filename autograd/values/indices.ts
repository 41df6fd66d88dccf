/**
 * Whole numbers that are indices: classes, positions.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { type DType, DTYPES, exactRange } from "../../blas/dtype.ts";
import { copyPart } from "../../blas/parts/copy.ts";
import {
  checkIndicesOf,
  indexError,
  indexOf,
  type IndexRange,
  KEY_NUMBERS,
} from "../../blas/program/operations/check_indices.ts";
import { checkShape, type Shape } from "../../blas/shape.ts";
import { gatherPart } from "../../blas/parts/gather.ts";
import { batchAligned } from "../batch.ts";
import { isAbstract } from "../abstract_view.ts";
import { constant } from "./constructors.ts";
import { type Numeric, parseNumeric } from "./numeric.ts";
import { tensorData } from "./read.ts";
import { apply, type Primitive } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";

/** Indices as read: their shape, and their values in row-major order. */
export type Indices = { readonly shape: Shape; readonly values: readonly number[] };

/**
 * Reads indices and checks each of them.
 *
 * @param op The operation on whose behalf; errors name it.
 * @param indices An array of integers, or a tensor of whole numbers.
 * @param count Indices must be in `[0, count)`.
 * @param exception One more value that is allowed.
 * @throws {RangeError} If an index is not a whole number or is out of range; the message names it and its position.
 */
export function readIndices(op: string, indices: Tensor | Numeric, count: number, exception?: number): Indices {
  checkShape(op, [count]);
  const { shape, values } = isTensor(indices)
    ? { shape: indices.shape, values: tensorData(indices) }
    : parsed(op, indices);
  const result = new Array<number>(values.length), range = { op, count, negative: false, exception };
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (indexOf(value, range) === undefined) throw indexError(range, value, i);
    result[i] = value;
  }
  return { shape, values: result };
}

/** Parses indices as float64, in which all 32-bit integers are exact. */
function parsed(op: string, indices: Numeric): { readonly shape: Shape; readonly values: ArrayLike<number> } {
  const view = parseNumeric(op, indices, "float64");
  return { shape: view.shape, values: view.data };
}

/**
 * Reads indices as a constant for an operation to use: each in `[0, count)`, negative ones counted from the end.
 *
 * @param op The operation on whose behalf; errors name it.
 * @param indices An array of integers, or a tensor of whole numbers.
 * @param count Indices must be in `[-count, count)`.
 * @param dtype The dtype of the result.
 * @throws {RangeError} If an index is not a whole number or is out of range, or the dtype cannot hold all indices exactly.
 */
export function indexTensor<D extends DType>(
  op: string,
  indices: Tensor | Numeric,
  count: number,
  dtype: D,
): Tensor<D> {
  checkPositions(op, count, dtype);
  // Indices of that dtype.
  if (areAbstract(indices)) return apply(indexPrimitive, { op, count, dtype, negative: true }, [indices]) as Tensor<D>;
  if (isTensor(indices) && indices.dtype === dtype && gatherPart.inUse().allWithin(innerView(indices), 0, count - 1)) {
    return stopGradient(indices) as Tensor<D>; // without a copy: it may be a view that repeats a few numbers many times
  }
  const { shape, values } = isTensor(indices)
    ? { shape: indices.shape, values: tensorData(indices) }
    : parsed(op, indices);
  let negative = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!, whole = value | 0; // fast, and sufficient except for errors and very long axes
    if ((whole !== value || whole < -count || whole >= count)) {
      const range = { op, count, negative: true };
      if (indexOf(value, range) === undefined) throw indexError(range, value, i);
    }
    if (value < 0) negative = true;
  }
  // A tensor that fits is used without a copy: it may be a view that repeats a few numbers many times.
  if (!negative && isTensor(indices) && indices.dtype === dtype) return stopGradient(indices) as Tensor<D>;
  return constant<D>(Float64Array.from(values, (value) => value < 0 ? value + count : value), { dtype, shape });
}

/**
 * Throws for axes with more positions than a dtype holds: beyond 2^24, float32 would give a neighbour of the right position.
 *
 * @throws {RangeError} If the dtype does not hold all positions.
 */
export function checkPositions(op: string, count: number, dtype: DType): void {
  if (count <= DTYPES[dtype].largestExact) return;
  throw new RangeError(`Cannot apply ${op} to an axis of ${count}: ${exactRange(dtype)}; use float64`);
}

/** Tells whether indices are a tensor without elements, which cannot be read. */
export function areAbstract(indices: Tensor | Numeric): indices is Tensor {
  return isTensor(indices) && isAbstract(innerView(indices));
}

/**
 * Does the same as {@link readIndices} for a tensor without elements: indices are checked in every run of the compiled program.
 *
 * @param dtype The dtype of the result.
 * @returns The indices as a tensor of their shape.
 */
export function abstractIndices<D extends DType>(
  op: string,
  indices: Tensor,
  count: number,
  dtype: D,
  exception?: number,
): Tensor<D> {
  checkShape(op, [count]);
  checkPositions(op, count, dtype);
  // Indices of that dtype.
  return apply(indexPrimitive, { op, count, dtype, exception, negative: false }, [indices]) as Tensor<D>;
}

/** Returns a tensor of a number that is folded into a key; it is checked in every run of a compiled program. */
export function abstractKeyNumber(number: Tensor<"float64">): Tensor<"float64"> {
  return apply(indexPrimitive, { ...KEY_NUMBERS, dtype: "float64" }, [number]);
}

type IndexAttributes = IndexRange & { readonly dtype: DType };

/** Checks indices: a primitive for tensors without elements only, since others are checked when they are read. */
const indexPrimitive: Primitive<IndexAttributes> = {
  name: "checkIndices",
  samples: () => [
    {
      attributes: { op: "take", count: 3, dtype: "float64", negative: true },
      inputs: [{ shape: [2, 3], min: -3, max: 3, whole: true }],
    },
    {
      attributes: { op: "nllLoss", count: 2, dtype: "float32", exception: -1, negative: false },
      inputs: [{ shape: [4], min: -1, max: 2, whole: true }],
    },
  ],
  shape: ([shape]) => either.right(shape!),
  resultDType: ({ dtype }) => dtype,
  operator: checkIndicesOf,
  part: copyPart,
  batch: batchAligned,
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const indexPrimitives = [indexPrimitive];

/** Returns a tensor of indices, each in `[0, count)`: checked now or, if it has no elements, when the compiled program runs. */
export function checkedIndices<D extends DType>(op: string, indices: Tensor<D>, count: number): Tensor<D> {
  if (areAbstract(indices)) return abstractIndices(op, indices, count, indices.dtype);
  readIndices(op, indices, count);
  return indices;
}
