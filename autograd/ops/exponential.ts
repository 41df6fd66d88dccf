/**
 * Exponentials, logarithms and other functions of one number.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { applyElementwise, elementwise, errorFunction, exponential } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";
import { bell } from "./error_functions.ts";

const expPrimitive = /* @__PURE__ */ exponential("exp", (x) => scalar.exp(x));
// The derivative is not computed as the value plus 1, which loses all digits far to the left.
const expm1Primitive = /* @__PURE__ */ exponential("expm1", (x) => scalar.expm1(x), {
  derivatives: [(x) => scalar.exp(x!)],
});
const logPrimitive = /* @__PURE__ */ exponential("log", (x) => scalar.log(x), { domains: [[0.2, 4]] });
const log1pPrimitive = /* @__PURE__ */ exponential("log1p", (x) => scalar.log1p(x), { domains: [[-0.5, 3]] });
const sinPrimitive = /* @__PURE__ */ elementwise("sin", (x) => scalar.sin(x));
const cosPrimitive = /* @__PURE__ */ elementwise("cos", (x) => scalar.cos(x));
const erfPrimitive = /* @__PURE__ */ errorFunction("erf", (x) => scalar.erf(x), {
  derivatives: [(x) => scalar.mul(2 / Math.sqrt(Math.PI), bell(x!))],
});

/** The primitives of this file, for the generic checks. */
export const exponentialPrimitives = [
  expPrimitive,
  expm1Primitive,
  logPrimitive,
  log1pPrimitive,
  sinPrimitive,
  cosPrimitive,
  erfPrimitive,
];

/**
 * Computes e to the power of every element.
 *
 * @example
 * ```ts
 * import { exp, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(exp(tensor64([0, -Infinity]))), [1, 0]);
 * ```
 */
export function exp<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(expPrimitive, [x]);
}

/**
 * Computes `exp(x) - 1` for every element, exact where `x` is small.
 *
 * @example
 * ```ts
 * import { expm1, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(expm1(tensor64(1e-12))), 1e-12, 1e-23);
 * ```
 */
export function expm1<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(expm1Primitive, [x]);
}

/**
 * Computes the natural logarithm of every element; -Infinity at 0, NaN below.
 *
 * @example
 * ```ts
 * import { log, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(log(tensor64([1, 0]))), [0, -Infinity]);
 * ```
 */
export function log<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(logPrimitive, [x]);
}

/**
 * Computes `log(1 + x)` for every element, exact where `x` is small.
 *
 * @example
 * ```ts
 * import { log1p, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(log1p(tensor64(1e-12))), 1e-12, 1e-23);
 * ```
 */
export function log1p<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(log1pPrimitive, [x]);
}

/**
 * Computes the sine of every element, in radians.
 *
 * @example
 * ```ts
 * import { sin, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(sin(tensor64(Math.PI / 6))), 0.5);
 * ```
 */
export function sin<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(sinPrimitive, [x]);
}

/**
 * Computes the cosine of every element, in radians.
 *
 * @example
 * ```ts
 * import { cos, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(cos(tensor64(Math.PI / 3))), 0.5);
 * ```
 */
export function cos<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(cosPrimitive, [x]);
}

/**
 * Computes the error function, `2 / sqrt(pi)` times the integral of `exp(-t * t)` from 0 to `x`, for every element.
 *
 * @example
 * ```ts
 * import { erf, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(erf(tensor64(1))), 0.8427007929497149);
 * ```
 */
export function erf<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(erfPrimitive, [x]);
}
