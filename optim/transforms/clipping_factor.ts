/**
 * Computes the factor for clipping gradients without reading them.
 *
 * @module
 */
import {
  abs,
  add,
  argument,
  div,
  greater,
  less,
  max,
  min,
  mul,
  type Scalar,
  select,
  sqrt,
} from "../../blas/scalar/scalar.ts";
import { computeNumber } from "../step_number.ts";
import * as ops from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { zeros } from "../../autograd/values/constructors.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";

type Number64 = Tensor<"float64">;

/** A norm below this is negligible compared with the 1e-6 that is added to it. Numbers near it have no reciprocals. */
const NEGLIGIBLE = 1e-30;

// Numbers are divided by the largest before they are squared, so that no square overflows or underflows; by 1 if the
// largest is 0, infinite or NaN, so that the result shows this.
const squareOf = (x: Scalar): Scalar => mul(x, x);
const divisor: Scalar = /* @__PURE__ */ (() =>
  select(
    greater(argument(0), NEGLIGIBLE),
    select(less(argument(0), Infinity), argument(0), 1),
    1,
  ))();
const largerMagnitude = /* @__PURE__ */ (() => max(argument(0), abs(argument(1))))();
const squareAdded = /* @__PURE__ */ (() => add(argument(0), squareOf(div(argument(1), argument(2)))))();
const rescaled = /* @__PURE__ */ (() => mul(argument(1), sqrt(argument(0))))();
const squaredShare = /* @__PURE__ */ deferredElementwise((g, unit) => squareOf(div(g, unit)));

/** The factor as an expression of maxNorm and the norm. */
const factor = /* @__PURE__ */ (() => min(1, div(argument(0), add(argument(1), 1e-6))))();

/** Returns the factor that keeps the common Euclidean norm of tensors within a limit: 0-d, at most 1. */
export function clippingFactor(maxNorm: number, tensors: readonly Tensor[]): Number64 {
  return computeNumber(factor, maxNorm, globalNorm(tensors));
}

/** Returns the Euclidean norm of all tensors together. */
function globalNorm(tensors: readonly Tensor[]): Number64 {
  const norms = tensors.map(normOf);
  const none = zeros([], { dtype: "float64" });
  const unit = computeNumber(
    divisor,
    norms.reduce((largest, norm) => computeNumber(largerMagnitude, largest, norm), none),
  );
  return computeNumber(rescaled, norms.reduce((sum, norm) => computeNumber(squareAdded, sum, norm, unit), none), unit);
}

/** Returns the Euclidean norm of a tensor, computed such that no square overflows; 0 if it has no elements. */
export function normOf(t: Tensor): Number64 {
  const unit = computeNumber(divisor, ops.cast(ops.max(ops.abs(t)), "float64"));
  const sum = ops.sum(materialize(squaredShare(t, deferredNumber(unit)), t));
  return computeNumber(rescaled, ops.cast(sum, "float64"), unit);
}
