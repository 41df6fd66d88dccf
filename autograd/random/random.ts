/**
 * Random tensors. Each is a function of a key: the same key gives the same tensor, with JAX's numbers.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { type DType, DTYPES, exactRange } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShape, type Shape } from "../../blas/shape.ts";
import type { Tensor } from "../tensor.ts";
import { type DTypeOption, resolveDType } from "../values/dtype_option.ts";
import { draw, drawNormal, drawOrder } from "./draw.ts";
import { checkKey, type Key } from "./key.ts";
import {
  checkNumbers,
  integerDistribution,
  normalDistribution,
  shufflesFor,
  uniformDistribution,
} from "./random_values.ts";

// `NoInfer`: a caller who expects float64 but names no dtype gets float32, and the compiler must report that.

/** The dtype if none is named; `D` is `"float32"` then, so the casts to `D` below are right. */
const DEFAULT_DTYPE: DType = "float32";

/** The settings of {@link randomUniform}. */
export type UniformOptions<D extends DType> = DTypeOption<D> & {
  /** The lower bound, included; 0 if left out. */
  readonly min?: number | undefined;
  /** The upper bound, not included; 1 if left out. */
  readonly max?: number | undefined;
};

/** The settings of {@link randomNormal}. */
export type NormalOptions<D extends DType> = DTypeOption<D> & {
  /** The mean, 0 if left out. */
  readonly mean?: number | undefined;
  /** The standard deviation, 1 if left out. */
  readonly std?: number | undefined;
};

/** The settings of {@link randomInteger}. */
export type IntegerOptions<D extends DType> = DTypeOption<D> & {
  /** The smallest number, 0 if left out. */
  readonly min?: number | undefined;
  /** One more than the largest number. */
  readonly max: number;
};

/**
 * Draws a tensor from the uniform distribution on `[min, max)`.
 *
 * Where `max - min` is small compared with `max`, the largest values round to `max` itself, as in JAX and NumPy. With
 * the default bounds that does not happen.
 *
 * @example
 * ```ts
 * import { key, randomUniform, split, toList } from "@nanograd/nanograd";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const [a, b] = split(key(0));
 * assertEquals(toList(randomUniform(a, [2, 3])), toList(randomUniform(a, [2, 3])));
 * assertNotEquals(toList(randomUniform(a, [2, 3])), toList(randomUniform(b, [2, 3])));
 * ```
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param shape Any shape.
 * @param options `dtype`, float32 by default; `min` and `max`, 0 and 1 by default.
 * @returns A constant of that shape.
 * @throws {ShapeError} If `shape` is not a shape.
 * @throws {RangeError} If `min` exceeds `max`, or one of them or their distance is not finite in the dtype.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 */
export function randomUniform<D extends DType = "float32">(
  key: Key,
  shape: Shape,
  options: UniformOptions<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomUniform", options, { dtype: true, min: true, max: true });
  const { dtype = DEFAULT_DTYPE as D, min = 0, max = 1 } = options; // D is its default where no dtype is named
  checkShape("randomUniform", shape);
  checkKey("draw uniform values", key);
  resolveDType("randomUniform", dtype);
  return draw(uniformDistribution(dtype, min, max), key, shape, dtype);
}

/**
 * Draws a tensor from the normal distribution.
 *
 * @example
 * ```ts
 * import { key, randomNormal, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(randomNormal(key(42), [])), -0.028304616, 1e-9);
 * ```
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param shape Any shape.
 * @param options `dtype`, float32 by default; `mean` and `std`, 0 and 1 by default.
 * @returns A constant of that shape.
 * @throws {ShapeError} If `shape` is not a shape.
 * @throws {RangeError} If `std` is negative, or `mean` or `std` is not finite in the dtype.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 */
export function randomNormal<D extends DType = "float32">(
  key: Key,
  shape: Shape,
  options: NormalOptions<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomNormal", options, { dtype: true, mean: true, std: true });
  const { dtype = DEFAULT_DTYPE as D, mean = 0, std = 1 } = options; // D is its default where no dtype is named
  checkShape("randomNormal", shape);
  checkKey("draw normal values", key);
  resolveDType("randomNormal", dtype);
  return drawNormal(normalDistribution(dtype, mean, std), key, shape, dtype);
}

/**
 * Draws a tensor of whole numbers from the uniform distribution on `[min, max)`.
 *
 * @example Roll a die ten times
 * ```ts
 * import { key, randomInteger, toList } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * const throws = toList(randomInteger(key(1), [10], { min: 1, max: 7 }));
 * assert(throws.every((n) => [1, 2, 3, 4, 5, 6].includes(n)));
 * ```
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param shape Any shape.
 * @param options `dtype`, float32 by default; `min`, 0 by default and -(2^31) or more; `max`, up to 2^31.
 * @returns A constant of that shape.
 * @throws {ShapeError} If `shape` is not a shape.
 * @throws {RangeError} If `max` does not exceed `min`, or either is fractional, beyond 32 bits or, for float32, beyond
 * the 2^24 up to which it holds every whole number.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 */
export function randomInteger<D extends DType = "float32">(
  key: Key,
  shape: Shape,
  options: IntegerOptions<D>,
): Tensor<NoInfer<D>> {
  checkOptions("apply randomInteger", options, { dtype: true, min: true, max: true });
  const { dtype = DEFAULT_DTYPE as D, min = 0, max } = options; // D is its default where no dtype is named
  checkShape("randomInteger", shape);
  checkNumbers("draw whole numbers", { min, max });
  checkWhole("randomInteger", dtype, min, max - 1);
  checkKey("draw whole numbers", key);
  return draw(integerDistribution(min, max), key, shape, dtype);
}

/**
 * Draws a random order of the numbers from 0 to `n - 1`; all orders are equally likely.
 *
 * @example
 * ```ts
 * import { key, permutation, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(permutation(key(3), 5)), [0, 4, 2, 1, 3]);
 * ```
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param n How many numbers.
 * @param options `dtype`, float32 by default, which holds every whole number up to 2^24.
 * @returns `[n]`, a constant.
 * @throws {RangeError} If `n` is not a whole number of 0 or more, or too large for the dtype.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 */
export function permutation<D extends DType = "float32">(
  key: Key,
  n: number,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply permutation", options, { dtype: true });
  const { dtype = DEFAULT_DTYPE as D } = options; // D is its default where no dtype is named
  if (typeof n !== "number") {
    throw new TypeError(`Cannot apply permutation to ${describe(n)}: n must be a number; pass the number of elements`);
  }
  checkWhole("permutation", dtype, 0, n - 1);
  checkKey("draw a permutation", key);
  return drawOrder(key, n, shufflesFor(n), dtype);
}

/** Throws unless the dtype is valid and holds every whole number from `low` to `high`. */
function checkWhole(op: string, dtype: DType, low: number, high: number): void {
  resolveDType(op, dtype);
  const { largestExact } = DTYPES[dtype];
  if (low < -largestExact || high > largestExact) {
    throw new RangeError(
      `Cannot apply ${op} to numbers from ${low} to ${high}: ${exactRange(dtype)}; pass { dtype: "float64" }`,
    );
  }
}
