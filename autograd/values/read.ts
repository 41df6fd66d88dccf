/**
 * Reads tensors as numbers.
 *
 * @module
 */
import type { DType, ReadonlyDataOf } from "../../blas/dtype.ts";
import { newData } from "../../blas/dtype.ts";
import { plainCopyPart } from "../../blas/parts/plain_copy.ts";
import { ShapeError } from "../../blas/errors.ts";
import { rowMajorStrides, sizeOf } from "../../blas/shape.ts";
import { isContiguous, unsafeView, type View } from "../../blas/view.ts";
import { checkTensor } from "../arguments.ts";
import type { Tensor } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";

/** Up to this many elements, a copy takes almost no time. */
const COPIED = 64;

/**
 * Returns the values of a tensor in row-major order.
 *
 * @example
 * ```ts
 * import { tensor64, tensorData } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tensorData(tensor64([[1, 2], [3, 4]])), new Float64Array([1, 2, 3, 4]));
 * ```
 *
 * @returns A typed array to read from. With more than 64 elements it may be the tensor's own storage, and its type does
 * not allow writing: copy it, `data.slice()`, to change it.
 */
export function tensorData<D extends DType>(t: Tensor<D>): ReadonlyDataOf<D> {
  checkTensor("apply tensorData", t);
  const view = innerView(t), values = elementsOf(view);
  // A copy has the class of its original.
  return (values === view.data && values.length <= COPIED ? values.slice() : values) as ReadonlyDataOf<D>;
}

/** Returns the elements of a tensor in row-major order, possibly its own storage. */
const valuesOf = (t: Tensor): ReadonlyDataOf<DType> => elementsOf(innerView(t));

/**
 * Returns the elements of a view in row-major order, possibly its own storage; if they are in another order, the engine
 * in use copies them.
 */
export function elementsOf<D extends DType>(x: View<D>): ReadonlyDataOf<D> {
  const { data, dtype, shape, offset } = x, size = sizeOf(shape);
  if (isContiguous(x)) {
    // A copy has the class of its original.
    return (data.length === size ? data : data.slice(offset, offset + size)) as ReadonlyDataOf<D>;
  }
  const copied = newData(dtype, size);
  plainCopyPart.inUse().copy({ x, y: unsafeView<D>(copied, shape, rowMajorStrides(shape), 0) });
  return copied;
}

/**
 * Returns the values of a tensor in row-major order, as an array of numbers.
 *
 * @example
 * ```ts
 * import { tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(tensor64([[1, 2], [3, 4]])), [1, 2, 3, 4]);
 * ```
 */
export function toList(t: Tensor): number[] {
  checkTensor("apply toList", t);
  return Array.from<number>(valuesOf(t));
}

/** A number, or arrays of numbers nested as deep as the tensor has axes. */
export type Nested = number | Nested[];

/**
 * Returns the values of a tensor as nested arrays; a 0-d tensor gives a number.
 *
 * @example
 * ```ts
 * import { tensor64, toArray, transpose } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(transpose(tensor64([[1, 2], [3, 4]]))), [[1, 3], [2, 4]]);
 * ```
 */
export function toArray(t: Tensor): Nested {
  checkTensor("apply toArray", t);
  const data = valuesOf(t), strides = rowMajorStrides(t.shape);
  const build = (axis: number, at: number): Nested =>
    axis === t.shape.length
      ? data[at]!
      : Array.from({ length: t.shape[axis]! }, (_, i) => build(axis + 1, at + i * strides[axis]!));
  return build(0, 0);
}

/**
 * Returns the value of a tensor of one element, whatever its rank.
 *
 * @example
 * ```ts
 * import { tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(tensor64([[5]])), 5);
 * ```
 *
 * @throws {ShapeError} If it does not have exactly one element.
 */
export function toNumber(t: Tensor): number {
  checkTensor("apply toNumber", t);
  const { data, offset, size } = innerView(t);
  if (size === 1) return data[offset]!;
  throw new ShapeError({
    op: "toNumber",
    given: { t: t.shape },
    problem: `a tensor of ${size} elements is not one number`,
    remedy: "reduce it first, with sum or mean, or read all of it with toList",
  });
}
