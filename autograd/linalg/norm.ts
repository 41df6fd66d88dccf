/**
 * Norms of vectors and matrices.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { allAxes, droppedShape, reducedShape, resolveAxes, type Shape } from "../../blas/shape.ts";
import { div, mul } from "../ops/arithmetic.ts";
import { abs, where } from "../ops/choice.ts";
import { equal, greater, less } from "../ops/comparison.ts";
import { max, min } from "../ops/extremum.ts";
import { pow, sqrt, square } from "../ops/power.ts";
import { reshape } from "../ops/reshape.ts";
import { type ReductionOptions, sum } from "../ops/sum.ts";
import { transpose } from "../ops/transpose.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { svd } from "./svd.ts";

/** The order of a norm: a number, or one of two names for matrices. */
export type NormOrder = number | "frobenius" | "nuclear";

/** The settings of {@link norm}. */
export type NormOptions = {
  /** The order; if left out, 2 for vectors and `"frobenius"` for matrices. */
  readonly order?: NormOrder | undefined;
  /** One axis for vectors, two for matrices; all if left out. */
  readonly axes?: number | readonly number[] | undefined;
  /** Whether the axes stay, with length 1; `false` if left out. */
  readonly keepDims?: boolean | undefined;
};

/**
 * Computes the norm of a vector or of a matrix, or of each in a stack.
 *
 * Without `order`, the result is the square root of the sum of all squares, over any number of axes. With an order, one
 * axis makes vectors and two make matrices.
 *
 * | order         | vector                                             | matrix                              |
 * | ------------- | -------------------------------------------------- | ----------------------------------- |
 * | left out, `2` | square root of the sum of squares                  | left out: `"frobenius"`, `2`: largest singular value |
 * | `1`           | sum of magnitudes                                  | largest sum of magnitudes of a column |
 * | `Infinity`    | largest magnitude                                  | largest sum of magnitudes of a row  |
 * | `0`           | number of elements that are not 0                  |                                     |
 * | `-1`, `-2`, `-Infinity` | as any other number; smallest magnitude  | as `1`, `2`, `Infinity`, with the smallest |
 * | another `p`   | sum of magnitudes to the power of `p`, to that of `1 / p` |                              |
 * | `"frobenius"` |                                                    | square root of the sum of squares   |
 * | `"nuclear"`   |                                                    | sum of singular values              |
 *
 * Squares do not overflow: the norm of 1e200 is 1e200. The gradient of a norm of order 2 at 0 is 0, and elements that
 * share a largest or smallest magnitude share the gradient. Orders of singular values take as long as {@link svd}.
 *
 * @param t Any shape.
 * @param options `order`; `axes`: one axis or several, all by default; `keepDims`, `false` by default.
 * @returns The shape of `t` without the axes, or with length 1 there.
 * @throws {ShapeError} If an axis is out of range or named twice, or an order is given and the axes are neither one nor
 * two.
 * @throws {RangeError} If there is no norm of this order.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, sections 2.2 and 2.3.
 *
 * @example
 * ```ts
 * import { norm, tensor64, toList, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[3, -4], [6, 8]]);
 * assertEquals(toList(norm(t, { axes: 1 })), [5, 10]);
 * assertEquals(toList(norm(t, { axes: 1, order: Infinity })), [4, 8]);
 * assertEquals(toNumber(norm(t, { order: 1 })), 12);
 * assertEquals(toNumber(norm(t)), Math.sqrt(125));
 * ```
 */
export function norm<D extends DType>(t: Tensor<D>, options: NormOptions = {}): Tensor<D> {
  checkOperands("norm", [t]);
  checkOptions("apply norm", options, { order: true, axes: true, keepDims: "flag" });
  const { order, keepDims = false } = options, shape = innerShape(t);
  const axes = inOrder(shape, options.axes);
  if (order !== undefined) checkOrder(order, shape, axes);
  const kept = order !== undefined && axes.length === 2
    ? reshape(matrixNorm(lastAxes(t, axes), order), reducedShape(shape, axes))
    : vectorNorm(t, typeof order === "number" ? order : 2, axes);
  return keepDims ? kept : reshape(kept, droppedShape(shape, axes));
}

/** Returns the axes counted from the front, in the given order: the first of two is that of rows. */
function inOrder(shape: Shape, axes: NormOptions["axes"]): readonly number[] {
  const resolved = resolveAxes("norm", shape, axes);
  const [first] = Array.isArray(axes) ? axes : [axes];
  return resolved.length === 2 && typeof first === "number" &&
      (first < 0 ? first + shape.length : first) !== resolved[0]
    ? [resolved[1]!, resolved[0]!]
    : resolved;
}

/** The numbers that are orders of matrix norms. */
const MATRIX_ORDERS: readonly number[] = [1, -1, 2, -2, Infinity, -Infinity];

function checkOrder(order: unknown, shape: Shape, axes: readonly number[]): void {
  const isNumber = typeof order === "number" && !Number.isNaN(order);
  if (!isNumber && order !== "frobenius" && order !== "nuclear") {
    throw new RangeError(
      `Cannot apply norm with ${describe(order)} for order: it must be a number, "frobenius" or "nuclear"; ` +
        "leave it out for the square root of the sum of squares",
    );
  }
  if (axes.length !== 2 && (axes.length !== 1 || !isNumber)) {
    throw new ShapeError({
      op: "norm",
      given: { t: shape, order: String(order) },
      problem: `an order asks for ${isNumber ? "one axis, of vectors, or two" : "two axes"}, of matrices, and there ${
        axes.length === 1 ? "is one" : `are ${axes.length}`
      }`,
      remedy: "name the axes with axes, or leave order out",
    });
  }
  if (axes.length === 2 && isNumber && !MATRIX_ORDERS.includes(order)) {
    throw new RangeError(
      `Cannot apply norm with order ${order} to matrices: their orders are 1, -1, 2, -2, Infinity, -Infinity, ` +
        '"frobenius" and "nuclear"; pass one axis for vectors',
    );
  }
}

/** Moves two axes to the end. */
const lastAxes = <D extends DType>(t: Tensor<D>, axes: readonly number[]): Tensor<D> =>
  transpose(t, [...allAxes(innerShape(t).length).filter((axis) => !axes.includes(axis)), ...axes]);

/** Computes the norm of vectors; the axes stay, with length 1. */
function vectorNorm<D extends DType>(t: Tensor<D>, order: number, axes: readonly number[]): Tensor<D> {
  const magnitudes = abs(t), over = { axes, keepDims: true }, isEmpty = axes.some((axis) => innerShape(t)[axis] === 0);
  if (order === 1 || (order === Infinity && isEmpty)) return sum(magnitudes, over);
  if (order === Infinity) return max(magnitudes, over);
  if (order === -Infinity) return min(magnitudes, over);
  if (order === 0) return sum(greater(magnitudes, 0), over);
  if (order < 0) return pow(sum(pow(magnitudes, order), over), 1 / order);
  const largest = stopGradient(max(magnitudes, over));
  if (order === 2) return euclideanNorm(t, largest, over);
  // Elements are divided by the largest magnitude first, so that no power overflows or underflows.
  const usual = mul(greater(largest, 0), less(largest, Infinity)), size = where(usual, largest, 1);
  const share = div(t, size);
  const total = sum(pow(abs(share), order), over);
  const isZero = equal(total, 0), safe = where(isZero, 1, total);
  return where(isZero, 0, mul(size, pow(safe, 1 / order)));
}

/**
 * Returns the magnitudes whose squares have room, and powers of two that bring smaller and larger ones there. The derivative
 * divides by the power and by the norm of what it was applied to, which must have room, too.
 */
const roomOf = (dtype: DType): Record<"least" | "most" | "enlarge" | "reduce", number> =>
  dtype === "float32"
    ? { least: 1e-15, most: 1e15, enlarge: 2 ** 80, reduce: 2 ** -80 }
    : { least: 1e-120, most: 1e135, enlarge: 2 ** 600, reduce: 2 ** -600 };

/**
 * Computes square roots of sums of squares. Elements are multiplied by a power of two first, which is exact, where their
 * squares would overflow or underflow.
 *
 * @param largest The largest magnitude of each vector.
 */
function euclideanNorm<D extends DType>(t: Tensor<D>, largest: Tensor<D>, over: ReductionOptions): Tensor<D> {
  const { least, most, enlarge, reduce } = roomOf(t.dtype);
  const choose = (small: number, usual: number, large: number) =>
    where(less(largest, least), small, where(greater(largest, most), large, usual));
  const total = sum(square(mul(t, choose(enlarge, 1, reduce))), over), isZero = equal(total, 0);
  return where(isZero, 0, mul(choose(1 / enlarge, 1, 1 / reduce), sqrt(where(isZero, 1, total))));
}

/** Computes the norm of matrices in the last two axes. */
function matrixNorm<D extends DType>(t: Tensor<D>, order: NormOrder): Tensor<D> {
  if (order === "frobenius") return vectorNorm(t, 2, [innerShape(t).length - 2, innerShape(t).length - 1]);
  if (order === "nuclear") return sum(svd(t).s, { axes: -1 });
  const size = Math.abs(order), reduce = order > 0 ? max : min;
  if (size === 2) return reduce(svd(t).s, { axes: -1 });
  const sums = sum(abs(t), { axes: size === 1 ? -2 : -1 });
  return reduce(sums, { axes: -1 });
}
