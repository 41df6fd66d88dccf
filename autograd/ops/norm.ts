/**
 * Directions of vectors: Euclidean normalization and cosine similarity.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { broadcastShapes, normalizeAxis, resolveAxes, unwrap } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { abs, greater, less, maximum, where } from "./comparison.ts";
import { max } from "./extremum.ts";
import { checkEpsilon } from "./normalization.ts";
import { safeSqrt, square } from "./power.ts";
import { broadcastTo, sum } from "./sum.ts";

/** The options of {@link l2Normalize}. */
export type L2NormalizeOptions = {
  /** One axis or several that make up a vector; all if left out. */
  readonly axis?: number | readonly number[];
  /** The least number to divide by, 1e-8 if left out. */
  readonly epsilon?: number;
};

/**
 * Divides vectors by their Euclidean length, or by `epsilon` where they are shorter than that.
 *
 * The gradient is finite everywhere, at 0 too, where it is that of `x / epsilon`.
 *
 * @param x Any shape.
 * @param options `axis`: one axis or several that make up a vector, all by default; `epsilon`: the least number to
 * divide by, 1e-8 by default.
 * @returns The shape of `x`.
 * @throws {ShapeError} If an axis is out of range or named twice.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 *
 * @example
 * ```ts
 * import { l2Normalize, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(l2Normalize(tensor64([[3, 4], [0, 0]]), { axis: 1 })), [[0.6, 0.8], [0, 0]]);
 * ```
 */
export function l2Normalize<D extends DType>(
  x: Tensor<D>,
  options: L2NormalizeOptions = {},
): Tensor<D> {
  checkOptions("apply l2Normalize", options, { axis: true, epsilon: true });
  const { axis, epsilon = 1e-8 } = options;
  checkOperands("l2Normalize", [x]);
  checkEpsilon("l2Normalize", epsilon);
  return div(x, maximum(euclideanNorm(x, resolveAxes("l2Normalize", x.shape, axis)), epsilon));
}

/** The options of {@link cosineSimilarity}. */
export type CosineSimilarityOptions = {
  /** The axis along which vectors are, the last if left out. */
  readonly axis?: number;
  /** The least length to divide by, 1e-8 if left out. */
  readonly epsilon?: number;
};

/**
 * Computes the cosine of the angle between vectors: 1 for the same direction, 0 for a right angle, -1 for opposite
 * directions.
 *
 * @param a At least one axis.
 * @param b A shape that broadcasts with that of `a`.
 * @param options `axis`: that along which vectors are, the last by default, counted in the broadcast shape; `epsilon`:
 * the least length to divide by, 1e-8 by default.
 * @returns The broadcast shape without the axis; 0 where a vector is 0.
 * @throws {ShapeError} If the shapes do not broadcast or the axis is out of range.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { cosineSimilarity, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const directions = tensor64([[2, 0], [0, 5], [-3, 0]]);
 * assertEquals(toList(cosineSimilarity(directions, tensor64([7, 0]))), [1, 0, -1]);
 * ```
 */
export function cosineSimilarity<D extends DType>(
  a: Tensor<D>,
  b: Tensor<NoInfer<D>>,
  options: CosineSimilarityOptions = {},
): Tensor<D> {
  checkOptions("apply cosineSimilarity", options, { axis: true, epsilon: true });
  const { axis = -1, epsilon = 1e-8 } = options;
  checkEpsilon("cosineSimilarity", epsilon);
  checkOperands("cosineSimilarity", [a, b]);
  const shape = unwrap(broadcastShapes("cosineSimilarity", [a.shape, b.shape]));
  const along = unwrap(normalizeAxis("cosineSimilarity", shape, axis));
  const unit = (t: Tensor<D>): Tensor<D> => l2Normalize(broadcastTo(t, shape), { axis: along, epsilon });
  return sum(mul(unit(a), unit(b)), { axes: along });
}

/**
 * The root of the sum of squares over axes, which stay with length 1; the slope at 0 is 0.
 *
 * Divided by the largest element first, so that no square overflows or vanishes. Any divisor gives the same result in
 * exact arithmetic, so no gradient flows through it.
 */
function euclideanNorm<D extends DType>(x: Tensor<D>, axes: readonly number[]): Tensor<D> {
  const options = { axes, keepDims: true };
  if (axes.some((axis) => x.shape[axis] === 0)) return sum(x, options);
  const largest = max(abs(stopGradient(x)), options);
  const divisor = where(mul(greater(largest, 0), less(largest, Infinity)), largest, 1);
  return mul(safeSqrt(sum(square(div(x, divisor)), options)), divisor);
}
