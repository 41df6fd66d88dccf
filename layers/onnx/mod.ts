/**
 * Models in the ONNX format: models from elsewhere can be run, differentiated and trained further here, and models that were
 * trained here run in any ONNX runtime.
 *
 * @module
 */
export { decodeOnnx, type DecodeOnnxOptions } from "./decode.ts";
export { encodeOnnx, type EncodeOnnxOptions, type OnnxNames } from "./encode.ts";
export { encodeOnnxLayer } from "./encode_layer.ts";
export type { OnnxType } from "./element_types.ts";
export { type MissingOperator, OnnxError, type OnnxErrorDetails } from "./errors.ts";
export { formatOnnx } from "./format.ts";
export type { OnnxArray, OnnxAttribute, OnnxGraph, OnnxNode, OnnxValueInfo } from "./graph.ts";
export type { OnnxModel, OnnxVariables, TensorRecord } from "./model.ts";
export type { ExternalData } from "./reading/external_data.ts";
export { onnxLayer, type OnnxLayerOptions } from "./onnx_layer.ts";
export { readOnnx } from "./read.ts";
