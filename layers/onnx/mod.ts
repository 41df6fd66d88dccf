/**
 * Models in the ONNX format: those of others run, are differentiated and trained further here, and those trained here run
 * in any ONNX runtime.
 *
 * @module
 */
export { decodeOnnx, type DecodeOnnxOptions } from "./decode.ts";
export type { OnnxType } from "./element_types.ts";
export { type MissingOperator, OnnxError, type OnnxErrorDetails } from "./errors.ts";
export type { OnnxArray, OnnxAttribute, OnnxGraph, OnnxNode, OnnxValueInfo } from "./graph.ts";
export type { OnnxModel, OnnxVariables, TensorRecord } from "./model.ts";
export type { ExternalData } from "./reading/tensor.ts";
