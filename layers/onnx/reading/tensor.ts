/**
 * Tensors of files: their elements, wherever they lie.
 *
 * @module
 */
import { sizeOf } from "../../../blas/shape.ts";
import { bytesOf, dtypeOf, type OnnxType, readRaw, typeOfCode } from "../element_types.ts";
import { decodeError, quoted } from "../errors.ts";
import type { OnnxArray } from "../graph.ts";
import { DataLocation, DataType, type TensorProto } from "../protobuf.ts";

/** The bytes of files beside the model, by the locations that the model names: a record, or a function. */
export type ExternalData =
  | Readonly<Record<string, Uint8Array>>
  | ((location: string) => Uint8Array | undefined);

/** The most axes of a tensor, as everywhere in the library. */
const MOST_AXES = 64;

/**
 * Reads a tensor.
 *
 * @throws {OnnxError} If it has no such elements, or too few or too many.
 */
export function readTensor(proto: TensorProto, external: ExternalData | undefined): OnnxArray {
  const given = `tensor ${quoted(proto.name)}`, type = typeOfCode(proto.dataType);
  if (type === undefined) {
    const name = DataType[proto.dataType] ?? `number ${proto.dataType}`;
    throw decodeError(given, `its elements are ${name}, and must be numbers or booleans of 8 bits or more`);
  }
  const shape = proto.dims.map(Number);
  if (shape.length > MOST_AXES || shape.some((length) => length < 0 || length > Number.MAX_SAFE_INTEGER)) {
    throw decodeError(
      given,
      `its shape [${shape.slice(0, 8)}] must be lengths of 0 or more, for ${MOST_AXES} axes at most`,
    );
  }
  const size = sizeOf(shape), bytes = bytesOutside(given, proto, external) ?? bytesInside(proto, type, size);
  if (bytes === undefined) return { type, shape, data: listed(given, proto, type, size) };
  if (bytes.length !== size * bytesOf(type)) {
    throw decodeError(given, `it has ${bytes.length} bytes, and its shape [${shape}] needs ${size * bytesOf(type)}`);
  }
  // The bytes are copied: they may lie anywhere, and belong to the caller.
  const { buffer } = new Uint8Array(bytes);
  return { type, shape, data: readRaw(type, buffer) };
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

/** Where the elements of a tensor lie, if that is another file. */
export function locationOf({ dataLocation, externalData }: TensorProto): string | undefined {
  if (dataLocation !== DataLocation.EXTERNAL) return undefined;
  return externalData.find(({ key }) => key === "location")?.value ?? "";
}

function bytesOutside(given: string, proto: TensorProto, external: ExternalData | undefined): Uint8Array | undefined {
  const location = locationOf(proto);
  if (location === undefined) return undefined;
  const file = typeof external === "function"
    ? external(location)
    : external !== undefined && Object.hasOwn(external, location)
    ? external[location]
    : undefined;
  if (!(file instanceof Uint8Array)) {
    throw decodeError(
      given,
      `its elements are in the file ${quoted(location)}, which is missing`,
      "pass its bytes as externalData, or use readOnnx, which reads the files beside the model",
    );
  }
  const field = (name: string, otherwise: number): number => {
    const text = proto.externalData.find(({ key }) => key === name)?.value;
    return text === undefined ? otherwise : Number(text);
  };
  const offset = field("offset", 0), length = field("length", file.length - offset);
  const fits = [offset, length].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!fits || offset + length > file.length) {
    throw decodeError(
      given,
      `its elements are ${length} bytes from byte ${offset} of ${quoted(location)}, which has ${file.length}`,
    );
  }
  return file.subarray(offset, offset + length);
}
