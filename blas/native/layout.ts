/**
 * Views in the layouts that CBLAS accepts: vectors with a stride, matrices whose rows or columns have no gaps.
 *
 * @module
 */
import type { DataOf, DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { allocate, type MutableView, type View } from "../view.ts";

/** The elements from some position on, as passed to CBLAS. */
type Elements = DataOf<DType> & ArrayBufferView<ArrayBuffer>;

/** A vector for CBLAS: a pointer to the lowest of its elements, and the stride. */
export type Vector = { readonly elements: Elements; readonly step: number };

/** A matrix for CBLAS, row-major: a pointer, the distance between rows, and whether CBLAS must transpose it. */
export type Matrix = { readonly elements: Elements; readonly leading: number; readonly transposed: boolean };

/** Returns the elements from a position on. No view has shared memory, although the types would allow it. */
// Only read here.
const from = (data: View["data"], position: number): Elements => (data as DataOf<DType>).subarray(position) as Elements;

/** Returns a vector without copying, or `undefined` if its stride is 0, for which CBLAS does not define the result. */
export function vectorOf({ data, shape, stride, offset }: View): Vector | undefined {
  const step = stride[0]!, length = shape[0]!;
  if (step === 0 && length > 1) return undefined;
  return { elements: from(data, step < 0 ? offset + (length - 1) * step : offset), step: step || 1 };
}

/** Returns a matrix without copying, or `undefined` if its rows and its columns both have gaps. */
export function matrixOf({ data, shape, stride, offset }: View): Matrix | undefined {
  // A matrix.
  const [rows, columns] = shape as readonly [number, number], [rs, cs] = stride as readonly [number, number];
  if ((cs === 1 || columns === 1) && (rs >= columns || rows === 1)) {
    return { elements: from(data, offset), leading: Math.max(rows === 1 ? columns : rs, 1), transposed: false };
  }
  if ((rs === 1 || rows === 1) && (cs >= rows || columns === 1)) {
    return { elements: from(data, offset), leading: Math.max(columns === 1 ? rows : cs, 1), transposed: true };
  }
  return undefined;
}

/** Returns a row-major copy of a view. */
export function copied<D extends DType>(engine: Engine, x: View<D>): MutableView<D> {
  const y = allocate<D>(x.dtype, x.shape);
  engine.copy({ x, y });
  return y;
}
