/**
 * Logical operations on 0 and 1; any number but 0 counts as 1.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { compare } from "./comparison.ts";

/** 1 or 0 in place of any number; NaN is not 0. */
const truth = (x: scalar.Scalar, whenTrue: scalar.ScalarLike, whenFalse: scalar.ScalarLike): scalar.Scalar =>
  scalar.select(x, whenTrue, whenFalse);

const logicalAndPrimitive = /* @__PURE__ */ arithmetic("logicalAnd", (a, b) => truth(a, truth(b, 1, 0), 0));
const logicalOrPrimitive = /* @__PURE__ */ arithmetic("logicalOr", (a, b) => truth(a, 1, truth(b, 1, 0)));
const logicalXorPrimitive = /* @__PURE__ */ arithmetic(
  "logicalXor",
  (a, b) => truth(a, truth(b, 0, 1), truth(b, 1, 0)),
);
const logicalNotPrimitive = /* @__PURE__ */ arithmetic("logicalNot", (x) => truth(x, 0, 1));

/** The primitives of this file, for the generic checks. */
export const logicPrimitives = [
  logicalAndPrimitive,
  logicalOrPrimitive,
  logicalXorPrimitive,
  logicalNotPrimitive,
];

/**
 * Returns 1 where neither `a` nor `b` is 0, and 0 elsewhere, element by element. The result is not tracked: no gradient flows through it.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { logicalAnd, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(logicalAnd(tensor64([0, 0, 1, 2]), tensor64([0, 1, 0, 3]))), [0, 0, 0, 1]);
 * ```
 */
export function logicalAnd<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where neither is 0, where the first operand may be a number. */
export function logicalAnd<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function logicalAnd<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(logicalAndPrimitive, a, b);
}

/**
 * Returns 1 where `a` or `b`, or both, are not 0, and 0 elsewhere, element by element. The result is not tracked: no gradient flows through it.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { logicalOr, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(logicalOr(tensor64([0, 0, 1, 2]), tensor64([0, 1, 0, 3]))), [0, 1, 1, 1]);
 * ```
 */
export function logicalOr<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where one of them is not 0, where the first operand may be a number. */
export function logicalOr<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function logicalOr<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(logicalOrPrimitive, a, b);
}

/**
 * Returns 1 where exactly one of `a` and `b` is 0, and 0 elsewhere, element by element. The result is not tracked: no gradient flows through it.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { logicalXor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(logicalXor(tensor64([0, 0, 1, 2]), tensor64([0, 1, 0, 3]))), [0, 1, 1, 0]);
 * ```
 */
export function logicalXor<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Returns 1 where exactly one is 0, where the first operand may be a number. */
export function logicalXor<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function logicalXor<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return compare(logicalXorPrimitive, a, b);
}

/**
 * Returns 1 where an element is 0, and 0 elsewhere. The result is not tracked: no gradient flows through it.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { logicalNot, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(logicalNot(tensor64([0, 1, -2]))), [1, 0, 0]);
 * ```
 */
export function logicalNot<D extends DType>(x: Tensor<D>): Tensor<D> {
  checkOperands("logicalNot", [x]);
  return applyElementwise(logicalNotPrimitive, [stopGradient(x)]);
}
