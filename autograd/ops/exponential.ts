/**
 * Exponentials, logarithms and other functions of one number from analysis.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as scalar from "../../blas/scalar.ts";
import { applyElementwise, elementwise } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";

const expPrimitive = elementwise("exp", (x) => scalar.exp(x));
const expm1Primitive = elementwise("expm1", (x) => scalar.expm1(x));
const logPrimitive = elementwise("log", (x) => scalar.log(x), { domains: [[0.2, 4]] });
const log1pPrimitive = elementwise("log1p", (x) => scalar.log1p(x), { domains: [[-0.5, 3]] });
const sinPrimitive = elementwise("sin", (x) => scalar.sin(x));
const cosPrimitive = elementwise("cos", (x) => scalar.cos(x));
const erfPrimitive = elementwise("erf", (x) => scalar.erf(x));

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

/** e to the power of every element. */
export function exp<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(expPrimitive, [x]);
}

/** `exp(x) - 1` of every element, exact where `x` is small. */
export function expm1<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(expm1Primitive, [x]);
}

/** The natural logarithm of every element; -Infinity at 0, NaN below. */
export function log<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(logPrimitive, [x]);
}

/** `log(1 + x)` of every element, exact where `x` is small. */
export function log1p<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(log1pPrimitive, [x]);
}

/** The sine of every element, which is in radians. */
export function sin<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(sinPrimitive, [x]);
}

/** The cosine of every element, which is in radians. */
export function cos<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(cosPrimitive, [x]);
}

/** The error function, `2 / sqrt(pi)` times the integral of `exp(-t * t)` from 0 to `x`, of every element. */
export function erf<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(erfPrimitive, [x]);
}
