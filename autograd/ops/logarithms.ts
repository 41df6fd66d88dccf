/**
 * Logarithms and powers to other bases, and sums of numbers that are given by their logarithms.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import {
  abs,
  add,
  div,
  equal,
  exp,
  exp2 as power,
  less,
  log,
  log1p,
  max,
  neg,
  type Scalar,
  select,
  sigmoid,
  sub,
} from "../../blas/scalar/scalar.ts";
import { applyElementwise, exponential } from "../elementwise.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** `a - b`, and 0 where both are the same infinity. */
const difference = (a: Scalar, b: Scalar): Scalar =>
  select(less(abs(a), Infinity), sub(a, b), select(equal(a, b), 0, sub(a, b)));

const log2Primitive = /* @__PURE__ */ exponential("log2", (x) => div(log(x), Math.LN2), {
  derivatives: [(x) => div(Math.LOG2E, x!)],
  domains: [[0.2, 4]],
});
const log10Primitive = /* @__PURE__ */ exponential("log10", (x) => div(log(x), Math.LN10), {
  derivatives: [(x) => div(Math.LOG10E, x!)],
  domains: [[0.2, 4]],
});
const exp2Primitive = /* @__PURE__ */ exponential("exp2", (x) => power(x));
const logAddExpPrimitive = /* @__PURE__ */ exponential(
  "logAddExp",
  (a, b) => add(max(a, b), log1p(exp(neg(abs(difference(a, b)))))),
  { derivatives: [(a, b) => sigmoid(difference(a!, b!)), (a, b) => sigmoid(difference(b!, a!))] },
);

/** The primitives of this file, for the generic checks. */
export const logarithmPrimitives = [log2Primitive, log10Primitive, exp2Primitive, logAddExpPrimitive];

/**
 * Computes the logarithm to base 2 of every element; -Infinity at 0, NaN below.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { log2, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(log2(tensor64([0.5, 1, 8]))), [-1, 0, 3]);
 * ```
 */
export function log2<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(log2Primitive, [x]);
}

/**
 * Computes the logarithm to base 10 of every element; -Infinity at 0, NaN below.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { log10, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(log10(tensor64([0, 1, 100]))), [-Infinity, 0, 2]);
 * ```
 */
export function log10<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(log10Primitive, [x]);
}

/**
 * Computes 2 to the power of every element.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { exp2, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(exp2(tensor64([-1, 0, 10]))), [0.5, 1, 1024]);
 * ```
 */
export function exp2<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(exp2Primitive, [x]);
}

/**
 * Computes `log(exp(a) + exp(b))`, element by element, without overflow.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { logAddExp, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(logAddExp(tensor64([0, 1000, -Infinity]), tensor64([0, 0, -Infinity]))), [Math.LN2, 1000, -Infinity]);
 * ```
 */
export function logAddExp<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Computes `log(exp(a) + exp(b))`, where the first operand may be a number. */
export function logAddExp<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function logAddExp<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(logAddExpPrimitive, [a, b]);
}
