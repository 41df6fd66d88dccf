/**
 * Layers: pure functions over parameter records.
 *
 * @example A network and its output
 * ```ts
 * import { activations, denseLayer, forward, sequential } from "@nanograd/nanograd/layers";
 * import { key, zeros } from "@nanograd/nanograd/autograd";
 * import { assertEquals } from "@std/assert";
 *
 * const model = sequential([denseLayer(2, 8, { activation: activations.tanh }), denseLayer(8, 1)]);
 * assertEquals(forward(model, model.init(key(0)), zeros([4, 2])).shape, [4, 1]);
 * ```
 *
 * @module
 */
export { type Activation, activations, isActivation } from "./activation.ts";
export { activationLayer } from "./activation_layer.ts";
export {
  batchNorm1d,
  batchNorm2d,
  type BatchNormLayerOptions,
  type BatchNormParams,
  type BatchNormState,
  isBatchNorm1d,
  isBatchNorm2d,
} from "./batch_norm.ts";
export type { Bias } from "./bias.ts";
export type { ConfigValue } from "./config.ts";
export type { TaskEither } from "../deps.ts";
export { CheckpointError, ConfigError, type ErrorDetails } from "./checkpoint/errors.ts";
export { decodeModel, encodeModel, loadModel, saveModel, type StoredModel } from "./checkpoint/model.ts";
export { decodeSafetensors, encodeSafetensors, type Safetensors } from "./checkpoint/safetensors.ts";
export {
  decodeTree,
  encodeTree,
  type Storable,
  type StorableTree,
  type StoredLeaf,
  type StoredTree,
} from "./checkpoint/tree_codec.ts";
export { loadTree, saveTree } from "./checkpoint/tree_files.ts";
export { conv2dLayer, type Conv2dOptions, type Conv2dParams, isConv2dLayer } from "./conv2d.ts";
export type { ConvolutionLayerOptions } from "./convolution_layer.ts";
export { conv1dLayer, type Conv1dOptions, type Conv1dParams } from "./conv1d.ts";
export { convTranspose2dLayer, type ConvTranspose2dOptions, type ConvTranspose2dParams } from "./conv_transpose2d.ts";
export { denseLayer, type DenseOptions, type DenseParams, isDenseLayer } from "./dense.ts";
export { dropout } from "./dropout.ts";
export { embedding, type EmbeddingOptions, type EmbeddingParams } from "./embedding.ts";
export { flattenLayer } from "./flatten.ts";
export { instanceNormLayer } from "./instance_norm.ts";
export { type Adapter, lora, type LoraOptions, type LoraParams, type LoraState, mergeLora } from "./lora.ts";
export { preluLayer, type PreluOptions, type PreluParams } from "./prelu.ts";
export { type LayerBuilder, registerLayer } from "./register_layer.ts";
export type { Synchronizer } from "./synchronizer.ts";
export { upsampleLayer, type UpsampleOptions } from "./upsample.ts";
export { type Initializer, initializers } from "./initializers.ts";
export {
  type AnyDType,
  type AnyLayer,
  forward,
  isLayer,
  type Layer,
  parameterCount,
  parameters,
  type Variables,
} from "./layer.ts";
export { lambda, type LambdaOptions } from "./lambda.ts";
export { type LayerConfig, layerFromConfig, layerToConfig } from "./layer_config.ts";
export type { NameOption, NoState } from "./make_layer.ts";
export { evaluate, type Mode, train } from "./mode.ts";
export {
  type AttentionParams,
  isMultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./multi_head_attention.ts";
export {
  groupNormLayer,
  layerNormLayer,
  type NormalizationOptions,
  type NormalizationParams,
  rmsNormLayer,
  type RmsNormParams,
} from "./normalization.ts";
export {
  avgPool2dLayer,
  type AvgPool2dOptions,
  globalAvgPool2dLayer,
  maxPool2dLayer,
  type MaxPool2dOptions,
} from "./pooling.ts";
export { positionEmbedding } from "./position_embedding.ts";
export * from "./recurrent/mod.ts";
export { isResidual, residual, type ResidualOptions } from "./residual.ts";
export {
  type AsParameters,
  isSequential,
  sequential,
  type SequentialParams,
  type SequentialState,
} from "./sequential.ts";
export { TensorSpec, type VariableSpecs } from "./spec.ts";
export { formatLayer, printLayer, summary, type SummaryOptions } from "./summary.ts";
