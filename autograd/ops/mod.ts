/**
 * All operations.
 *
 * @module
 */
export { elu, gelu, hardSigmoid, hardSwish, selu, softsign } from "./activations.ts";
export { all, any } from "./any_all.ts";
export { add, div, mul, neg, safeDiv, scale, sub } from "./arithmetic.ts";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export { type AveragePoolingOptions, avgPool2d, globalAvgPool2d } from "./avg_pool2d.ts";
export { batchNorm, type BatchNormOptions, type BatchStatistics, batchStatistics } from "./batch_norm.ts";
export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "./binary_cross_entropy.ts";
export { cast } from "./cast.ts";
export { abs, clamp, maximum, minimum, sign, where } from "./choice.ts";
export { equal, greater, greaterEqual, less, lessEqual, notEqual } from "./comparison.ts";
export { logicalAnd, logicalNot, logicalOr, logicalXor } from "./logic.ts";
export { concat, stack } from "./concat.ts";
export { conv1d, type Convolution1dOptions } from "./conv1d.ts";
export { conv2d, type ConvolutionOptions } from "./conv2d.ts";
export { conv3d, type Convolution3dOptions } from "./conv3d.ts";
export {
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type TransposedConvolution1dOptions,
  type TransposedConvolution3dOptions,
  type TransposedConvolutionOptions,
} from "./conv_transpose.ts";
export type { Padding, Padding3d, PerAxis, PerAxis3d } from "./convolution_shape.ts";
export { crossEntropyLoss, softmaxCrossEntropy, type SoftmaxCrossEntropyOptions } from "./cross_entropy.ts";
export { cumsum } from "./cumsum.ts";
export { cummax, cummin, cumprod, logCumSumExp } from "./cumulative.ts";
export { depthToSpace, type DepthToSpaceOptions, spaceToDepth } from "./depth_to_space.ts";
export { diag, diagonal, type DiagonalOptions, trace } from "./diagonal.ts";
export { type EinopsReduction, rearrange, reduce, repeat } from "./einops.ts";
export type { AxisSizes } from "./einops_pattern.ts";
export { einsum } from "./einsum.ts";
export { erfc, erfInv } from "./error_functions.ts";
export { cos, erf, exp, expm1, log, log1p, sin } from "./exponential.ts";
export { type ArgExtremumOptions, argmax, argmin, max, min } from "./extremum.ts";
export { isFinite, isNaN, nanToNum, type NanToNumOptions } from "./finite.ts";
export { digamma, logGamma } from "./gamma_functions.ts";
export { fft, ifft, type InverseRealFourierOptions, irfft, rfft } from "./fft.ts";
export type { Complex } from "./fourier.ts";
export { take, takeAlong } from "./gather.ts";
export { gridSample, type GridSampleOptions } from "./grid_sample.ts";
export { glu } from "./glu.ts";
export { type Histogram, histogram, type HistogramOptions } from "./histogram.ts";
export { huberLoss, type HuberLossOptions, l1Loss, smoothL1Loss, type SmoothL1LossOptions } from "./huber_loss.ts";
export { acosh, asinh, atanh, cosh, sinh } from "./hyperbolic.ts";
export { hypot, lerp } from "./hypot.ts";
export { klDivergence } from "./kl_divergence.ts";
export { exp2, log10, log2, logAddExp } from "./logarithms.ts";
export type { LossOptions, LossReduction } from "./loss.ts";
export { dot, matmul, outer } from "./matmul.ts";
export { globalMaxPool2d, maxPool2d } from "./max_pool2d.ts";
export { meshgrid, type MeshgridOptions } from "./meshgrid.ts";
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
export {
  type AveragePooling1dOptions,
  type AveragePooling3dOptions,
  avgPool1d,
  avgPool3d,
  maxPool1d,
  maxPool3d,
  type MaxPooling1dOptions,
  type MaxPooling3dOptions,
  type Pooling1dOptions,
  type Pooling3dOptions,
} from "./pooling_axes.ts";
export type { MaxPoolingOptions, PoolingOptions } from "./pooling_shape.ts";
export { pow, reciprocal, rsqrt, sqrt, square } from "./power.ts";
export { product } from "./product.ts";
export { median, quantile } from "./quantile.ts";
export { type ElementGradient, type Reducer, reduceTensor } from "./reduce_tensor.ts";
export { leakyRelu, prelu, relu, relu6 } from "./relu.ts";
export { mod, remainder } from "./remainder.ts";
export { expandDims, flatten, reshape, squeeze } from "./reshape.ts";
export { resize, type ResizeOptions } from "./resize.ts";
export type { ResizeMode } from "./resize_taps.ts";
export { roll } from "./roll.ts";
export { ceil, floor, round, trunc } from "./rounding.ts";
export {
  gatherND,
  scatter,
  type ScatterMode,
  scatterND,
  type ScatterNDOptions,
  type ScatterOptions,
} from "./scatter.ts";
export { searchSorted, type SearchSortedOptions, type Unique, unique } from "./search_sorted.ts";
export { logSigmoid, mish, sigmoid, sigmoidStable, silu, softplus, tanh } from "./sigmoid.ts";
export { type AxisRange, flip, slice, sliceAxes } from "./slice.ts";
export { type AxisOption, logSoftmax, logSumExp, softmax } from "./softmax.ts";
export { argsort, sort, type SortOptions, type TopK, topK } from "./sort.ts";
export { broadcastTo, mean, type ReductionOptions, sum } from "./sum.ts";
export { transpose } from "./transpose.ts";
export { tril, triu } from "./triangle.ts";
export { acos, asin, atan, atan2, tan } from "./trigonometric.ts";
export { fold, unfold, type WindowOptions } from "./unfold.ts";
export { upsampleNearest2d } from "./upsample_nearest2d.ts";
export { standardDeviation, variance, type VarianceOptions } from "./variance.ts";
