/**
 * Remainders of divisions.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { applyElementwise, elementwise } from "../elementwise.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

const remainderPrimitive = /* @__PURE__ */ elementwise("remainder", (a, b) => scalar.remainder(a, b), {
  domains: [[4.2, 4.8], [1.9, 2.05]],
});
const modPrimitive = /* @__PURE__ */ elementwise("mod", (a, b) => scalar.remainder(a, b), {
  domains: [[4.2, 4.8], [1.9, 2.05]],
});

/** The primitives of this file, for the generic checks. */
export const remainderPrimitives = [remainderPrimitive, modPrimitive];

/**
 * Returns the remainder of `a / b`, element by element, with the sign of `b`: `a - floor(a / b) * b`, computed without
 * rounding the quotient. It is PyTorch's and NumPy's `remainder`, and Python's `%`; JavaScript's `%` has the sign of `a`.
 *
 * The slope with respect to `a` is 1, that with respect to `b` is `-floor(a / b)`. The remainder is NaN where `b` is 0 or `a` infinite.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { remainder, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(remainder(tensor64([-7, 7]), 3)), [2, 1]);
 * assertEquals(toList(remainder(tensor64([-7, 7]), -3)), [-1, -2]);
 * ```
 */
export function remainder<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns the remainder of `a / b`, where the first operand may be a number. */
export function remainder<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function remainder<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(remainderPrimitive, [a, b]);
}

/**
 * Returns the remainder of `a / b` with the sign of `b`: {@link remainder} under the name that NumPy also has for it.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { mod, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(mod(tensor64([-1, 5, 12]), 12)), [11, 5, 0]);
 * ```
 */
export function mod<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns the remainder of `a / b`, where the first operand may be a number. */
export function mod<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function mod<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(modPrimitive, [a, b]);
}
