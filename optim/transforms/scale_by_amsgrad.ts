/**
 * AMSGrad's scaling.
 *
 * @module
 */
import type { Complete } from "../../blas/options.ts";
import { max } from "../../blas/scalar/scalar.ts";
import { computeNumber } from "../step_number.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import { meanSquareFor } from "./flush.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { direction, firstCorrection, firstMoment, type ScaleByAdamOptions, secondCorrection } from "./scale_by_adam.ts";
import type { Transform } from "./transform.ts";

/** The memory of {@link scaleByAmsgrad}. */
export type AmsgradMemory = Memory<"firstMoment" | "secondMoment" | "largestMoment">;

const larger = /* @__PURE__ */ deferredElementwise((a, b) => max(a, b));

/**
 * Divides the mean of the gradients by the root of the largest mean of their squares so far.
 *
 * @param settings Those of Adam, checked.
 */
export function scaleByAmsgrad({ beta1, beta2, epsilon }: Complete<ScaleByAdamOptions>): Transform<AmsgradMemory> {
  const secondMoment = meanSquareFor(epsilon);
  const [kept1, rest1, kept2, rest2, added] = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon].map(deferredNumber);
  return leafwise<"firstMoment" | "secondMoment" | "largestMoment">({
    name: "scaleByAmsgrad",
    config: { beta1, beta2, epsilon },
    slots: ["firstMoment", "secondMoment", "largestMoment"],
    begin: ({ step }) => {
      const first = deferredNumber(computeNumber(firstCorrection, beta1, step));
      const second = deferredNumber(computeNumber(secondCorrection, beta2, step));
      return (gradient, [m, v, most], parameter) => {
        const mean = materialize(firstMoment(m!, gradient, kept1!, rest1!), parameter);
        const square = materialize(secondMoment(v!, gradient, kept2!, rest2!), parameter);
        const largest = materialize(larger(most!, square), parameter);
        return [direction(mean, largest, first, second, added!), [mean, square, largest]];
      };
    },
  });
}
