/**
 * Tensors of files: their elements, wherever they lie.
 *
 * @module
 */
import { sizeOf } from "../../../blas/shape.ts";
import { bytesOf, dtypeOf, type OnnxType, readRaw, typeOfCode } from "../element_types.ts";
import { decodeError, quoted } from "../errors.ts";
import type { OnnxArray } from "../graph.ts";
import { DataType, type TensorProto } from "../protobuf.ts";
import { type ExternalData, partReader } from "./external_data.ts";

/** The most axes of a tensor, as everywhere in the library. */
const MOST_AXES = 64;

/** Reads a tensor. It throws an `OnnxError` if it has no such elements, or too few or too many. */
export type ReadTensor = (proto: TensorProto) => OnnxArray;

/** Returns what reads the tensors of one model. Those in the same part of another file share their elements. */
export function tensorReader(external: ExternalData | undefined): ReadTensor {
  const partOf = partReader(external), shared = new Map<string, OnnxArray["data"]>();
  return (proto) => {
    const given = `tensor ${quoted(proto.name)}`, { type, shape } = typeAndShape(given, proto), size = sizeOf(shape);
    const part = partOf(given, proto), bytes = part?.bytes ?? bytesInside(proto, type, size);
    if (bytes === undefined) return { type, shape, data: listed(given, proto, type, size) };
    if (bytes.length !== size * bytesOf(type)) {
      throw decodeError(given, `it has ${bytes.length} bytes, and its shape [${shape}] needs ${size * bytesOf(type)}`);
    }
    // The bytes are copied: they may lie anywhere, and belong to the caller.
    const read = () => readRaw(type, new Uint8Array(bytes).buffer);
    if (part === undefined) return { type, shape, data: read() };
    const place = `${type} ${part.place}`, data = shared.get(place) ?? read();
    shared.set(place, data);
    return { type, shape, data };
  };
}

function typeAndShape(given: string, { dataType, dims }: TensorProto): Pick<OnnxArray, "type" | "shape"> {
  const type = typeOfCode(dataType), shape = dims.map(Number);
  if (type === undefined) {
    const name = DataType[dataType] ?? `number ${dataType}`;
    throw decodeError(given, `its elements are ${name}, and must be numbers or booleans of 8 bits or more`);
  }
  if (shape.length > MOST_AXES || shape.some((length) => length < 0 || length > Number.MAX_SAFE_INTEGER)) {
    throw decodeError(
      given,
      `its shape [${shape.slice(0, 8)}] must be lengths of 0 or more, for ${MOST_AXES} axes at most`,
    );
  }
  return { type, shape };
}

/** The bytes of a tensor whose elements lie raw in the file; none if the file lists them as numbers. */
function bytesInside(
  { rawData, floatData, int32Data, int64Data, doubleData, uint64Data }: TensorProto,
  type: OnnxType,
  size: number,
): Uint8Array | undefined {
  const lists = [floatData, int32Data, int64Data, doubleData, uint64Data];
  if (rawData.length > 0 || lists.every((list) => list.length === 0)) return rawData;
  // Half precision is listed as the bits of each number.
  if ((type === "float16" || type === "bfloat16") && int32Data.length === size) {
    return new Uint8Array(Uint16Array.from(int32Data).buffer);
  }
  return undefined;
}

/** The elements of a tensor that are listed as numbers. */
function listed(given: string, proto: TensorProto, type: OnnxType, size: number): OnnxArray["data"] {
  const list: readonly (number | bigint)[] = type === "float32"
    ? proto.floatData
    : type === "float64"
    ? proto.doubleData
    : type === "int64"
    ? proto.int64Data
    : type === "uint64" || type === "uint32"
    ? proto.uint64Data
    : proto.int32Data;
  if (list.length !== size) {
    throw decodeError(given, `it has ${list.length} elements of its type, and its shape needs ${size}`);
  }
  return dtypeOf(type) === "float32" ? Float32Array.from(list, Number) : Float64Array.from(list, Number);
}
