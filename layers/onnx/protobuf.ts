/**
 * ONNX files as messages: protocol buffers by a library, whose every failure is an error value here.
 *
 * The packages are named here and not in `deps.ts`, so that only programs that read or write ONNX load them.
 *
 * @module
 */
import { fromBinary, toBinary } from "npm:@bufbuild/protobuf@2.17.0";
import { type ModelProto, ModelProtoSchema } from "npm:onnx-buf@1.20.0-1";
import * as either from "../../blas/either.ts";
import type { Either } from "../../deps.ts";
import { messageCount } from "./reading/message_count.ts";
import { decodeError, type OnnxError } from "./errors.ts";

export { create } from "npm:@bufbuild/protobuf@2.17.0";
export {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeKind,
  AttributeProtoSchema,
  type FunctionProto,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "npm:onnx-buf@1.20.0-1";

/** The most bytes that one file may have: protocol buffers allow no more. */
const LARGEST = 2 ** 31;

/** The most messages and strings of a file: real ones have some thousands. */
const MOST_MESSAGES = 1_000_000;

/**
 * Reads the messages of a file. The reader stops at the end of the bytes whatever lengths they claim, and at 100 levels of
 * graphs within graphs.
 */
export function decodeProto(bytes: Uint8Array): Either<OnnxError, ModelProto> {
  if (bytes.length >= LARGEST) {
    return either.left(
      decodeError(`${bytes.length} bytes`, "a file has less than 2^31", "keep the weights in files of external data"),
    );
  }
  const count = messageCount(bytes);
  if (count > MOST_MESSAGES) {
    return either.left(
      decodeError(`${bytes.length} bytes`, `they are ${count} messages: ${MOST_MESSAGES} are the most`),
    );
  }
  try {
    return either.right(fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false }));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return either.left(decodeError(`${bytes.length} bytes`, `they are not protocol buffers of ONNX: ${problem}`));
  }
}

/** Writes the messages of a file. */
export const encodeProto = (model: ModelProto): Uint8Array<ArrayBuffer> =>
  new Uint8Array(toBinary(ModelProtoSchema, model));
