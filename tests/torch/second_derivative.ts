/**
 * Checking second derivatives against central differences of first ones.
 *
 * @module
 */
import { assertLessOrEqual } from "@std/assert";
import { add, gradient, key, mul, randomNormal, scale, sum, type Tensor, toNumber } from "../../mod.ts";

type Tensors = readonly Tensor[];

/** Large enough for a difference above rounding errors, small enough for it to be the derivative. */
const STEP = 1e-6;

const inner = (a: Tensors, b: Tensors): Tensor => a.map((t, k) => sum(mul(t, b[k]!))).reduce((x, y) => add(x, y));

/**
 * Compares, in float64 and along random directions `v` and `d`, the derivative of `<gradient(f), v>` with central
 * differences: `<d, gradient(<gradient(f), v>)>` must equal `<gradient(f)(x + h d) - gradient(f)(x - h d), v> / 2h`.
 *
 * @param f A function of tensors to a tensor of any shape; it is differentiated for a random cotangent.
 * @param inputs Where to check, in float64.
 */
export function checkSecondDerivative(f: (...inputs: Tensor[]) => Tensor, inputs: Tensors): void {
  const like = (t: Tensor, seed: number): Tensor => randomNormal(key(seed), t.shape, { dtype: "float64" });
  const cotangent = like(f(...inputs), 0);
  const along = inputs.map((t, k) => like(t, 2 * k + 1)), directions = inputs.map((t, k) => like(t, 2 * k + 2));
  const slope = gradient((xs: Tensors) => inner([f(...xs)], [cotangent]));
  const slopeAlong = (xs: Tensors): Tensor => inner(slope(xs), along);

  const analytic = toNumber(inner(gradient(slopeAlong)(inputs), directions));
  const at = (h: number): number => toNumber(slopeAlong(inputs.map((t, k) => add(t, scale(directions[k]!, h)))));
  const numeric = (at(STEP) - at(-STEP)) / (2 * STEP);
  const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(analytic), Math.abs(numeric));
  // NaN is not less or equal either.
  assertLessOrEqual(error, 1e-5, `second derivative ${analytic}, where central differences give ${numeric}`);
}
