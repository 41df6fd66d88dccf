/**
 * Scaling by a number or a schedule.
 *
 * @module
 */
import { isCallable } from "../../blas/describe.ts";
import { checkSetting } from "../check_setting.ts";
import { mul } from "../../blas/scalar/scalar.ts";
import { callOnNumbers } from "../../autograd/callback.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { deferredElementwise, deferredNumber } from "./deferred.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { Transform } from "./transform.ts";

const scaled = /* @__PURE__ */ deferredElementwise((g, factor) => mul(factor, g));

/**
 * Multiplies gradients by a number, or by the value of a schedule at the step. After an optimizer's scaling, inside
 * `masked`, it changes the rate of the chosen parameters.
 *
 * @throws {RangeError} If the factor is NaN or infinite, now or at a step.
 *
 * @example Pretrained parameters learn at a tenth of the rate
 * ```ts
 * import { chain, descend, masked, scaleBy, scaleByAdam, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const isPretrained = (path: string) => path.startsWith("body");
 * const optimizer = chain(scaleByAdam(), masked(isPretrained, scaleBy(0.1)), descend({ learningRate: 1 }));
 * const start = optimizer.init({ body: tensor64(0), head: tensor64(0) });
 * const { params } = optimizer.step(start, { body: tensor64(5), head: tensor64(5) });
 * assertAlmostEquals(toNumber(params.body), -0.1, 1e-8);
 * assertAlmostEquals(toNumber(params.head), -1, 1e-8);
 * ```
 */
export function scaleBy(factor: number | Schedule): Transform<Memory<never>> {
  const checked = (value: number, name: string): number => {
    checkSetting("scaleBy", name, value, () => true, "a finite number");
    return value;
  };
  const constant = isCallable(factor) ? undefined : checked(factor, "factor");
  // It is not a constant, so it is a schedule.
  const at = (step: number): number => constant ?? checked((factor as Schedule)(step), `factor(${step})`);
  const ifTaken = (step: number, taken: number): number => taken === 0 ? NaN : at(step);
  return leafwise({
    name: "scaleBy",
    config: { factor },
    slots: [],
    begin: ({ step, taken }) => {
      const asked = (): Tensor<"float64"> =>
        taken === undefined ? callOnNumbers(at, step) : callOnNumbers(ifTaken, step, taken);
      const number = deferredNumber(constant ?? asked());
      return (gradient) => [scaled(gradient, number), []];
    },
  });
}
