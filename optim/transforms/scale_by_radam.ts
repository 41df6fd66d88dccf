/**
 * RAdam's scaling.
 *
 * @module
 */
import type { Complete } from "../../blas/options.ts";
import { add, argument, div, greater, mul, pow, type Scalar, select, sqrt, sub } from "../../blas/scalar/scalar.ts";
import { computeNumber } from "../step_number.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import { meanSquareFor } from "./flush.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { firstCorrection, firstMoment, type ScaleByAdamOptions } from "./scale_by_adam.ts";
import type { Transform } from "./transform.ts";

/** The effective number of gradients in a mean of squares above which the variance of its root is known. */
const LEAST_LENGTH = 5;

// Expressions of beta2 and the number of steps before; the names are those of the paper.
const steps = /* @__PURE__ */ (() => add(argument(1), 1))();
const power = /* @__PURE__ */ (() => pow(argument(0), steps))();
const rhoInfinity = /* @__PURE__ */ (() => sub(div(2, sub(1, argument(0))), 1))();
const rho = /* @__PURE__ */ (() => sub(rhoInfinity, div(mul(mul(2, steps), power), sub(1, power))))();

/** The rectification times the correction of the root: 0 as long as the variance is not known. */
const rectification: Scalar = /* @__PURE__ */ (() =>
  select(
    greater(rho, LEAST_LENGTH),
    mul(
      sqrt(sub(1, power)),
      sqrt(div(
        mul(mul(sub(rho, 4), sub(rho, 2)), rhoInfinity),
        mul(mul(sub(rhoInfinity, 4), sub(rhoInfinity, 2)), rho),
      )),
    ),
    0,
  ))();

const rectified = /* @__PURE__ */ deferredElementwise((m, v, first, factor, epsilon) =>
  mul(mul(first, m), select(greater(factor, 0), div(factor, add(sqrt(v), epsilon)), 1))
);

/**
 * Divides the mean of the gradients by the root of the mean of their squares, corrected for its variance, once enough
 * gradients are in it for a finite variance; before that, passes on the mean.
 *
 * @param settings Those of Adam, checked.
 */
export function scaleByRadam(
  { beta1, beta2, epsilon }: Complete<ScaleByAdamOptions>,
): Transform<Memory<"firstMoment" | "secondMoment">> {
  const secondMoment = meanSquareFor(epsilon);
  const [kept1, rest1, kept2, rest2, added] = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon].map(deferredNumber);
  return leafwise<"firstMoment" | "secondMoment">({
    name: "scaleByRadam",
    config: { beta1, beta2, epsilon },
    slots: ["firstMoment", "secondMoment"],
    begin: ({ step }) => {
      const first = deferredNumber(computeNumber(firstCorrection, beta1, step));
      const factor = deferredNumber(computeNumber(rectification, beta2, step));
      return (gradient, [m, v], parameter) => {
        const mean = materialize(firstMoment(m!, gradient, kept1!, rest1!), parameter);
        const square = materialize(secondMoment(v!, gradient, kept2!, rest2!), parameter);
        return [rectified(mean, square, first, factor, added!), [mean, square]];
      };
    },
  });
}
