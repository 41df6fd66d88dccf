/**
 * The calls of this library for PyTorch's operations, and the operations that differ by convention.
 *
 * @module
 */
import * as ng from "../../mod.ts";
import type { Tensor } from "../../mod.ts";
import type { Attributes } from "./fixtures.ts";

/** From the settings to the function of the inputs. */
export type Operation = (attrs: Attributes) => (...inputs: Tensor[]) => Tensor;

/** Returns the axis, where there must be exactly one. */
const axis = ({ dim }: Attributes): number => {
  if (typeof dim === "number") return dim;
  throw new TypeError(`Cannot read one axis from dim ${dim}: it must be a number; use reducing() for several`);
};

/** A reduction over one axis, several, or all. */
const reducing = (f: (t: Tensor, options: ng.ReductionOptions) => Tensor): Operation => ({ dim, keepdim }) => (x) =>
  f(x, { axes: dim ?? undefined, keepDims: keepdim });

/** A variance or a deviation, corrected or not. */
const varying =
  (f: (t: Tensor, options: ng.VarianceOptions) => Tensor): Operation => ({ dim, keepdim, unbiased }) => (x) =>
    f(x, { axes: dim ?? undefined, keepDims: keepdim, correction: unbiased ? 1 : 0 });

/** PyTorch's `"batchmean"` is the mean over distributions, ours; its `"mean"` divides by their length too. */
const overDistributions = (attrs: { readonly reduction?: string }): "mean" => {
  if (attrs.reduction === "batchmean") return "mean";
  throw new TypeError(`Cannot compare reduction "${attrs.reduction}": it must be "batchmean", which is our "mean"`);
};

const batchNorm: Operation = ({ training, eps }) =>
  training
    ? (x, gamma, beta) => ng.batchNorm(x, gamma, beta, { epsilon: eps })
    : (x, mean, variance, gamma, beta) =>
      ng.batchNorm(x, gamma!, beta!, { statistics: { mean, variance }, epsilon: eps });

const linear = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => ng.add(ng.matmul(x, ng.transpose(weight)), bias);

/** By the fixtures' operation names. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  // Element by element
  add: () => (a, b) => ng.add(a, b),
  sub: () => (a, b) => ng.sub(a, b),
  mul: () => (a, b) => ng.mul(a, b),
  div: () => (a, b) => ng.div(a, b),
  pow: ({ exponent }) => (x, e) => ng.pow(x, exponent ?? e),
  neg: () => ng.neg,
  exp: () => ng.exp,
  log: () => ng.log,
  sqrt: () => ng.sqrt,
  rsqrt: () => ng.rsqrt,
  square: () => ng.square,
  reciprocal: () => ng.reciprocal,
  sin: () => ng.sin,
  cos: () => ng.cos,
  erf: () => ng.erf,
  log1p: () => ng.log1p,
  expm1: () => ng.expm1,
  abs: () => ng.abs,
  clip: ({ min, max }) => (x) => ng.clamp(x, min!, max!),
  where: () => (condition, a, b) => ng.where(condition, a, b),
  maximum: () => (a, b) => ng.maximum(a, b),
  minimum: () => (a, b) => ng.minimum(a, b),
  masked_fill: ({ value }) => (x, mask) => ng.where(mask, value!, x),
  // Activations
  relu: () => ng.relu,
  leaky_relu: ({ slope }) => (x) => ng.leakyRelu(x, { alpha: slope }),
  gelu: ({ approximate }) => (x) => ng.gelu(x, { approximate }),
  silu: () => ng.silu,
  sigmoid: () => ng.sigmoid,
  tanh: () => ng.tanh,
  softplus: ({ beta }) => (x) => ng.softplus(x, { beta }),
  elu: ({ alpha }) => (x) => ng.elu(x, { alpha }),
  selu: () => ng.selu,
  mish: () => ng.mish,
  relu6: () => ng.relu6,
  hardswish: () => ng.hardSwish,
  hardsigmoid: () => ng.hardSigmoid,
  softsign: () => ng.softsign,
  logsigmoid: () => ng.logSigmoid,
  prelu: () => (x, slope) => ng.prelu(x, slope),
  glu: (attrs) => (x) => ng.glu(x, { axis: axis(attrs) }),
  softmax: (attrs) => (x) => ng.softmax(x, { axis: axis(attrs) }),
  log_softmax: (attrs) => (x) => ng.logSoftmax(x, { axis: axis(attrs) }),
  // Products
  matmul: () => (a, b) => ng.matmul(a, b),
  outer: () => (a, b) => ng.outer(a, b),
  linear: () => linear,
  einsum: ({ equation }) => (...operands) => ng.einsum(equation!, ...operands),
  // Losses; PyTorch has the classes on axis 1
  mse_loss: ({ reduction }) => (x, y) => ng.mseLoss(x, y, { reduction }),
  cross_entropy: ({ reduction, label_smoothing, ignore_index }) => (logits, target, weights?: Tensor) =>
    ng.softmaxCrossEntropy(logits, target, {
      axis: 1,
      reduction,
      labelSmoothing: label_smoothing,
      ignoreIndex: ignore_index,
      weights,
    }),
  cross_entropy_probs: () => (probs, target) => ng.crossEntropyLoss(probs, target),
  "cross_entropy_probs(softmax)": () => (logits, target) => ng.crossEntropyLoss(ng.softmax(logits), target),
  nll_loss: ({ reduction }) => (logProbs, classes) => ng.nllLoss(logProbs, classes, { reduction }),
  l1_loss: ({ reduction }) => (x, y) => ng.l1Loss(x, y, { reduction }),
  huber_loss: ({ delta }) => (x, y) => ng.huberLoss(x, y, { delta }),
  smooth_l1_loss: ({ beta }) => (x, y) => ng.smoothL1Loss(x, y, { beta }),
  bce: () => (prob, target) => ng.binaryCrossEntropy(prob, target),
  bce_with_logits: ({ reduction }) => (logits, target) =>
    ng.binaryCrossEntropyWithLogits(logits, target, { reduction }),
  kl_div: (attrs) => (logQ, p) => ng.klDivergence(logQ, p, { reduction: overDistributions(attrs) }),
  // Normalizations
  batchnorm1d: batchNorm,
  batchnorm2d: batchNorm,
  layernorm: ({ eps, normalized_shape }) => (x, weight?: Tensor, bias?: Tensor) =>
    ng.layerNorm(x, weight ?? null, bias ?? null, { epsilon: eps, normalizedShape: normalized_shape }),
  rmsnorm: ({ eps }) => (x, weight) => ng.rmsNorm(x, weight, { epsilon: eps }),
  groupnorm: ({ groups, eps }) => (x, weight, bias) => ng.groupNorm(x, groups!, weight, bias, { epsilon: eps }),
  instancenorm: ({ eps }) => (x, weight, bias) => ng.instanceNorm(x, weight, bias, { epsilon: eps }),
  l2_normalize: (attrs) => (x) => ng.l2Normalize(x, { axis: axis(attrs), epsilon: attrs.eps }),
  cosine_similarity: (attrs) => (a, b) => ng.cosineSimilarity(a, b, { axis: axis(attrs), epsilon: attrs.eps }),
  // Reductions
  sum: reducing(ng.sum),
  mean: reducing(ng.mean),
  logsumexp: reducing(ng.logSumExp),
  amax: reducing(ng.max),
  amin: reducing(ng.min),
  prod: reducing(ng.product),
  var_biased: varying(ng.variance),
  var: varying(ng.variance),
  std: varying(ng.standardDeviation),
  cumsum: (attrs) => (x) => ng.cumsum(x, axis(attrs)),
  l2norm: reducing((x, options) => ng.sqrt(ng.sum(ng.square(x), options))),
  // Shapes
  slice: ({ start, end, step }) => (x) =>
    ng.sliceAxes(x, (start as readonly number[]).map((from, k) => [from, end![k], step![k]])),
  "x[0:3]+x[1:4]": () => (x) => ng.add(ng.slice(x, 0, 3), ng.slice(x, 1, 3)),
  reshape: ({ shape }) => (x) => ng.reshape(x, shape!),
  "transpose+reshape": ({ perm, shape }) => (x) => ng.reshape(ng.transpose(x, perm), shape!),
  // Ours flattens all axes; PyTorch's leaves those before `start`.
  flatten: ({ start }) => (x) => ng.reshape(x, [...x.shape.slice(0, start as number), -1]),
  transpose: ({ perm }) => (x) => ng.transpose(x, perm),
  squeeze: (attrs) => (x) => ng.squeeze(x, axis(attrs)),
  unsqueeze: (attrs) => (x) => ng.expandDims(x, axis(attrs)),
  concat: (attrs) => (...parts) => ng.concat(parts, axis(attrs)),
  stack: (attrs) => (...parts) => ng.stack(parts, axis(attrs)),
  split: ({ sizes, dim, output }) => (x) => ng.split(x, sizes!, dim as number)[output!]!,
  broadcast_to: ({ shape }) => (x) => ng.broadcastTo(x, shape!),
  flip: ({ dims }) => (x) => ng.flip(x, dims),
  pad: ({ pads, mode, value }) => (x) => ng.pad(x, pads!, { mode, value }),
  tile: ({ repeats }) => (x) => ng.tile(x, repeats!),
  gather: (attrs) => (x, index) => ng.takeAlong(x, index, axis(attrs)),
  index_select: (attrs) => (x, index) => ng.take(x, index, axis(attrs)),
  embedding: () => (weight, index) => ng.take(weight, index, 0),
  // Built of several
  "softmax(causal(q k^T/sqrt(d))) v": () => (q, k, v) => ng.scaledDotProductAttention(q, k, v, { causal: true }),
  "linear2(gelu_tanh(linear1(layernorm(x)))) + x": () => (x, gamma, beta, weight1, bias1, weight2, bias2) => {
    const hidden = ng.gelu(linear(ng.layerNorm(x, gamma!, beta!), weight1!, bias1!));
    return ng.add(linear(hidden, weight2!, bias2!), x);
  },
  // Convolution and pooling
  conv2d: ({ stride, padding, dilation, groups }) => (x, weight, bias?: Tensor) =>
    ng.conv2d(x, weight, bias ?? null, { stride, padding, dilation, groups }),
  conv1d: ({ stride, padding }) => (x, weight, bias) =>
    ng.conv1d(x, weight, bias, { stride: stride as number, padding: padding as number }),
  conv_transpose2d: ({ stride, padding, output_padding }) => (x, weight, bias) =>
    ng.convTranspose2d(x, weight, bias, { stride, padding, outputPadding: output_padding }),
  maxpool2d: ({ kernel, stride, padding, ceil_mode }) => (x) =>
    ng.maxPool2d(x, { size: kernel!, stride, padding, ceilMode: ceil_mode }),
  avgpool2d: ({ kernel, stride, padding, count_include_pad }) => (x) =>
    ng.avgPool2d(x, { size: kernel!, stride, padding, countIncludePad: count_include_pad }),
  global_avgpool: () => ng.globalAvgPool2d,
  global_maxpool: () => ng.globalMaxPool2d,
  upsample_nearest: ({ scale }) => (x) => ng.upsampleNearest2d(x, scale!),
  "cross_entropy(linear(gap(relu(bn(conv(x))))))": () => (x, weight, gamma, beta, weight2, bias2, target) => {
    const normalized = ng.batchNorm(ng.conv2d(x, weight, null, { padding: 1 }), gamma, beta);
    return ng.softmaxCrossEntropy(linear(ng.globalAvgPool2d(ng.relu(normalized)), weight2, bias2), target);
  },
  // How the graph is walked
  "x*x + x*sin(x) + x": () => (x) => ng.add(ng.add(ng.mul(x, x), ng.mul(x, ng.sin(x))), x),
  "y=x; 200 times y = 0.99 y + 0.01 tanh(y)": () => (x) =>
    times(200, x, (y) => ng.add(ng.scale(y, 0.99), ng.scale(ng.tanh(y), 0.01))),
  "a=x,b=x; 25 times (a,b)=(b,a+b); b*1e-5": () => (x) =>
    ng.scale(times<readonly [Tensor, Tensor]>(25, [x, x], ([a, b]) => [b, ng.add(a, b)])[1], 1e-5),
  "x * stop_gradient(x)": () => (x) => ng.mul(x, ng.stopGradient(x)),
  "a*2": () => (a) => ng.scale(a, 2),
};

function times<A>(count: number, start: A, f: (value: A) => A): A {
  return Array.from({ length: count }).reduce((value: A) => f(value), start);
}

/** Cases in which this library differs on purpose: the call, and the reason. A test shows that it does. */
export const BY_CONVENTION: Readonly<Record<string, { readonly call: Operation; readonly reason: string }>> = {
  max_dim_ties_one_index: {
    call: reducing(ng.max),
    reason: "PyTorch's max over one axis gives all of the gradient to the one index it reports; ours shares it among " +
      "all elements that attain the maximum, as PyTorch's amax does",
  },
};

/** Errors in PyTorch's own gradients: the factor that corrects each, and the reason. */
export const CORRECTIONS: Readonly<Record<string, { readonly factor: number; readonly reason: string }>> = {
  hardsigmoid: {
    factor: 1 / 6 / Math.fround(1 / 6),
    reason: "PyTorch's gradient has 1/6 rounded to float32 (0.1666666716337204) in float64 too; ours has 1/6",
  },
};

/** Settings that no call takes. */
export const IGNORED_ATTRIBUTES: Readonly<Record<string, string>> = {
  threshold:
    "from there on PyTorch's softplus is linear; ours is exact everywhere, and they differ by exp(-20) at most",
  target: "says what kind of labels the inputs hold; the call tells it from their shape",
};

const BEND = "0, a bend, is among the inputs", TIE = "elements tie for the extremum";

/** Cases where central differences can be compared with neither the first derivative nor the second, and why. */
export const NOT_SMOOTH: Readonly<Record<string, string>> = {
  log: "the input 1e-8 is nearer to the pole at 0 than the step",
  sqrt: "the input 1e-6 is as near to the bend at 0 as the step",
  clip: "both bounds are among the inputs; the gradient passes there",
  relu_extreme: BEND,
  leaky_relu_001_extreme: BEND,
  leaky_relu_02_extreme: BEND,
  elu_05_extreme: BEND,
  selu_extreme: BEND,
  relu6_extreme: BEND,
  amax_ties: TIE,
  amin_ties: TIE,
  max_all_ties: TIE,
  maxpool_overlap_ties: TIE,
  masked_fill: "beside -1e9 the differences lose all their digits",
  detach: "the gradient leaves out what flows through stopGradient, by design",
};

/** Cases whose first derivative alone can be compared with central differences, and why. */
export const NOT_TWICE_SMOOTH: Readonly<Record<string, string>> = {
  abs: "the slope jumps at the input 0",
  maximum: TIE,
  minimum: TIE,
};
