/**
 * Samples that are differentiable functions of the parameters of their distribution: reparameterized.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Shape } from "../../blas/shape.ts";
import { add, div, mul, neg, scale as times } from "../ops/arithmetic.ts";
import { exp, log } from "../ops/exponential.ts";
import { lerp } from "../ops/hypot.ts";
import { softmax } from "../ops/softmax.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { drawArguments } from "../random/draw_arguments.ts";
import { checkKey, type Key } from "../random/key.ts";
import { randomNormal, randomUniform } from "../random/random.ts";
import { randomExponential, randomLaplace } from "../random/transformed.ts";
import { parametersOf } from "./parameters.ts";

/** Checks the arguments of a sampler; returns shape and dtype of its result, and the parameters, still tracked. */
function sampling<D extends DType, K extends string>(
  op: string,
  key: Key,
  given: { readonly [name in K]: TensorLike<D> },
  shape: Shape | undefined,
  positive: readonly NoInfer<K>[],
): { readonly shape: Shape; readonly dtype: D; readonly parameters: { readonly [name in K]: Tensor<D> } } {
  checkKey("draw samples", key);
  const parameters = parametersOf(op, given, positive);
  const found = drawArguments<D>(op, given, {
    shape,
    dtype: undefined,
    allowed: Number.isFinite,
    wanted: "a finite number",
  });
  return { ...found, parameters };
}

/**
 * Draws from the normal distribution: `mean + std * noise`, differentiable with respect to both parameters.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param mean The mean: a number, or a tensor that broadcasts to the shape.
 * @param std The standard deviation, above 0, likewise.
 * @param shape The shape of the result, by default the shape that the parameters broadcast to.
 * @returns A tensor of that shape.
 * @throws {RangeError} If a number is not finite, or `std` not above 0; tensors are not checked.
 * @throws {ShapeError} If the parameters do not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 * @see Kingma and Welling, Auto-Encoding Variational Bayes, 2014, section 2.4.
 *
 * @example The derivative with respect to the mean is 1
 * ```ts
 * import { gradient, key, normalSample, sum, type Tensor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const slopes = gradient((mean: Tensor<"float64">) => sum(normalSample(key(0), mean, 2)));
 * assertEquals(toList(slopes(tensor64([0, 5]))), [1, 1]);
 * ```
 */
export function normalSample<D extends DType = "float32">(
  key: Key,
  mean: TensorLike<D>,
  std: TensorLike<D>,
  shape?: Shape,
): Tensor<D> {
  const found = sampling("normalSample", key, { mean, std }, shape, ["std"]), { mean: m, std: s } = found.parameters;
  return add(mul(randomNormal(key, found.shape, { dtype: found.dtype }), s), m);
}

/**
 * Draws from the log-normal distribution: the exponential of {@link normalSample}.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param mean The mean of the logarithm: a number, or a tensor that broadcasts to the shape.
 * @param std The standard deviation of the logarithm, above 0, likewise.
 * @param shape The shape of the result, by default the shape that the parameters broadcast to.
 * @returns A tensor of that shape, of numbers above 0.
 * @throws {RangeError} If a number is not finite, or `std` not above 0; tensors are not checked.
 * @throws {ShapeError} If the parameters do not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { key, log, logNormalSample, mean, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(log(logNormalSample(key(0), 3, 1, [10_000])))), 3, 0.05);
 * ```
 */
export function logNormalSample<D extends DType = "float32">(
  key: Key,
  mean: TensorLike<D>,
  std: TensorLike<D>,
  shape?: Shape,
): Tensor<D> {
  const found = sampling("logNormalSample", key, { mean, std }, shape, ["std"]), { mean: m, std: s } = found.parameters;
  return exp(add(mul(randomNormal(key, found.shape, { dtype: found.dtype }), s), m));
}

/**
 * Draws from the uniform distribution on `[min, max)`: `min + (max - min) * noise`, differentiable with respect to both,
 * and finite where `max - min` overflows.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param min The lower bound: a number, or a tensor that broadcasts to the shape.
 * @param max The upper bound likewise.
 * @param shape The shape of the result, by default the shape that the parameters broadcast to.
 * @returns A tensor of that shape.
 * @throws {RangeError} If a number is not finite; tensors are not checked.
 * @throws {ShapeError} If the parameters do not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { key, mean, toNumber, uniformSample } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(uniformSample(key(0), 2, 4, [10_000]))), 3, 0.05);
 * ```
 */
export function uniformSample<D extends DType = "float32">(
  key: Key,
  min: TensorLike<D>,
  max: TensorLike<D>,
  shape?: Shape,
): Tensor<D> {
  const found = sampling("uniformSample", key, { min, max }, shape, []), { min: low, max: high } = found.parameters;
  const noise = randomUniform(key, found.shape, { dtype: found.dtype });
  return lerp(low, high, noise);
}

/**
 * Draws from the exponential distribution: `noise / rate`, differentiable with respect to the rate.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param rate Events in a unit of time, above 0: a number, or a tensor that broadcasts to the shape.
 * @param shape The shape of the result, that of the rate if left out.
 * @returns A tensor of that shape, of numbers of 0 or more.
 * @throws {RangeError} If `rate` is a number that is not finite and above 0; tensors are not checked.
 * @throws {ShapeError} If the rate does not broadcast to the shape.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { exponentialSample, key, mean, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(exponentialSample(key(0), 4, [10_000]))), 0.25, 0.01);
 * ```
 */
export function exponentialSample<D extends DType = "float32">(
  key: Key,
  rate: TensorLike<D>,
  shape?: Shape,
): Tensor<D> {
  const found = sampling("exponentialSample", key, { rate }, shape, ["rate"]), { rate: r } = found.parameters;
  return div(randomExponential(key, found.shape, { dtype: found.dtype }), r);
}

/**
 * Draws from the Laplace distribution: `mean + scale * noise`, differentiable with respect to both parameters.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param mean The mean: a number, or a tensor that broadcasts to the shape.
 * @param scale The mean distance from it, above 0, likewise.
 * @param shape The shape of the result, by default the shape that the parameters broadcast to.
 * @returns A tensor of that shape.
 * @throws {RangeError} If a number is not finite, or `scale` not above 0; tensors are not checked.
 * @throws {ShapeError} If the parameters do not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { key, laplaceSample, mean, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(laplaceSample(key(0), 3, 1, [10_000]))), 3, 0.1);
 * ```
 */
export function laplaceSample<D extends DType = "float32">(
  key: Key,
  mean: TensorLike<D>,
  scale: TensorLike<D>,
  shape?: Shape,
): Tensor<D> {
  const found = sampling("laplaceSample", key, { mean, scale }, shape, ["scale"]),
    { mean: m, scale: s } = found.parameters;
  return add(mul(randomLaplace(key, found.shape, { dtype: found.dtype }), s), m);
}

/** The settings of {@link gumbelSoftmaxSample}. */
export type GumbelSoftmaxOptions = {
  /** How far the shares are from 0 and 1: at a temperature near 0 they are almost one-hot, far above 1 almost equal. 1 if left out. */
  readonly temperature?: number | undefined;
};

/**
 * Draws nearly one-hot shares of classes, differentiable with respect to the logits: the class with the largest share
 * is distributed as in `randomCategorical`.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param logits `[..., classes]`
 * @param options `temperature`: 1 by default.
 * @returns The shape of `logits`; rows sum to 1.
 * @throws {RangeError} If the temperature is not a finite number above 0.
 * @throws {ShapeError} If `logits` has no axes.
 * @throws {TypeError} If `key` is not a key, or an option does not exist.
 * @see Jang, Gu and Poole, Categorical Reparameterization with Gumbel-Softmax, 2017; Maddison, Mnih and Teh, The Concrete
 * Distribution, 2017.
 *
 * @example At a low temperature, the shares are nearly one-hot
 * ```ts
 * import { gumbelSoftmaxSample, key, max, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertGreater } from "@std/assert";
 *
 * const shares = gumbelSoftmaxSample(key(0), tensor64([0, 1, 2]), { temperature: 0.01 });
 * assertGreater(toNumber(max(shares)), 0.999);
 * ```
 */
export function gumbelSoftmaxSample<D extends DType>(
  key: Key,
  logits: Tensor<D>,
  options: GumbelSoftmaxOptions = {},
): Tensor<D> {
  checkOptions("apply gumbelSoftmaxSample", options, { temperature: true });
  const { temperature = 1 } = options;
  checkKey("draw samples", key);
  checkOperands("gumbelSoftmaxSample", [logits]);
  if (!(Number.isFinite(temperature) && temperature > 0)) {
    throw new RangeError(
      `Cannot apply gumbelSoftmaxSample with temperature ${
        describe(temperature)
      }: it must be a finite number above 0; 1 ` +
        "is usual",
    );
  }
  const { shape, dtype } = logits;
  if (shape.length === 0) {
    throw new ShapeError({
      op: "gumbelSoftmaxSample",
      given: { logits: shape },
      problem: "logits must have at least one axis, the last one for the classes",
      remedy: "pass [..., classes]",
    });
  }
  const min = dtype === "float32" ? 2 ** -126 : 2 ** -1022; // as randomCategorical
  const noise = neg(log(neg(log(randomUniform(key, shape, { dtype, min, max: 1 })))));
  return softmax(times(add(noise, logits), 1 / temperature), { axis: -1 });
}
