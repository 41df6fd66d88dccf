/**
 * Quantiles and medians.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { reducedShape, resolveAxes, sizeOf } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { where } from "./choice.ts";
import { concat } from "./concat.ts";
import { isNaN } from "./finite.ts";
import { gatherAlong } from "./gather.ts";
import { lerp } from "./hypot.ts";
import { reshape } from "./reshape.ts";
import { partAlong } from "./slice.ts";
import { argsort } from "./sort.ts";
import type { ReductionOptions } from "./sum.ts";
import { transpose } from "./transpose.ts";

/**
 * Returns quantiles over axes: of `n` elements in order, the one at position `q (n - 1)`, or between two of them in proportion.
 * NaN if an element is NaN. Differentiable in `t`.
 *
 * @param t Any shape, with at least one element along the axes.
 * @param q A number in [0, 1], or an array of them.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape of `t` without those axes, after a first axis for the elements of `q` if it is an array.
 * @throws {RangeError} If a quantile is not a number in [0, 1].
 * @throws {ShapeError} If an axis is out of range or named twice, or there are no elements.
 *
 * @example
 * ```ts
 * import { quantile, tensor64, toArray, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(quantile(tensor64([4, 1, 3, 2, 5]), 0.25)), 2);
 * assertEquals(toArray(quantile(tensor64([[0, 10], [20, 40]]), [0, 0.5, 1], { axes: 1 })), [[0, 20], [5, 30], [10, 40]]);
 * ```
 */
export function quantile<D extends DType>(
  t: Tensor<D>,
  q: number | readonly number[],
  options: ReductionOptions = {},
): Tensor<D> {
  return quantiles("quantile", t, q, options);
}

/**
 * Returns the median over axes: the element in the middle of those in order, or the mean of the two in the middle, as NumPy does
 * (PyTorch returns the lower one). NaN if an element is NaN.
 *
 * @param t Any shape, with at least one element along the axes.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape of `t` without those axes.
 * @throws {ShapeError} If an axis is out of range or named twice, or there are no elements.
 *
 * @example
 * ```ts
 * import { median, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(median(tensor64([[9, 1, 2], [4, 8, 6]]), { axes: 1 })), [2, 6]);
 * ```
 */
export function median<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  return quantiles("median", t, 0.5, options);
}

function quantiles<D extends DType>(
  op: string,
  t: Tensor<D>,
  q: number | readonly number[],
  options: ReductionOptions,
): Tensor<D> {
  checkOperands(op, [t]);
  checkOptions(`apply ${op}`, options, { axes: true, keepDims: "flag" });
  const { axes, keepDims = false } = options, over = resolveAxes(op, t.shape, axes);
  const wanted = Array.isArray(q) ? q as readonly number[] : [q as number]; // Array.isArray narrows no read-only arrays
  for (const fraction of wanted) checkFraction(op, fraction);
  const rest = t.shape.flatMap((_, axis) => over.includes(axis) ? [] : [axis]),
    outer = rest.map((axis) => t.shape[axis]!);
  const count = sizeOf(over.map((axis) => t.shape[axis]!));
  if (count === 0) {
    throw new ShapeError({
      op,
      given: { t: t.shape },
      problem: `there must be an element along axes ${over.join(", ")}`,
      remedy: "skip empty arrays",
    });
  }
  const last = outer.length,
    lines = reshape(transpose(t, [...rest, ...over]), [...outer, count]),
    order = argsort(lines);
  // Only the elements that are asked for are fetched, and get a gradient.
  const elementAt = (place: number) => gatherAlong(lines, partAlong(order, last, place, 1), last);
  const highest = elementAt(count - 1); // NaN if there is one
  const found = wanted.map((fraction) => {
    const position = fraction * (count - 1), below = Math.floor(position);
    const first = elementAt(below), weight = position - below;
    const between = weight === 0 ? first : lerp<D>(first, elementAt(below + 1), weight);
    return reshape(where<D>(isNaN(highest), highest, between), [1, ...outer]);
  });
  const shape = keepDims ? reducedShape(t.shape, over) : outer;
  if (!Array.isArray(q)) return reshape(found[0]!, shape);
  return found.length === 0
    ? reshape(partAlong(lines, last, 0, 0), [0, ...shape])
    : reshape(concat(found), [found.length, ...shape]);
}

function checkFraction(op: string, fraction: number): void {
  if (typeof fraction === "number" && fraction >= 0 && fraction <= 1) return;
  throw new RangeError(
    `Cannot apply ${op} with q ${describe(fraction)}: quantiles must be numbers in [0, 1]; divide percents by 100`,
  );
}
