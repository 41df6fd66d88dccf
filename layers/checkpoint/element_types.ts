/**
 * The element types of safetensors files, and their conversion to float32 or float64.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";

/** How elements of one type are read. */
export type ElementType = {
  /** The bytes of an element. */
  readonly size: number;
  /** The dtype that holds all its values exactly; for 64-bit integers, those up to 2^53. */
  readonly dtype: DType;
  /** Reads elements from a buffer that holds a whole number of them and nothing else. */
  readonly read: (bytes: ArrayBuffer) => ArrayLike<number>;
};

/** Converts bfloat16, the upper half of a float32. */
const widenBfloat16 = (bytes: ArrayBuffer): Float32Array =>
  new Float32Array(Uint32Array.from(new Uint16Array(bytes), (half) => half << 16).buffer);

/** Converts binary16 of IEEE 754-2008: a sign bit, 5 bits of exponent biased by 15, 10 bits of fraction. */
const widenFloat16 = (bytes: ArrayBuffer): Float32Array =>
  Float32Array.from(new Uint16Array(bytes), (half) => {
    const sign = half & 0x8000 ? -1 : 1, exponent = (half >> 10) & 31, fraction = half & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
  });

/** The element type as which each dtype is written. */
export const WRITTEN_AS: { readonly [D in DType]: string } = { float32: "F32", float64: "F64" };

/** The element types by their names in files. Bytes are little-endian, as on every machine that Deno runs on. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["F64", { size: 8, dtype: "float64", read: (bytes) => new Float64Array(bytes) }],
  ["F32", { size: 4, dtype: "float32", read: (bytes) => new Float32Array(bytes) }],
  ["F16", { size: 2, dtype: "float32", read: widenFloat16 }],
  ["BF16", { size: 2, dtype: "float32", read: widenBfloat16 }],
  ["I64", { size: 8, dtype: "float64", read: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number) }],
  ["U64", { size: 8, dtype: "float64", read: (bytes) => Float64Array.from(new BigUint64Array(bytes), Number) }],
  ["I32", { size: 4, dtype: "float64", read: (bytes) => new Int32Array(bytes) }],
  ["U32", { size: 4, dtype: "float64", read: (bytes) => new Uint32Array(bytes) }],
  ["I16", { size: 2, dtype: "float32", read: (bytes) => new Int16Array(bytes) }],
  ["U16", { size: 2, dtype: "float32", read: (bytes) => new Uint16Array(bytes) }],
  ["I8", { size: 1, dtype: "float32", read: (bytes) => new Int8Array(bytes) }],
  ["U8", { size: 1, dtype: "float32", read: (bytes) => new Uint8Array(bytes) }],
  ["BOOL", { size: 1, dtype: "float32", read: (bytes) => new Uint8Array(bytes) }],
]);
