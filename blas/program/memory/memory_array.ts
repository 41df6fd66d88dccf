/**
 * Arrays in a program's memory, and copying into and out of them.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DataOf, type DType, DTYPES } from "../../dtype.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { allocate, isContiguous, type View } from "../../view.ts";
import { coalesce, forEachRun } from "../../walk.ts";
import type { ValueType } from "../program.ts";

/** A row-major array in memory. */
export type MemoryArray = {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: DataOf<DType>;
};

/** Up to this many elements are copied one by one, which takes less time than preparing a bulk copy. */
const FEW = 32;

/** Returns the array of a value at a byte address. */
export function memoryArrayAt(buffer: ArrayBufferLike, { dtype, shape }: ValueType, address: number): MemoryArray {
  const { Data } = DTYPES[dtype], size = sizeOf(shape);
  // The plan may give any address to an empty array.
  const at = size === 0 ? 0 : address;
  return { dtype, shape, data: new Data(buffer, at - at % BYTES_PER_ELEMENT[dtype], size) };
}

/** Copies a view of any strides into an array of its size. */
export function fillMemoryArray({ data: to }: MemoryArray, x: View): void {
  const from = x.data as DataOf<DType>, { offset } = x, size = to.length; // only read here
  if (isContiguous(x)) {
    if (size <= FEW) { for (let i = 0; i < size; i++) to[i] = from[offset + i]!; }
    else to.set(from.length === size ? from : from.subarray(offset, offset + size));
    return;
  }
  const walk = coalesce(x.shape, [x.stride]), n = walk.shape.at(-1)!, step = walk.strides[0]!.at(-1)!;
  let next = 0;
  forEachRun(walk, [offset], ([start]) => {
    if (step === 1 && n > FEW) {
      to.set(from.subarray(start!, start! + n), next);
      next += n;
    } else if (step === 0 && n > FEW) { // a repeated number, such as an array of zeros
      to.fill(from[start!]!, next, next + n);
      next += n;
    } else for (let i = 0, p = start!; i < n; i++, p += step) to[next++] = from[p]!;
  });
}

/**
 * Copies an array out of memory.
 *
 * @param prepare Called with the new array before anything is written to it.
 */
export function readMemoryArray(
  { dtype, shape, data: from }: MemoryArray,
  prepare?: (data: DataOf<DType>) => void,
): View {
  const y = allocate(dtype, shape), { data: to, offset } = y, size = from.length;
  prepare?.(to);
  if (size <= FEW) { for (let i = 0; i < size; i++) to[offset + i] = from[i]!; }
  else to.set(from, offset);
  return y;
}
