/**
 * Batch normalization with running statistics.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { describe } from "../blas/describe.ts";
import { ShapeError } from "../blas/errors.ts";
import { type Shape, sizeOf } from "../blas/shape.ts";
import { checkOptions, type OptionNames } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { normalizeBatch } from "../autograd/ops/batch_norm.ts";
import { add, batchNorm, type BatchStatistics, reshape, scale } from "../autograd/ops/mod.ts";
import { stopGradient } from "../autograd/stop_gradient.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkEpsilon, checkName, checkSize } from "./checks.ts";
import { ONES } from "./initializers.ts";
import { isOfKind, type Layer } from "./layer.ts";
import { makeLayer, shapeIf } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";
import { checkSynchronizer, normalizeTogether, type Synchronizer } from "./synchronizer.ts";

/** The params of a batch normalization, each `[numFeatures]`. */
export type BatchNormParams<D extends DType = DType> = {
  /** The factors of the normalized channels; they start at 1. */
  readonly gamma: Tensor<D>;
  /** The numbers added to the normalized channels; they start at 0. */
  readonly beta: Tensor<D>;
};

/** The running statistics of a batch normalization, each `[numFeatures]`. */
export type BatchNormState<D extends DType = DType> = {
  /** Starts at 0. */
  readonly runningMean: Tensor<D>;
  /** Starts at 1; averages the unbiased variances of the batches. */
  readonly runningVariance: Tensor<D>;
};

/** The options of {@link batchNorm2d} and {@link batchNorm1d}. */
export type BatchNormLayerOptions<D extends DType = DType> = {
  /** The number added to the variance, 1e-5 if left out. */
  readonly epsilon?: number | undefined;
  /** The share of the newest batch in the running statistics, 0.1 if left out. */
  readonly momentum?: number | undefined;
  /** The dtype of params and state, float32 if left out. */
  readonly dtype?: D | undefined;
  /** `"BatchNorm2d"` or `"BatchNorm1d"` if left out. */
  readonly name?: string | undefined;
  /**
   * The processes that train together, such as `await mpi()`: statistics, and their derivatives, are those of the batches of
   * all of them, which must have the same size. If left out, each process normalizes by its own batch, and has its own
   * running statistics. A saved layer does not remember it.
   */
  readonly synchronize?: Synchronizer | undefined;
};

const OPTIONS: OptionNames<BatchNormLayerOptions> = {
  epsilon: true,
  momentum: true,
  dtype: true,
  name: true,
  synchronize: true,
};

/**
 * Makes a batch normalization of images.
 *
 * In training, every channel is normalized by the mean and the (biased) variance of the batch, and the running
 * statistics become `(1 - momentum) * running + momentum * batch`, with the unbiased variance. In evaluate mode,
 * channels are normalized by the running statistics, and the state is returned unchanged.
 *
 * @param numFeatures Channels of `x`, which is `[numFeatures, height, width]`, optionally with a batch axis in front.
 * @param options See {@link BatchNormLayerOptions}.
 * @throws {RangeError} If `numFeatures` is not a whole number above 0, `epsilon` is negative, or `momentum` not in [0,
 * 1].
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see Ioffe and Szegedy, Batch Normalization, 2015.
 *
 * @example Training changes the state, evaluating does not
 * ```ts
 * import { batchNorm2d, evaluate, key, ones, toList, train } from "@nanograd/nanograd";
 * import { assertEquals, assertStrictEquals } from "@std/assert";
 *
 * const layer = batchNorm2d(1, { momentum: 0.5 }), variables = layer.init(key(0)), x = ones([2, 1, 4, 4]);
 * const [, state] = layer.apply(variables, x, train(key(1)));
 * assertEquals(toList(state.runningMean), [0.5]);
 * assertStrictEquals(layer.apply({ ...variables, state }, x, evaluate)[1], state);
 * ```
 */
export function batchNorm2d<D extends DType = "float32">(
  numFeatures: number,
  options: BatchNormLayerOptions<D> = {},
): Layer<BatchNormParams<D>, BatchNormState<D>> {
  return batchNormLayer("batchNorm2d", "BatchNorm2d", numFeatures, options, IMAGES);
}

/**
 * Makes a batch normalization of features, over a batch `[batch, numFeatures]` or `[batch, numFeatures, length]`; a
 * single example `[numFeatures]` can be evaluated. Otherwise like {@link batchNorm2d}.
 *
 * @param numFeatures The number of features.
 * @param options See {@link BatchNormLayerOptions}.
 * @throws {RangeError} If `numFeatures` is not a whole number above 0, `epsilon` is negative, or `momentum` not in [0,
 * 1].
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 *
 * @example
 * ```ts
 * import { batchNorm1d, key, tensor32, toList, train } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = batchNorm1d(2, { epsilon: 0 });
 * const [y] = layer.apply(layer.init(key(0)), tensor32([[1, 10], [3, 30]]), train(key(1)));
 * assertEquals(toList(y), [-1, -1, 1, 1]);
 * ```
 */
export function batchNorm1d<D extends DType = "float32">(
  numFeatures: number,
  options: BatchNormLayerOptions<D> = {},
): Layer<BatchNormParams<D>, BatchNormState<D>> {
  return batchNormLayer("batchNorm1d", "BatchNorm1d", numFeatures, options, FEATURES);
}

/** The inputs that a batch normalization of `n` features takes. */
type Inputs = {
  readonly problem: (n: number) => string;
  readonly batched: (shape: Shape) => Shape;
  readonly fits: (shape: Shape, n: number) => boolean;
};

const IMAGES: Inputs = {
  problem: (n) => `x must be [${n}, height, width], or with a batch axis before`,
  batched: (shape) => shape.length === 4 ? shape : [1, ...shape],
  fits: (shape, n) => (shape.length === 3 || shape.length === 4) && shape.at(-3) === n,
};

const FEATURES: Inputs = {
  problem: (n) => `x must be [batch, ${n}], [batch, ${n}, length] or [${n}]`,
  batched: (shape) => shape.length === 1 ? [1, ...shape] : shape,
  fits: (shape, n) => shape.length <= 3 && shape[shape.length === 1 ? 0 : 1] === n,
};

function batchNormLayer<D extends DType>(
  kind: string,
  usualName: string,
  numFeatures: number,
  options: BatchNormLayerOptions<D>,
  { problem, batched, fits }: Inputs,
): Layer<BatchNormParams<D>, BatchNormState<D>> {
  checkOptions<BatchNormLayerOptions>(`build ${kind}`, options, OPTIONS);
  const { epsilon = 1e-5, momentum = 0.1, dtype = "float32", name = usualName, synchronize }: BatchNormLayerOptions =
    options;
  checkName(`build ${kind}`, name);
  const action = `build ${name}`;
  checkSize(action, "numFeatures", numFeatures);
  checkEpsilon(action, epsilon);
  checkMomentum(action, momentum);
  checkSynchronizer(action, synchronize);
  resolveDType(name, dtype);
  const zero = () => new TensorSpec([numFeatures], dtype);
  const one = () => new TensorSpec([numFeatures], dtype, ONES);
  const layer = makeLayer<BatchNormParams, BatchNormState>({
    kind,
    name,
    inputSize: numFeatures,
    outputSize: numFeatures,
    config: { numFeatures, epsilon, momentum, dtype },
    specs: { params: { gamma: one(), beta: zero() }, state: { runningMean: zero(), runningVariance: one() } },
    outputShape: (x) =>
      shapeIf(fits(x, numFeatures), {
        op: name,
        x,
        result: () => x,
        problem: () => problem(numFeatures),
        remedy: () => "reshape x, or build the layer for its channels",
      }),
    compute: ({ params: { gamma, beta }, state }, x, mode) => {
      const shape = batched(x.shape), batch = shape === x.shape ? x : reshape(x, shape);
      const count = (synchronize?.size ?? 1) * sizeOf(shape) / numFeatures;
      if (mode.training) checkCount(name, x.shape, count);
      const unbatched = (y: Tensor) => shape === x.shape ? y : reshape(y, x.shape);
      if (mode.training) {
        const { output, ...statistics } = synchronize === undefined || synchronize.size === 1
          ? normalizeBatch(batch, gamma, beta, epsilon)
          : normalizeTogether(synchronize, batch, gamma, beta, epsilon);
        return [unbatched(output), nextState(state, statistics, momentum, count)];
      }
      const statistics = { mean: state.runningMean, variance: state.runningVariance };
      return [unbatched(batchNorm(batch, gamma, beta, { statistics, epsilon })), state];
    },
  });
  return layer as Layer<BatchNormParams<D>, BatchNormState<D>>; // the specs say the dtype
}

/** Returns the running statistics after a batch. They are not differentiated. */
function nextState(
  { runningMean, runningVariance }: BatchNormState,
  { mean, variance }: BatchStatistics,
  momentum: number,
  count: number,
): BatchNormState {
  const average = (running: Tensor, batch: Tensor): Tensor =>
    add(scale(stopGradient(running), 1 - momentum), scale(stopGradient(batch), momentum));
  return {
    runningMean: average(runningMean, mean),
    runningVariance: average(runningVariance, scale(stopGradient(variance), count / (count - 1))),
  };
}

function checkMomentum(action: string, momentum: number): void {
  if (typeof momentum === "number" && momentum >= 0 && momentum <= 1) return;
  throw new RangeError(
    `Cannot ${action} with momentum ${
      describe(momentum)
    }: it is the share of the newest batch and must be in [0, 1]; 0.1 is usual`,
  );
}

/** Throws if there are too few values: one value has no variance, and the statistics of no values stay NaN forever. */
function checkCount(op: string, x: Shape, count: number): void {
  if (count > 1) return;
  throw new ShapeError({
    op,
    given: { x },
    problem: "training needs at least two values for each channel, for the variance",
    remedy: "pass a larger batch, or evaluate",
  });
}

/**
 * Tells whether a value is a batch normalization of images.
 *
 * @example
 * ```ts
 * import { batchNorm1d, batchNorm2d, isBatchNorm2d } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isBatchNorm2d(batchNorm2d(8)) && !isBatchNorm2d(batchNorm1d(8)));
 * ```
 */
export function isBatchNorm2d(value: unknown): value is Layer<BatchNormParams, BatchNormState> {
  return isOfKind(value, "batchNorm2d");
}

/**
 * Tells whether a value is a batch normalization of features.
 *
 * @example
 * ```ts
 * import { batchNorm1d, batchNorm2d, isBatchNorm1d } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isBatchNorm1d(batchNorm1d(8)) && !isBatchNorm1d(batchNorm2d(8)));
 * ```
 */
export function isBatchNorm1d(value: unknown): value is Layer<BatchNormParams, BatchNormState> {
  return isOfKind(value, "batchNorm1d");
}
