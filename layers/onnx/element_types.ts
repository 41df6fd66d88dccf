/**
 * The element types of ONNX, and how each is held here.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { ELEMENT_TYPES } from "../checkpoint/element_types.ts";

/** The name of an element type. */
export type OnnxType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

/** The facts about an element type. */
export type OnnxTypeFacts = {
  /** Its number in files. */
  readonly code: number;
  /** Its name in safetensors files, whose elements lie in the same way. */
  readonly raw: string;
  /** The bits of an integer, 0 for others. */
  readonly bits: number;
  /** Whether integers have a sign. */
  readonly signed: boolean;
};

/** All element types that tensors have here. Booleans count as integers: 0 and 1. */
export const ONNX_TYPES: { readonly [T in OnnxType]: OnnxTypeFacts } = {
  float32: { code: 1, raw: "F32", bits: 0, signed: true },
  uint8: { code: 2, raw: "U8", bits: 8, signed: false },
  int8: { code: 3, raw: "I8", bits: 8, signed: true },
  uint16: { code: 4, raw: "U16", bits: 16, signed: false },
  int16: { code: 5, raw: "I16", bits: 16, signed: true },
  int32: { code: 6, raw: "I32", bits: 32, signed: true },
  int64: { code: 7, raw: "I64", bits: 64, signed: true },
  bool: { code: 9, raw: "BOOL", bits: 1, signed: false },
  float16: { code: 10, raw: "F16", bits: 0, signed: true },
  float64: { code: 11, raw: "F64", bits: 0, signed: true },
  uint32: { code: 12, raw: "U32", bits: 32, signed: false },
  uint64: { code: 13, raw: "U64", bits: 64, signed: false },
  bfloat16: { code: 16, raw: "BF16", bits: 0, signed: true },
};

const NAMES: ReadonlyMap<number, OnnxType> = /* @__PURE__ */ new Map(
  // The keys of the table are its names.
  /* @__PURE__ */ (Object.keys(ONNX_TYPES) as OnnxType[]).map((name) => [ONNX_TYPES[name].code, name]),
);

/** Returns the element type of a number in a file, if tensors can have it here. */
export const typeOfCode = (code: number): OnnxType | undefined => NAMES.get(code);

/** Tells whether elements are floating-point numbers. */
export const isFloat = (type: OnnxType): boolean => ONNX_TYPES[type].bits === 0;

/**
 * The dtype of tensors that hold elements of a type: half precision becomes float32. Integers and booleans are
 * float64, which holds those up to 2^53.
 */
export const dtypeOf = (type: OnnxType): DType =>
  type === "float32" || type === "float16" || type === "bfloat16" ? "float32" : "float64";

/** The bytes of an element. */
export const bytesOf = (type: OnnxType): number => ELEMENT_TYPES.get(ONNX_TYPES[type].raw)!.size;

/** Reads elements as they lie in files. */
export function readRaw(type: OnnxType, bytes: ArrayBuffer): Float32Array | Float64Array {
  const numbers = ELEMENT_TYPES.get(ONNX_TYPES[type].raw)!.read(bytes);
  if (dtypeOf(type) === "float32") return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  return numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);
}

/** Converts a number to a whole one of a type: without its fraction, and in the range of the type, as C does. */
export function wrapped(type: OnnxType, value: number): number {
  const { bits, signed } = ONNX_TYPES[type], whole = Math.trunc(value);
  if (bits === 0 || bits === 64) return whole;
  if (bits === 1) return value === 0 ? 0 : 1;
  const range = 2 ** bits, rest = ((whole % range) + range) % range;
  return signed && rest >= range / 2 ? rest - range : rest;
}
