/**
 * Views in the layouts that CBLAS knows: vectors with a stride, matrices whose rows or columns have no gaps.
 *
 * @module
 */
import type { DataOf, DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { allocate, type MutableView, type View } from "../view.ts";

/** Elements from some position on, as CBLAS is handed them. */
type Elements = DataOf<DType> & ArrayBufferView<ArrayBuffer>;

/** A vector for CBLAS: a pointer to the lowest of its elements, and the stride. */
export type Vector = { readonly elements: Elements; readonly step: number };

/** A matrix for CBLAS, row-major: a pointer, the distance between rows, and whether CBLAS must transpose it. */
export type Matrix = { readonly elements: Elements; readonly leading: number; readonly transposed: boolean };

/** From a position on. Views are of plain array buffers: their types leave that open, but shared memory is never in one. */
const from = (data: View["data"], position: number): Elements => (data as DataOf<DType>).subarray(position) as Elements;

/** A vector as it lies, or `undefined` if its stride is 0: what CBLAS makes of that is not defined. */
export function vectorOf({ data, shape, stride, offset }: View): Vector | undefined {
  const step = stride[0]!, length = shape[0]!;
  if (step === 0 && length > 1) return undefined;
  return { elements: from(data, step < 0 ? offset + (length - 1) * step : offset), step: step || 1 };
}

/** A matrix as it lies, or `undefined` if neither its rows nor its columns are without gaps. */
export function matrixOf({ data, shape, stride, offset }: View): Matrix | undefined {
  const [rows, columns] = shape as readonly [number, number], [rs, cs] = stride as readonly [number, number];
  if ((cs === 1 || columns === 1) && (rs >= columns || rows === 1)) {
    return { elements: from(data, offset), leading: Math.max(rows === 1 ? columns : rs, 1), transposed: false };
  }
  if ((rs === 1 || rows === 1) && (cs >= rows || columns === 1)) {
    return { elements: from(data, offset), leading: Math.max(columns === 1 ? rows : cs, 1), transposed: true };
  }
  return undefined;
}

/** A row-major copy of a view. */
export function copied<D extends DType>(engine: Engine, x: View<D>): MutableView<D> {
  const y = allocate<D>(x.dtype, x.shape);
  engine.copy({ x, y });
  return y;
}
