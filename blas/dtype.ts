/**
 * The element types, the typed arrays that hold them, and the facts about each.
 *
 * A new dtype begins here. Everything else that depends on a dtype is a table `{ readonly [D in DType]: … }` where it
 * is used, so the compiler names every place that needs a new row.
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

/** The facts about a dtype. */
export type DTypeFacts<D extends DType> = {
  /** The class of the typed arrays that hold the elements. */
  readonly Data: {
    new (length: number): DataOf<D>;
    new (values: ArrayLike<number>): DataOf<D>;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): DataOf<D>;
  };
  /** Rounds to the nearest number of the dtype. */
  readonly round: (x: number) => number;
  /** The distance from 1 to the next larger number. */
  readonly epsilon: number;
  /** The smallest positive number of full precision. */
  readonly smallestNormal: number;
  /** The largest number up to which all whole numbers are exact. */
  readonly largestExact: number;
};

/** The facts about each dtype. */
export const DTYPES: { readonly [D in DType]: DTypeFacts<D> } = /* @__PURE__ */ (() => ({
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
}))();

/** Bytes taken by one element. */
export const BYTES_PER_ELEMENT: { readonly [D in DType]: 4 | 8 } = { float32: 4, float64: 8 };

/**
 * Makes a typed array of zeros.
 *
 * @param dtype The element type.
 * @param length The number of elements.
 * @returns A new array.
 */
export function newData<D extends DType>(dtype: D, length: number): DataOf<D> {
  return zeros(dtype, length) as DataOf<D>; // the array of that dtype
}

/** Makes the array by cases: looking the class up in a table made adding 32 numbers 10 % slower. */
function zeros(dtype: DType, length: number): DataOf<DType> {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
  }
}

/** Says, for error messages, up to which number a dtype holds every whole number. */
export function exactRange(dtype: DType): string {
  return `${dtype} holds every whole number up to 2^${Math.log2(DTYPES[dtype].largestExact)} only`;
}

/** Tells whether a value names a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(DTYPES, value);
}
