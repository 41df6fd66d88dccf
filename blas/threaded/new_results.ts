/**
 * New arrays with numbers from shared memory.
 *
 * @module
 */
import { type DataOf, type DType, DTYPES } from "../dtype.ts";
import type { Elements } from "../simd/elementwise/transfer.ts";

/** Returns a copy of elements: runtimes do not clear an array that they make from another one. */
export function copyOf<D extends DType>(dtype: D, heap: Elements, start: number, count: number): DataOf<D> {
  return new DTYPES[dtype].Data(heap.subarray(start, start + count));
}
