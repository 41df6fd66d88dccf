/**
 * Random tensors that are functions of uniform ones, with JAX's numbers.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { erf } from "../../blas/scalar/special_functions.ts";
import { checkShape, type Shape } from "../../blas/shape.ts";
import { add, mul, neg, scale as times } from "../ops/arithmetic.ts";
import { abs, clamp, sign } from "../ops/choice.ts";
import { less } from "../ops/comparison.ts";
import { erfInv } from "../ops/error_functions.ts";
import { log1p } from "../ops/exponential.ts";
import type { Tensor } from "../tensor.ts";
import { type DTypeOption, resolveDType } from "../values/dtype_option.ts";
import { drawArguments } from "./draw_arguments.ts";
import { checkKey, type Key } from "./key.ts";
import { randomUniform } from "./random.ts";

/** The settings of {@link randomExponential}. */
export type ExponentialOptions<D extends DType> = DTypeOption<D> & {
  /** Events in a unit of time, 1 if left out: the mean is its reciprocal. */
  readonly rate?: number | undefined;
};

/** The settings of {@link randomLaplace}. */
export type LaplaceOptions<D extends DType> = DTypeOption<D> & {
  /** The mean, 0 if left out. */
  readonly mean?: number | undefined;
  /** The mean distance from the mean, 1 if left out. */
  readonly scale?: number | undefined;
};

/**
 * Draws 1 with probability `p`, otherwise 0: JAX's `bernoulli`.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param p The probability: a number, or a tensor that broadcasts to the shape.
 * @param shape The shape of the result, that of `p` if left out.
 * @param options `dtype`: that of `p` if it is a tensor, else float32 by default.
 * @returns A constant of zeros and ones.
 * @throws {RangeError} If `p` is a number that is not in [0, 1]; tensors are not checked.
 * @throws {ShapeError} If `p` does not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { key, mean, randomBernoulli, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(randomBernoulli(key(0), 0.3, [10_000]))), 0.3, 0.02);
 * ```
 */
export function randomBernoulli<D extends DType = "float32">(
  key: Key,
  p: number | Tensor<D>,
  shape?: Shape,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomBernoulli", options, { dtype: true });
  checkKey("draw zeros and ones", key);
  const found = drawArguments("randomBernoulli", { p }, {
    shape,
    dtype: options.dtype,
    allowed: (x) => x >= 0 && x <= 1,
    wanted: "in [0, 1]",
  });
  const u = randomUniform(key, found.shape, { dtype: found.dtype });
  return less(u, found.parameters[0]!);
}

/**
 * Draws waiting times: the exponential distribution, JAX's `exponential` over the rate.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param shape Any shape.
 * @param options `rate`: events in a unit of time, 1 by default; `dtype`: float32 by default.
 * @returns A constant of numbers of 0 or more.
 * @throws {RangeError} If `rate` is not a finite number above 0.
 * @throws {ShapeError} If `shape` is not a shape.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { key, mean, randomExponential, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(randomExponential(key(0), [10_000], { rate: 4 }))), 0.25, 0.01);
 * ```
 */
export function randomExponential<D extends DType = "float32">(
  key: Key,
  shape: Shape,
  options: ExponentialOptions<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomExponential", options, { dtype: true, rate: true });
  const { rate = 1, dtype } = options;
  if (!(Number.isFinite(rate) && rate > 0)) {
    throw new RangeError(
      `Cannot apply randomExponential with rate ${describe(rate)}: rate must be a finite number above 0; correct it`,
    );
  }
  checkShape("randomExponential", shape);
  const u = randomUniform<D>(key, shape, { ...dtype && { dtype } }), y = neg(log1p(neg(u)));
  return rate === 1 ? y : times(y, 1 / rate);
}

/**
 * Draws from the Laplace distribution, two exponential ones back to back: JAX's `laplace`, scaled and shifted.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param shape Any shape.
 * @param options `mean`: 0 by default; `scale`, the mean distance from it: 1 by default; `dtype`: float32 by default.
 * @returns A constant of that shape.
 * @throws {RangeError} If `mean` is not finite, or `scale` not a finite number of 0 or more.
 * @throws {ShapeError} If `shape` is not a shape.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { abs, key, mean, randomLaplace, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(abs(randomLaplace(key(0), [10_000], { scale: 2 })))), 2, 0.1);
 * ```
 */
export function randomLaplace<D extends DType = "float32">(
  key: Key,
  shape: Shape,
  options: LaplaceOptions<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomLaplace", options, { dtype: true, mean: true, scale: true });
  const { mean = 0, scale = 1, dtype } = options;
  if (!(Number.isFinite(mean) && Number.isFinite(scale) && scale >= 0)) {
    throw new RangeError(
      `Cannot apply randomLaplace with mean ${describe(mean)} and scale ${describe(scale)}: both must be finite, and ` +
        "scale 0 or more; correct them",
    );
  }
  checkShape("randomLaplace", shape);
  const min = DTYPES[resolveDType("randomLaplace", dtype)].epsilon / 2 - 1;
  const u = randomUniform<D>(key, shape, { ...dtype && { dtype }, min, max: 1 });
  const y = mul(sign(u), log1p(neg(abs(u)))), scaled = scale === 1 ? y : times(y, scale);
  return mean === 0 ? scaled : add(scaled, mean);
}

/**
 * Draws from the normal distribution of mean 0 and standard deviation 1, given that the number is between two bounds: JAX's
 * `truncated_normal`. Numbers are never rejected, whatever the bounds.
 *
 * If both bounds are far out on one side, beyond 5 in float32 or 8 in float64, all numbers are at the bound.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param lower The lower bound, which may be -Infinity.
 * @param upper The upper bound, which may be Infinity.
 * @param shape Any shape.
 * @param options `dtype`: float32 by default.
 * @returns A constant of numbers strictly between the bounds.
 * @throws {RangeError} If the bounds are not numbers, or `lower` is not less than `upper`.
 * @throws {ShapeError} If `shape` is not a shape.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example The initial values of many networks
 * ```ts
 * import { key, max, randomTruncatedNormal, scale, toNumber } from "@nanograd/nanograd";
 * import { assertLess } from "@std/assert";
 *
 * const weight = scale(randomTruncatedNormal(key(0), -2, 2, [64, 64]), 0.02);
 * assertLess(toNumber(max(weight)), 0.04);
 * ```
 */
export function randomTruncatedNormal<D extends DType = "float32">(
  key: Key,
  lower: number,
  upper: number,
  shape: Shape,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomTruncatedNormal", options, { dtype: true });
  const dtype = resolveDType("randomTruncatedNormal", options.dtype);
  checkShape("randomTruncatedNormal", shape);
  if (!(typeof lower === "number" && typeof upper === "number" && lower < upper)) {
    throw new RangeError(
      `Cannot apply randomTruncatedNormal between ${describe(lower)} and ${
        describe(upper)
      }: both must be numbers, the ` +
        "first less than the second; correct them",
    );
  }
  const [min, max] = [lower, upper].map((bound) => erf(bound / Math.SQRT2)) as [number, number]; // two, as there are bounds
  const y = times(erfInv(randomUniform<D>(key, shape, { dtype, min, max })), Math.SQRT2);
  return clamp(y, neighbour(lower, dtype, 1), neighbour(upper, dtype, -1));
}

/** Returns the next number of a dtype, upwards or downwards; for an infinite one, the finite number of largest magnitude. */
function neighbour(x: number, dtype: DType, direction: 1 | -1): number {
  const { round, epsilon, smallestNormal } = DTYPES[dtype], rounded = round(x);
  if (!Number.isFinite(rounded)) return -direction * (2 - epsilon) * (1 / smallestNormal) * 2;
  // A quarter of a unit, a half and a whole one: the first that makes a difference leads to the next number.
  const units = [epsilon / 4, epsilon / 2, epsilon].map((unit) => Math.abs(rounded) * unit);
  const steps = [...units, smallestNormal * epsilon];
  return steps.map((step) => round(rounded + direction * step)).find((next) => next !== rounded) ?? rounded;
}
