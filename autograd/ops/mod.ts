/**
 * All operations, and the list of all primitives that the generic checks go through.
 *
 * @module
 */
import type { MultiPrimitive } from "../multi_primitive.ts";
import type { Primitive } from "../primitive.ts";
import { activationPrimitives } from "./activations.ts";
import { arithmeticPrimitives } from "./arithmetic.ts";
import { batchNormPrimitives } from "./batch_norm.ts";
import { binaryCrossEntropyPrimitives } from "./binary_cross_entropy.ts";
import { castPrimitives } from "./cast.ts";
import { comparisonPrimitives } from "./comparison.ts";
import { conv2dPrimitives } from "./conv2d.ts";
import { crossEntropyPrimitives } from "./cross_entropy.ts";
import { cumsumPrimitives } from "./cumsum.ts";
import { exponentialPrimitives } from "./exponential.ts";
import { extremumPrimitives } from "./extremum.ts";
import { gatherPrimitives } from "./gather.ts";
import { huberPrimitives } from "./huber_loss.ts";
import { klDivergencePrimitives } from "./kl_divergence.ts";
import { lossPrimitives } from "./loss.ts";
import { matmulPrimitives } from "./matmul.ts";
import { maxPool2dPrimitives } from "./max_pool2d.ts";
import { multiNormPrimitives, normPrimitives } from "./norm.ts";
import { powerPrimitives } from "./power.ts";
import { productPrimitives } from "./product.ts";
import { reduceTensorPrimitives } from "./reduce_tensor.ts";
import { reluPrimitives } from "./relu.ts";
import { reshapePrimitives } from "./reshape.ts";
import { sigmoidPrimitives } from "./sigmoid.ts";
import { slicePrimitives } from "./slice.ts";
import { softmaxLossPrimitives } from "./softmax_loss.ts";
import { softmaxPrimitives } from "./softmax.ts";
import { standardizePrimitives } from "./standardize.ts";
import { sumPrimitives } from "./sum.ts";
import { transposePrimitives } from "./transpose.ts";
import { momentsPrimitives } from "./variance.ts";

export { elu, gelu, hardSigmoid, hardSwish, selu, softsign } from "./activations.ts";
export { add, div, mul, neg, safeDiv, scale, sub } from "./arithmetic.ts";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export { type AveragePoolingOptions, avgPool2d, globalAvgPool2d } from "./avg_pool2d.ts";
export { batchNorm, type BatchNormOptions, type BatchStatistics, batchStatistics } from "./batch_norm.ts";
export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "./binary_cross_entropy.ts";
export { cast } from "./cast.ts";
export { abs, clamp, equal, greater, less, maximum, minimum, sign, where } from "./comparison.ts";
export { concat, stack } from "./concat.ts";
export { conv1d, type Convolution1dOptions } from "./conv1d.ts";
export { conv2d, type ConvolutionOptions } from "./conv2d.ts";
export { convTranspose2d, type TransposedConvolutionOptions } from "./conv_transpose2d.ts";
export type { Padding, PerAxis } from "./convolution_shape.ts";
export { crossEntropyLoss, softmaxCrossEntropy, type SoftmaxCrossEntropyOptions } from "./cross_entropy.ts";
export { cumsum } from "./cumsum.ts";
export { einsum } from "./einsum.ts";
export { cos, erf, exp, expm1, log, log1p, sin } from "./exponential.ts";
export { type ArgExtremumOptions, argmax, argmin, max, min } from "./extremum.ts";
export { take, takeAlong } from "./gather.ts";
export { glu } from "./glu.ts";
export { huberLoss, type HuberLossOptions, l1Loss, smoothL1Loss, type SmoothL1LossOptions } from "./huber_loss.ts";
export { klDivergence } from "./kl_divergence.ts";
export type { LossOptions, LossReduction } from "./loss.ts";
export { dot, matmul, outer } from "./matmul.ts";
export { globalMaxPool2d, maxPool2d } from "./max_pool2d.ts";
export { mseLoss } from "./mse_loss.ts";
export { nllLoss, type NllLossOptions } from "./nll_loss.ts";
export { cosineSimilarity, type CosineSimilarityOptions, l2Normalize, type L2NormalizeOptions } from "./norm.ts";
export {
  type EpsilonOption,
  groupNorm,
  instanceNorm,
  layerNorm,
  type LayerNormOptions,
  rmsNorm,
} from "./normalization.ts";
export { oneHot } from "./one_hot.ts";
export { pad, type PadMode, type PadOptions, tile } from "./pad.ts";
export type { PoolingOptions } from "./pooling_shape.ts";
export { pow, reciprocal, rsqrt, sqrt, square } from "./power.ts";
export { product } from "./product.ts";
export { type ElementGradient, type Reducer, reduceTensor } from "./reduce_tensor.ts";
export { leakyRelu, prelu, relu, relu6 } from "./relu.ts";
export { expandDims, flatten, reshape, squeeze } from "./reshape.ts";
export { logSigmoid, mish, sigmoid, sigmoidStable, silu, softplus, tanh } from "./sigmoid.ts";
export { type AxisRange, flip, slice, sliceAxes } from "./slice.ts";
export { type AxisOption, logSoftmax, logSumExp, softmax } from "./softmax.ts";
export { broadcastTo, mean, type ReductionOptions, sum } from "./sum.ts";
export { transpose } from "./transpose.ts";
export { upsampleNearest2d } from "./upsample_nearest2d.ts";
export { standardDeviation, variance, type VarianceOptions } from "./variance.ts";

/** All primitives; `tests/autograd/ops/all_ops_test.ts` checks each on its samples. */
export const PRIMITIVES: readonly Primitive<unknown>[] = /* @__PURE__ */ (() =>
  [
    ...arithmeticPrimitives,
    ...powerPrimitives,
    ...exponentialPrimitives,
    ...comparisonPrimitives,
    ...reluPrimitives,
    ...sigmoidPrimitives,
    ...activationPrimitives,
    ...batchNormPrimitives,
    ...lossPrimitives,
    ...crossEntropyPrimitives,
    ...softmaxPrimitives,
    ...softmaxLossPrimitives,
    ...normPrimitives,
    ...sumPrimitives,
    ...extremumPrimitives,
    ...matmulPrimitives,
    ...reshapePrimitives,
    ...transposePrimitives,
    ...slicePrimitives,
    ...conv2dPrimitives,
    ...maxPool2dPrimitives,
    ...gatherPrimitives,
    ...cumsumPrimitives,
    ...productPrimitives,
    ...reduceTensorPrimitives,
    ...huberPrimitives,
    ...binaryCrossEntropyPrimitives,
    ...klDivergencePrimitives,
    ...castPrimitives,
  ] as readonly Primitive<unknown>[])(); // each keeps the type of its attributes beside them, in its samples

/** Every primitive of several results; checked likewise. */
export const MULTI_PRIMITIVES: readonly MultiPrimitive<unknown>[] = /* @__PURE__ */ (() =>
  [
    ...standardizePrimitives,
    ...multiNormPrimitives,
    ...momentsPrimitives,
  ] as readonly MultiPrimitive<unknown>[])();
