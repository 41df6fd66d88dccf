/**
 * The element types, the typed arrays that hold them, and what is known of each.
 *
 * A new dtype begins here. Whatever else depends on a dtype is a table `{ readonly [D in DType]: … }` where it is used, so
 * that the compiler names every place that has to decide.
 *
 * @module
 */
import type { ReadonlyFloat32Array, ReadonlyFloat64Array } from "./readonly_data.ts";

/** The name of an element type, as NumPy and ndarray spell it. */
export type DType = "float32" | "float64";

/** The typed array that holds elements of dtype `D`. */
export type DataOf<D extends DType> = { float32: Float32Array; float64: Float64Array }[D];

/** The read-only typed array that holds elements of dtype `D`. */
export type ReadonlyDataOf<D extends DType> = { float32: ReadonlyFloat32Array; float64: ReadonlyFloat64Array }[D];

/** What is known of a dtype. */
export type DTypeFacts<D extends DType> = {
  /** The class of the typed arrays that hold elements. */
  readonly Data: {
    new (length: number): DataOf<D>;
    new (values: ArrayLike<number>): DataOf<D>;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): DataOf<D>;
  };
  /** Rounds to the nearest number of the dtype. */
  readonly round: (x: number) => number;
  /** The distance from 1 to the next larger number. */
  readonly epsilon: number;
  /** The smallest positive number with all its digits. */
  readonly smallestNormal: number;
  /** The largest whole number up to which all whole numbers are exact. */
  readonly largestExact: number;
};

/** What is known of each dtype. */
export const DTYPES: { readonly [D in DType]: DTypeFacts<D> } = {
  float32: {
    Data: Float32Array,
    round: Math.fround,
    epsilon: 2 ** -23,
    smallestNormal: 2 ** -126,
    largestExact: 2 ** 24,
  },
  float64: {
    Data: Float64Array,
    round: (x) => x,
    epsilon: Number.EPSILON,
    smallestNormal: 2 ** -1022,
    largestExact: 2 ** 53,
  },
};

/** Bytes taken by one element. */
export const BYTES_PER_ELEMENT: { readonly [D in DType]: 4 | 8 } = { float32: 4, float64: 8 };

/**
 * Makes a typed array of zeros.
 *
 * @param dtype The element type.
 * @param length How many elements.
 * @returns A fresh array that nobody else holds.
 */
export function newData<D extends DType>(dtype: D, length: number): DataOf<D> {
  return zeros(dtype, length) as DataOf<D>;
}

/** By cases: made by a class that is looked up, arrays took so much longer that adding 32 numbers took 10 % more time. */
function zeros(dtype: DType, length: number): DataOf<DType> {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
  }
}

/** Says up to where a dtype holds every whole number, for error messages. */
export function exactRange(dtype: DType): string {
  return `${dtype} holds every whole number up to 2^${Math.log2(DTYPES[dtype].largestExact)} only`;
}

/** Tells whether a value names a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(DTYPES, value);
}
