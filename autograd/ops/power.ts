/**
 * Powers and roots.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import {
  abs,
  div,
  equal,
  greater,
  less,
  mul,
  pow as power,
  select,
  sqrt as root,
  sub,
} from "../../blas/scalar/scalar.ts";
import { derivative } from "../../blas/scalar/derivative.ts";
import { applyElementwise, arithmetic, elementwise } from "../elementwise.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/**
 * If `x^(exponent - 1)` is infinite and the power itself is not, the slope is `exponent * x^exponent / x`; elsewhere
 * that form would underflow first. `x^0` is 1 everywhere, so its slope is 0.
 */
const powPrimitive = /* @__PURE__ */ elementwise("pow", (x, exponent) => power(x, exponent), {
  derivatives: [
    (x, exponent) => {
      const grows = mul(less(exponent!, 1), mul(greater(abs(x!), 0), less(abs(x!), 1)));
      const divided = mul(exponent!, div(power(x!, exponent!), x!)), plain = power(x!, sub(exponent!, 1));
      return select(equal(exponent!, 0), 0, select(grows, divided, mul(exponent!, plain)));
    },
    (x, exponent) => derivative(power(x!, exponent!), 1),
  ],
  domains: [[0.3, 2], [-2, 2]],
});
const squarePrimitive = /* @__PURE__ */ arithmetic("square", (x) => mul(x, x));
const sqrtPrimitive = /* @__PURE__ */ arithmetic("sqrt", (x) => root(x), { domains: [[0.1, 4]] });
const safeSqrtPrimitive = /* @__PURE__ */ arithmetic("safeSqrt", (x) => root(x), {
  derivatives: [(x) => select(equal(x!, 0), 0, div(0.5, root(x!)))],
  domains: [[0.1, 4]],
});
const rsqrtPrimitive = /* @__PURE__ */ arithmetic("rsqrt", (x) => div(1, root(x)), { domains: [[0.1, 4]] });
const reciprocalPrimitive = /* @__PURE__ */ arithmetic("reciprocal", (x) => div(1, x), { domains: [[0.3, 2]] });

/** The primitives of this file, for the generic checks. */
export const powerPrimitives = [
  powPrimitive,
  squarePrimitive,
  sqrtPrimitive,
  safeSqrtPrimitive,
  rsqrtPrimitive,
  reciprocalPrimitive,
];

/**
 * Raises `x` to the power `exponent`, element by element. A negative `x` needs whole exponents; `pow(x, 0)` is 1 with
 * slope 0.
 *
 * @example
 * ```ts
 * import { pow, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(pow(tensor64([2, 3]), 2)), [4, 9]);
 * ```
 *
 * @param x Any shape, or a number.
 * @param exponent A shape that broadcasts with `x`'s, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function pow<D extends DType>(x: Tensor<D>, exponent: TensorLike<NoInfer<D>>): Tensor<D>;
/** Raises to a power where the base may be a number. */
export function pow<D extends DType = "float32">(x: TensorLike<NoInfer<D>>, exponent: TensorLike<D>): Tensor<D>;
export function pow<D extends DType>(x: TensorLike<D>, exponent: TensorLike<D>): Tensor<D> {
  return applyElementwise(powPrimitive, [x, exponent]);
}

/**
 * Computes `x * x`, element by element.
 *
 * @example
 * ```ts
 * import { square, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(square(tensor64([-2, 3]))), [4, 9]);
 * ```
 */
export function square<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(squarePrimitive, [x]);
}

/**
 * Computes the square root of every element; NaN below 0, infinite slope at 0.
 *
 * @example
 * ```ts
 * import { sqrt, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(sqrt(tensor64([4, 9]))), [2, 3]);
 * ```
 */
export function sqrt<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(sqrtPrimitive, [x]);
}

/**
 * Computes {@link sqrt} with slope 0 at 0, for norms and deviations: 0 is one of their subgradients there, and never
 * NaN.
 */
export function safeSqrt<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(safeSqrtPrimitive, [x]);
}

/**
 * Computes `1 / sqrt(x)`, element by element.
 *
 * @example
 * ```ts
 * import { rsqrt, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(rsqrt(tensor64([4, 16]))), [0.5, 0.25]);
 * ```
 */
export function rsqrt<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(rsqrtPrimitive, [x]);
}

/**
 * Computes `1 / x`, element by element.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(reciprocal(tensor64([2, -4]))), [0.5, -0.25]);
 * ```
 */
export function reciprocal<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(reciprocalPrimitive, [x]);
}
