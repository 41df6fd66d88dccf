/**
 * Student's t distribution.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, div, mul, neg, sub } from "../ops/arithmetic.ts";
import { log, log1p } from "../ops/exponential.ts";
import { logBeta } from "../ops/log_beta.ts";
import { constant } from "../values/constructors.ts";
import { square } from "../ops/power.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { parametersOf } from "./parameters.ts";

/**
 * Computes the log density of Student's t distribution.
 *
 * @typeParam D The dtype.
 * @param x Any shape that broadcasts with the parameters.
 * @param degrees The degrees of freedom, above 0.
 * @param mean The location.
 * @param scale The scale, above 0.
 * @returns The logarithm of the density at each `x`, of the shape that all arguments broadcast to.
 * @throws {RangeError} If a number among the parameters is not finite, or `degrees` or `scale` not above 0; tensors are not checked.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { studentTLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(studentTLogProb(tensor64(0), 1, 0, 1)), -Math.log(Math.PI), 1e-9);
 * ```
 */
export function studentTLogProb<D extends DType = "float32">(
  x: Tensor<D>,
  degrees: TensorLike<D>,
  mean: TensorLike<D>,
  scale: TensorLike<D>,
): Tensor<D> {
  const { x: t, degrees: n, mean: m, scale: s } = parametersOf("studentTLogProb", { x, degrees, mean, scale }, [
    "degrees",
    "scale",
  ]);
  const scaled = square(div(sub(t, m), s)), half = mul(add(n, 1), 0.5);
  // log(gamma((n + 1) / 2) / gamma(n / 2)) is log(gamma(1 / 2)) - logBeta(1 / 2, n / 2).
  const factor = add(add(logBeta(mul(n, 0.5), constant<D>(0.5, { dtype: n.dtype })), mul(log(n), 0.5)), log(s));
  return neg(add(factor, mul(half, log1p(div(scaled, n)))));
}
