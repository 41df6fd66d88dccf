/**
 * Operations that choose between operands, or where an element lies.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

const maximumPrimitive = /* @__PURE__ */ arithmetic("maximum", (a, b) => scalar.max(a, b));
const minimumPrimitive = /* @__PURE__ */ arithmetic("minimum", (a, b) => scalar.min(a, b));
const absPrimitive = /* @__PURE__ */ arithmetic("abs", (x) => scalar.abs(x), { domains: [[0.2, 2]] });
const signPrimitive = /* @__PURE__ */ arithmetic("sign", (x) => scalar.sign(x), { domains: [[0.2, 2]] });
// The gradient passes at the bounds, as in PyTorch; that of min(max(x, low), high) would be halved there.
const clampPrimitive = /* @__PURE__ */ arithmetic("clamp", (x, low, high) => scalar.min(scalar.max(x, low), high), {
  derivatives: [
    (x, low, high) => scalar.select(scalar.greaterEqual(x, low!), scalar.select(scalar.lessEqual(x, high!), 1, 0), 0),
    (x, low, high) => scalar.select(scalar.less(x, low!), scalar.less(low!, high!), 0),
    (x, low, high) => scalar.select(scalar.greater(scalar.max(x, low!), high!), 1, 0),
  ],
  domains: [[-2, 2], [-1.9, -1.8], [1.8, 1.9]],
});
const wherePrimitive = /* @__PURE__ */ arithmetic("where", (test, a, b) => scalar.select(test, a, b), {
  domains: [[0.5, 2]],
});

/** The primitives of this file, for the generic checks. */
export const choicePrimitives = [
  maximumPrimitive,
  minimumPrimitive,
  absPrimitive,
  signPrimitive,
  clampPrimitive,
  wherePrimitive,
];

/**
 * Returns the larger of two elements, element by element; NaN where either is. At a tie each gets half of the gradient.
 *
 * @example
 * ```ts
 * import { maximum, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(maximum(tensor64([1, 5]), tensor64([4, 2]))), [4, 5]);
 * ```
 *
 * @throws {ShapeError} If the shapes do not broadcast.
 */
export function maximum<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns the larger of two elements, where the first operand may be a number. */
export function maximum<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function maximum<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(maximumPrimitive, [a, b]);
}

/**
 * Returns the smaller of two elements, element by element; NaN where either is. At a tie each gets half of the
 * gradient.
 *
 * @example
 * ```ts
 * import { minimum, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(minimum(tensor64([1, 5]), tensor64([4, 2]))), [1, 2]);
 * ```
 *
 * @throws {ShapeError} If the shapes do not broadcast.
 */
export function minimum<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns the smaller of two elements, where the first operand may be a number. */
export function minimum<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function minimum<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(minimumPrimitive, [a, b]);
}

/**
 * Returns the absolute value of every element; the slope at 0 is 0.
 *
 * @example
 * ```ts
 * import { abs, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(abs(tensor64([-2, 0, 3]))), [2, 0, 3]);
 * ```
 */
export function abs<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(absPrimitive, [x]);
}

/**
 * Returns -1, 0 or 1 for every element; the slope is 0 everywhere.
 *
 * @example
 * ```ts
 * import { sign, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(sign(tensor64([-2, 0, 3]))), [-1, 0, 1]);
 * ```
 */
export function sign<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(signPrimitive, [x]);
}

/**
 * Moves every element into `[min, max]`: `minimum(maximum(x, min), max)`, so if `min` exceeds `max` the result is
 * `max`, as in PyTorch. The gradient passes inside and at the bounds.
 *
 * @example
 * ```ts
 * import { clamp, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(clamp(tensor64([-3, 0.5, 9]), -1, 1)), [-1, 0.5, 1]);
 * ```
 *
 * @param x Any shape.
 * @param min The lowest values, -Infinity for none: a number, or a shape that broadcasts with `x`'s.
 * @param max The highest values, Infinity for none: a number, or a shape that broadcasts with `x`'s. A bound that is a
 * tensor gets the gradient where the result is the bound.
 * @returns The broadcast shape.
 * @throws {RangeError} If a bound is the number NaN.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function clamp<D extends DType>(
  x: Tensor<D>,
  min: TensorLike<NoInfer<D>>,
  max: TensorLike<NoInfer<D>>,
): Tensor<D> {
  if (Number.isNaN(min) || Number.isNaN(max)) {
    throw new RangeError(
      `Cannot clamp with ${Number.isNaN(min) ? "min" : "max"} NaN: bounds must be numbers that can be compared; ` +
        "-Infinity and Infinity leave a side open",
    );
  }
  return applyElementwise(clampPrimitive, [x, min, max]);
}

/**
 * Chooses element by element: `a` where `condition` is not 0, `b` elsewhere. An element that is not chosen does not
 * influence the value, not even if it is NaN, and gets the gradient 0.
 *
 * That 0 is passed on to the operands of `a` and `b`. Where a derivative is infinite there, 0 times infinity is NaN:
 * the gradient of `where(greater(x, 0), log(x), 0)` at 0 is 0 / 0. The second example shows the remedy: another `where`
 * before the operation, so that it never sees values that it cannot differentiate. JAX and PyTorch need it too.
 *
 * @param condition A tensor of numbers, 0 for false, such as comparisons return.
 * @param a A shape that broadcasts with the others', or a number.
 * @param b A shape that broadcasts with the others', or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { greater, tensor64, toList, where } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64([-2, 3]);
 * assertEquals(toList(where(greater(x, 0), x, 0)), [0, 3]);
 * ```
 *
 * @example The double `where`: 1 replaces the operands that `log` cannot take
 * ```ts
 * import { gradient, greater, log, sum, type Tensor, tensor64, toList, where } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const safeLog = (x: Tensor<"float64">) => {
 *   const positive = greater(x, 0);
 *   return where(positive, log(where(positive, x, 1)), 0);
 * };
 * assertEquals(toList(gradient((x: Tensor<"float64">) => sum(safeLog(x)))(tensor64([0, 2]))), [0, 0.5]);
 * ```
 */
export function where<D extends DType>(
  condition: Tensor<D>,
  a: TensorLike<NoInfer<D>>,
  b: TensorLike<NoInfer<D>>,
): Tensor<D> {
  return applyElementwise(wherePrimitive, [condition, a, b]);
}
