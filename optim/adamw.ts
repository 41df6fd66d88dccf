/**
 * AdamW.
 *
 * @module
 */
import { add, div, mul, sqrt, sub } from "../blas/scalar.ts";
import { applyElementwise, elementwise } from "../autograd/elementwise.ts";
import type { AdamOptions } from "./adam.ts";
import { checkSetting, type Memory, type Optimizer, optimizerOf } from "./optimizer.ts";

// 1 - beta comes as an operand of its own: computed from a rounded beta it would lose the digits that matter.
const firstMoment = elementwise("adamwFirstMoment", (m, g, beta, rest) => add(mul(beta, m), mul(rest, g)));
const secondMoment = elementwise("adamwSecondMoment", (v, g, beta, rest) => add(mul(beta, v), mul(rest, mul(g, g))));
const adamwStep = elementwise(
  "adamwStep",
  (p, m, v, kept, rate, rootCorrection, epsilon) =>
    sub(mul(kept, p), div(mul(rate, m), add(div(sqrt(v), rootCorrection), epsilon))),
);

/**
 * Adam with decoupled weight decay: each step shrinks the parameters by `learningRate * weightDecay`, beside the
 * gradient's own scaling.
 *
 * @param options Those of `adam`; `weightDecay` is 0.01 if left out.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2017, algorithm 2.
 *
 * @example What has no gradient shrinks all the same
 * ```ts
 * import { adamw, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = adamw({ learningRate: 0.1, weightDecay: 0.5 });
 * const { params } = optimizer.step(optimizer.init(tensor64(2)), tensor64(0));
 * assertAlmostEquals(toNumber(params), 1.9);
 * ```
 */
export function adamw(
  { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 }: AdamOptions = {},
): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  checkSetting("adamw", "beta1", beta1, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("adamw", "beta2", beta2, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("adamw", "epsilon", epsilon, (x) => x >= 0, "a finite number of 0 or more");
  checkSetting("adamw", "weightDecay", weightDecay, (x) => x >= 0, "a finite number of 0 or more");
  return optimizerOf({
    name: "adamw",
    learningRate,
    config: { beta1, beta2, epsilon, weightDecay },
    slots: ["firstMoment", "secondMoment"],
    update: (p, g, [m, v], step, rate) => {
      const first = applyElementwise(firstMoment, [m!, g, beta1, 1 - beta1]);
      const second = applyElementwise(secondMoment, [v!, g, beta2, 1 - beta2]);
      const corrected = rate / (1 - beta1 ** step), root = Math.sqrt(1 - beta2 ** step);
      return [
        applyElementwise(adamwStep, [p, first, second, 1 - rate * weightDecay, corrected, root, epsilon]),
        [first, second],
      ];
    },
  });
}
