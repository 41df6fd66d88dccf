/**
 * The two element types and the typed arrays that hold them.
 *
 * @module
 */

/** The name of an element type, as NumPy and ndarray spell it. */
export type DType = "float32" | "float64";

/** The typed array that holds elements of dtype `D`. */
export type DataOf<D extends DType> = D extends "float32" ? Float32Array : Float64Array;

/** What a typed array can be changed through. */
export type Mutator = "copyWithin" | "fill" | "reverse" | "set" | "sort" | "subarray" | "buffer";

/** A `Float32Array` that its type does not let anyone write to. */
export type ReadonlyFloat32Array = Readonly<Omit<Float32Array, Mutator>>;

/** A `Float64Array` that its type does not let anyone write to. */
export type ReadonlyFloat64Array = Readonly<Omit<Float64Array, Mutator>>;

/** The read-only typed array that holds elements of dtype `D`. */
export type ReadonlyDataOf<D extends DType> = D extends "float32" ? ReadonlyFloat32Array : ReadonlyFloat64Array;

/** Bytes taken by one element. */
export const BYTES_PER_ELEMENT: { readonly [D in DType]: number } = { float32: 4, float64: 8 };

/**
 * Makes a typed array of zeros.
 *
 * @param dtype The element type.
 * @param length How many elements.
 * @returns A fresh array that nobody else holds.
 */
export function newData<D extends DType>(dtype: D, length: number): DataOf<D> {
  // The conditional type is resolved by the very test that the expression makes; TypeScript cannot follow it.
  return (dtype === "float32" ? new Float32Array(length) : new Float64Array(length)) as DataOf<D>;
}

/** Tells whether a value names a dtype. */
export function isDType(value: unknown): value is DType {
  return value === "float32" || value === "float64";
}
