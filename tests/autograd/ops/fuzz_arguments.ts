/**
 * Random arguments for every public operation, many of them wrong: what `fuzz_test.ts` calls them with.
 *
 * @module
 */
import fc from "fast-check";
import { type DType, sizeOf, type Tensor, tensor32, tensor64, transpose } from "../../../mod.ts";

const dtype = fc.constantFrom<DType>("float32", "float64", "float64", "float64");
const length = fc.constantFrom(0, 1, 2, 2, 3, 3);

/** Tensors of few elements, of any rank up to 4, some of them transposed. */
const tensorOf = (shapes: fc.Arbitrary<readonly number[]>): fc.Arbitrary<Tensor> =>
  fc.tuple(dtype, shapes, fc.constantFrom(0, 1, 2, -0.5, NaN, Infinity), fc.boolean()).map(
    ([dtype, shape, start, turned]) => {
      const values = Array.from({ length: sizeOf(shape) }, (_, i) => start + (i % 3));
      const t = dtype === "float32" ? tensor32(values, shape) : tensor64(values, shape);
      return turned ? transpose(t) : t;
    },
  );
const tensor = tensorOf(fc.array(length, { maxLength: 4 }));
const vector = tensorOf(fc.array(length, { minLength: 1, maxLength: 1 }));
const images = tensorOf(fc.tuple(length, length, length, length).map((shape) => shape));

const lines = tensorOf(fc.tuple(length, length, length).map((shape) => shape));
const volumes = tensorOf(fc.tuple(length, length, length, length, length).map((shape) => shape));

const oddNumber = fc.constantFrom(0, 1, -1, 2, 3, 0.5, 1e-8, NaN, Infinity, -Infinity, 1e12);
const whole = fc.constantFrom(0, 1, 2, -1, -2, 3, 4, 7, 0.5, NaN);
const like = fc.oneof({ weight: 4, arbitrary: tensor }, oddNumber);
const axis = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -4, max: 3 }) }, whole);
const numbers = fc.array(whole, { maxLength: 4 });
const axes = fc.oneof(fc.constant(undefined), axis, fc.array(axis, { maxLength: 3 }));
const perAxis = fc.oneof(whole, fc.array(whole, { minLength: 1, maxLength: 4 }));
const reduction = fc.constantFrom(undefined, "mean", "sum", "none", "median");
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const options = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  optional(fc.record(fields, { requiredKeys: [] }));
const indices = fc.oneof(numbers, fc.array(numbers, { maxLength: 3 }), tensor, whole);
const weights = fc.record({ reduction, weights: vector, ignoreIndex: whole }, { requiredKeys: [] });

/** The arguments of an operation, in order. */
export type Call = readonly fc.Arbitrary<unknown>[];
const loss: Call = [tensor, tensor, options({ reduction })];
const reducing: Call = [tensor, options({ axes, keepDims: fc.boolean() })];
const varying: Call = [tensor, options({ axes, keepDims: fc.boolean(), correction: oddNumber })];
const alongAxis: Call = [tensor, options({ axis })];
const strides = { stride: perAxis, padding: perAxis, dilation: perAxis, groups: whole };
const convolving = options(strides);
const pooling = options({ stride: perAxis, padding: perAxis, ceilMode: fc.boolean() });

const largestOf = fc.tuple(perAxis, pooling, perAxis).map(
  ([size, rest, dilation]) => ({ ...(rest as object), size, dilation }),
);
const meanOf = fc.tuple(perAxis, pooling, fc.boolean()).map(
  ([size, rest, countIncludePad]) => ({ ...(rest as object), size, countIncludePad }),
);
const transposing = options({ ...strides, outputPadding: perAxis });
const complex = fc.oneof(
  tensor.map((t) => ({ real: t, imaginary: t })),
  fc.record({ real: tensor, imaginary: tensor }),
);
const along = options({ axis });

const sorting: Call = [tensor, options({ axis, descending: fc.boolean() })];
const scatterMode = fc.constantFrom("set", "add", "max", "min", "multiply", "no");
const diagonals = options({ offset: whole, axes: fc.tuple(axis, axis) });
const windows = fc.record({ size: perAxis, stride: perAxis, padding: perAxis, dilation: perAxis }, {
  requiredKeys: ["size"],
});
const pattern = fc.constantFrom(
  "a b -> b a",
  "a b -> a",
  "... a -> a ...",
  "(a 2) -> a",
  "a -> a b",
  "a (b c) -> a",
  "->",
  "a",
);
const sizes = options({ b: whole, c: whole });

/** Operations whose result has the shape of their one operand; the other arguments do not change it. */
export const SAME_SHAPE: Record<string, Call> = {
  ...Object.fromEntries(
    "neg square sqrt rsqrt reciprocal exp expm1 log log1p sin cos erf abs sign relu relu6 sigmoid sigmoidStable tanh logSigmoid silu mish selu hardSigmoid hardSwish softsign floor ceil round trunc tan asin acos atan sinh cosh asinh acosh atanh log2 log10 exp2 isNaN isFinite logicalNot erfc erfInv logGamma digamma"
      .split(" ").map((name) => [name, [tensor]]),
  ),
  scale: [tensor, oddNumber],
  clamp: [tensor, oddNumber, oddNumber],
  cast: [tensor, fc.constantFrom("float32", "float64", "float16", undefined)],
  leakyRelu: [tensor, options({ alpha: oddNumber })],
  elu: [tensor, options({ alpha: oddNumber })],
  softplus: [tensor, options({ beta: oddNumber })],
  gelu: [tensor, options({ approximate: fc.constantFrom("none", "tanh", "exact") })],
  prelu: [tensor, tensor],
  softmax: alongAxis,
  logSoftmax: alongAxis,
  ...Object.fromEntries("cumsum cumprod cummax cummin logCumSumExp".split(" ").map((name) => [name, [tensor, axis]])),
  sort: sorting,
  argsort: sorting,
  nanToNum: [tensor, options({ nan: oddNumber, positiveInfinity: oddNumber })],
  roll: [tensor, fc.oneof(whole, numbers), axes],
  tril: [tensor, whole],
  triu: [tensor, whole],
  scatter: [tensor, indices, like, options({ axis, mode: scatterMode })],
  scatterND: [tensor, indices, like, options({ mode: scatterMode })],
  flip: [tensor, axes],
  l2Normalize: [tensor, options({ axis: axes, epsilon: oddNumber })],
};

/** Operations whose result has the shape that their operands broadcast to. */
export const BROADCAST: Record<string, Call> = {
  ...Object.fromEntries(
    "add sub mul div pow maximum minimum greater less equal remainder mod atan2 hypot logAddExp lessEqual greaterEqual notEqual logicalAnd logicalOr logicalXor"
      .split(" ").map((n) => [n, [like, like]]),
  ),
  safeDiv: [like, like, options({ epsilon: oddNumber })],
  where: [tensor, like, like],
  lerp: [tensor, like, like],
};

/** Operations that reduce axes. */
export const REDUCING: Record<string, Call> = {
  ...Object.fromEntries("sum mean max min product logSumExp any all median".split(" ").map((name) => [name, reducing])),
  variance: varying,
  standardDeviation: varying,
};

/** All others. */
export const OTHER: Record<string, Call> = {
  argmax: [tensor, fc.oneof(optional(axis), options({ axes, keepDims: fc.boolean() }))],
  argmin: [tensor, fc.oneof(optional(axis), options({ axis, keepDims: fc.boolean() }))],
  avgPool1d: [fc.oneof(lines, tensor), meanOf],
  avgPool2d: [images, meanOf],
  avgPool3d: [fc.oneof(volumes, tensor), meanOf],
  batchNorm: [tensor, vector, vector, options({ epsilon: oddNumber })],
  batchStatistics: [tensor],
  binaryCrossEntropy: loss,
  binaryCrossEntropyWithLogits: loss,
  broadcastTo: [tensor, numbers],
  concat: [fc.array(tensor, { maxLength: 3 }), optional(axis)],
  conv1d: [tensor, tensor, maybe(vector), convolving],
  conv2d: [fc.oneof(images, tensor), images, maybe(vector), convolving],
  conv3d: [fc.oneof(volumes, tensor), volumes, maybe(vector), convolving],
  convTranspose1d: [fc.oneof(lines, tensor), lines, maybe(vector), transposing],
  convTranspose2d: [fc.oneof(images, tensor), images, maybe(vector), transposing],
  convTranspose3d: [fc.oneof(volumes, tensor), volumes, maybe(vector), transposing],
  cosineSimilarity: [tensor, tensor, options({ axis, epsilon: oddNumber })],
  crossEntropyLoss: loss,
  depthToSpace: [images, whole, options({ mode: fc.constantFrom("dcr", "crd", "no") })],
  diag: [tensor, whole],
  diagonal: [tensor, diagonals],
  dot: [tensor, tensor],
  einsum: [
    fc.constantFrom("ij,jk->ik", "ii->", "ij->ji", "i,i", "...i->...", "ij,", "i->ii", "->", "ab->ac", "(", ""),
    tensor,
    tensor,
  ],
  expandDims: [tensor, axis],
  fft: [complex, along],
  flatten: [tensor],
  fold: [tensor, fc.tuple(whole, whole), windows],
  gatherND: [tensor, indices],
  globalAvgPool2d: [fc.oneof(images, tensor)],
  globalMaxPool2d: [fc.oneof(images, tensor)],
  glu: alongAxis,
  gridSample: [
    images,
    fc.oneof(images, tensor),
    options({
      mode: fc.constantFrom("linear", "nearest", "no"),
      padding: fc.constantFrom("zeros", "border", "no"),
      alignCorners: fc.boolean(),
    }),
  ],
  groupNorm: [tensor, whole, maybe(vector), maybe(vector), options({ epsilon: oddNumber })],
  histogram: [tensor, options({ bins: whole, min: oddNumber, max: oddNumber })],
  huberLoss: [tensor, tensor, options({ reduction, delta: oddNumber })],
  ifft: [complex, along],
  instanceNorm: [tensor, maybe(vector), maybe(vector), options({ epsilon: oddNumber })],
  irfft: [complex, options({ axis, length: whole })],
  klDivergence: [tensor, tensor, options({ reduction, axis })],
  l1Loss: loss,
  layerNorm: [tensor, maybe(vector), maybe(vector), options({ epsilon: oddNumber })],
  matmul: [tensor, tensor],
  maxPool1d: [fc.oneof(lines, tensor), largestOf],
  maxPool2d: [images, largestOf],
  maxPool3d: [fc.oneof(volumes, tensor), largestOf],
  meshgrid: [fc.array(vector, { maxLength: 3 }), options({ indexing: fc.constantFrom("xy", "ij", "no") })],
  mseLoss: loss,
  nllLoss: [tensor, indices, weights],
  outer: [tensor, tensor],
  pad: [
    tensor,
    fc.array(fc.tuple(whole, whole), { maxLength: 4 }),
    options({ mode: fc.constantFrom("constant", "reflect", "replicate", "circular", "no"), value: oddNumber }),
  ],
  quantile: [tensor, fc.oneof(oddNumber, fc.array(fc.constantFrom(0, 0.3, 1, 2), { maxLength: 3 })), reducing[1]!],
  rearrange: [tensor, pattern, sizes],
  reduce: [tensor, pattern, fc.constantFrom("sum", "max", "any", "median"), sizes],
  repeat: [tensor, pattern, sizes],
  reduceTensor: [tensor, fc.constant((x: number, sum: number) => x + sum)],
  reshape: [tensor, numbers],
  resize: [
    fc.oneof(images, tensor),
    numbers,
    options({ mode: fc.constantFrom("nearest", "linear", "cubic", "no"), alignCorners: fc.boolean() }),
  ],
  rfft: [tensor, along],
  rmsNorm: [tensor, maybe(vector), options({ epsilon: oddNumber })],
  scaledDotProductAttention: [tensor, tensor, tensor, options({ causal: fc.boolean(), mask: tensor })],
  searchSorted: [vector, like, options({ side: fc.constantFrom("left", "right", "no") })],
  slice: [tensor, whole, whole],
  sliceAxes: [
    tensor,
    fc.array(fc.tuple(maybe(whole), maybe(whole), fc.constantFrom(1, 2, -1, 0, 0.5)), { maxLength: 3 }),
  ],
  smoothL1Loss: [tensor, tensor, options({ reduction, beta: oddNumber })],
  softmaxCrossEntropy: [
    tensor,
    fc.oneof(indices, tensor),
    fc.tuple(weights, options({ axis, labelSmoothing: oddNumber })).map(([a, b]) => ({ ...a, ...(b as object) })),
  ],
  spaceToDepth: [images, whole, options({ mode: fc.constantFrom("dcr", "crd", "no") })],
  squeeze: [tensor, optional(axis)],
  oneHot: [indices, whole],
  stack: [fc.array(tensor, { maxLength: 3 }), optional(axis)],
  take: [tensor, indices, optional(axis)],
  takeAlong: [tensor, fc.oneof(tensor, indices), optional(axis)],
  topK: [tensor, whole, options({ axis })],
  trace: [tensor, diagonals],
  tile: [tensor, fc.oneof(numbers, whole)],
  transpose: [tensor, optional(fc.array(axis, { maxLength: 4 }))],
  unfold: [images, windows],
  unique: [tensor],
  upsampleNearest2d: [fc.oneof(images, tensor), perAxis],
};
