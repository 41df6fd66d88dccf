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
import { sizeProblem } from "./reading/message_count.ts";
import { decodeError, OnnxError } from "./errors.ts";

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

/**
 * Reads the messages of a file. The reader stops at the end of the bytes whatever lengths they claim, and at 100 levels of
 * graphs within graphs.
 */
export function decodeProto(bytes: Uint8Array): Either<OnnxError, ModelProto> {
  const problem = sizeProblem(bytes);
  if (problem !== undefined) return either.left(decodeError(`${bytes.length} bytes`, problem));
  try {
    return either.right(fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false }));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return either.left(decodeError(`${bytes.length} bytes`, `they are not protocol buffers of ONNX: ${problem}`));
  }
}

/**
 * Writes the messages of a file.
 *
 * @throws {OnnxError} If it would be a file that is refused when it is read.
 */
export function encodeProto(model: ModelProto): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(toBinary(ModelProtoSchema, model)), problem = sizeProblem(bytes);
  if (problem === undefined) return bytes;
  throw new OnnxError({
    action: "encode ONNX",
    given: `a model of ${bytes.length} bytes`,
    problem,
    remedy: "encode its parts, or nest fewer loops and conditions",
  });
}
