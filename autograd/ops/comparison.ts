/**
 * Comparisons, which return 1 and 0.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic, type Elementwise } from "../elementwise.ts";
import { stopGradient } from "../stop_gradient.ts";
import { isTensor, type Tensor, type TensorLike } from "../tensor.ts";

const greaterPrimitive = /* @__PURE__ */ arithmetic("greater", (a, b) => scalar.greater(a, b));
const lessPrimitive = /* @__PURE__ */ arithmetic("less", (a, b) => scalar.less(a, b));
const equalPrimitive = /* @__PURE__ */ arithmetic("equal", (a, b) => scalar.equal(a, b));
const greaterEqualPrimitive = /* @__PURE__ */ arithmetic("greaterEqual", (a, b) => scalar.greaterEqual(a, b));
const lessEqualPrimitive = /* @__PURE__ */ arithmetic("lessEqual", (a, b) => scalar.lessEqual(a, b));
const notEqualPrimitive = /* @__PURE__ */ arithmetic("notEqual", (a, b) => scalar.select(scalar.equal(a, b), 0, 1));

/** The primitives of this file, for the generic checks. */
export const comparisonPrimitives = [
  greaterPrimitive,
  lessPrimitive,
  equalPrimitive,
  greaterEqualPrimitive,
  lessEqualPrimitive,
  notEqualPrimitive,
];

/**
 * Returns 1 where `a > b` and 0 elsewhere, element by element. The result is not tracked: no gradient flows through it.
 *
 * @example
 * ```ts
 * import { greater, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(greater(tensor64([1, 2, 3]), 2)), [0, 0, 1]);
 * ```
 *
 * @throws {ShapeError} If the shapes do not broadcast.
 */
export function greater<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where `a > b`, where the first operand may be a number. */
export function greater<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function greater<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(greaterPrimitive, a, b);
}

/**
 * Returns 1 where `a < b` and 0 elsewhere, element by element. The result is not tracked: no gradient flows through it.
 *
 * @example
 * ```ts
 * import { less, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(less(tensor64([1, 2, 3]), 2)), [1, 0, 0]);
 * ```
 *
 * @throws {ShapeError} If the shapes do not broadcast.
 */
export function less<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where `a < b`, where the first operand may be a number. */
export function less<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function less<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(lessPrimitive, a, b);
}

/**
 * Returns 1 where `a` equals `b` and 0 elsewhere, element by element. The result is not tracked: no gradient flows
 * through it.
 *
 * @example
 * ```ts
 * import { equal, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(equal(tensor64([1, 2, 3]), 2)), [0, 1, 0]);
 * ```
 *
 * @throws {ShapeError} If the shapes do not broadcast.
 */
export function equal<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where `a` equals `b`, where the first operand may be a number. */
export function equal<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function equal<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(equalPrimitive, a, b);
}

/**
 * Returns 1 where `a >= b` and 0 elsewhere, element by element; 0 beside NaN. The result is not tracked: no gradient flows through it.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { greaterEqual, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(greaterEqual(tensor64([1, 2, 3]), 2)), [0, 1, 1]);
 * ```
 */
export function greaterEqual<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where `a >= b`, where the first operand may be a number. */
export function greaterEqual<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function greaterEqual<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(greaterEqualPrimitive, a, b);
}

/**
 * Returns 1 where `a <= b` and 0 elsewhere, element by element; 0 beside NaN. The result is not tracked: no gradient flows through it.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { lessEqual, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(lessEqual(tensor64([1, 2, 3]), 2)), [1, 1, 0]);
 * ```
 */
export function lessEqual<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where `a <= b`, where the first operand may be a number. */
export function lessEqual<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function lessEqual<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(lessEqualPrimitive, a, b);
}

/**
 * Returns 1 where `a` and `b` differ and 0 elsewhere, element by element; NaN differs from everything. The result is not tracked: no gradient flows through it.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { notEqual, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(notEqual(tensor64([1, 2, NaN]), tensor64([1, 3, NaN]))), [0, 1, 1]);
 * ```
 */
export function notEqual<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where they differ, where the first operand may be a number. */
export function notEqual<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function notEqual<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(notEqualPrimitive, a, b);
}

/** Compares operands without their history: the result is locally constant and needs no derivative. */
export function compare<D extends DType>(primitive: Elementwise, a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise<D>(primitive, [a, b].map((operand) => isTensor(operand) ? stopGradient(operand) : operand));
}
