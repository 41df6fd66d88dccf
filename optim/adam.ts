/**
 * Adam.
 *
 * @module
 */
import { add, div, mul, sqrt, sub } from "../blas/scalar.ts";
import { applyElementwise, elementwise } from "../autograd/elementwise.ts";
import { checkSetting, type Memory, type Optimizer, optimizerOf } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** The options of {@link adam}. */
export type AdamOptions = {
  /** 0.001 if left out. */
  readonly learningRate?: number | Schedule;
  /** How slowly the mean of the gradients forgets, in [0, 1); 0.9 if left out. */
  readonly beta1?: number;
  /** How slowly the mean of their squares forgets, in [0, 1); 0.999 if left out. */
  readonly beta2?: number;
  /** Added to the root of the mean square; 1e-8 if left out. */
  readonly epsilon?: number;
  /** How much of the parameter is added to its gradient; 0 if left out. */
  readonly weightDecay?: number;
};

// Each is one pass over a parameter. Numbers come as 0-d operands, 1 - beta among them: computed from a rounded beta it
// would lose the digits that matter.
const firstMoment = elementwise(
  "adamFirstMoment",
  (m, g, p, beta, rest, decay) => add(mul(beta, m), mul(rest, add(g, mul(decay, p)))),
);
const secondMoment = elementwise("adamSecondMoment", (v, g, p, beta, rest, decay) => {
  const decayed = add(g, mul(decay, p));
  return add(mul(beta, v), mul(rest, mul(decayed, decayed)));
});
const adamStep = elementwise(
  "adamStep",
  (p, m, v, rate, rootCorrection, epsilon) => sub(p, div(mul(rate, m), add(div(sqrt(v), rootCorrection), epsilon))),
);

/**
 * Adam: steps of about the learning rate, in the direction of the mean gradient. Weight decay is added to the gradient,
 * as in PyTorch's `Adam`.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Kingma and Ba, Adam: A Method for Stochastic Optimization, 2014, algorithm 1.
 *
 * @example Each step is a pure function of state and gradients
 * ```ts
 * import { adam, gradient, square, sum, type Tensor, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertLess } from "@std/assert";
 *
 * const slope = gradient((x: Tensor<"float64">) => sum(square(x)));
 * const optimizer = adam({ learningRate: 0.1 });
 * let state = optimizer.init(tensor64(1));
 * for (let i = 0; i < 100; i++) state = optimizer.step(state, slope(state.params));
 * assertLess(Math.abs(toNumber(state.params)), 0.01);
 * ```
 */
export function adam(
  { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamOptions = {},
): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  checkSetting("adam", "beta1", beta1, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("adam", "beta2", beta2, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("adam", "epsilon", epsilon, (x) => x >= 0, "a finite number of 0 or more");
  checkSetting("adam", "weightDecay", weightDecay, (x) => x >= 0, "a finite number of 0 or more");
  return optimizerOf({
    name: "adam",
    learningRate,
    config: { beta1, beta2, epsilon, weightDecay },
    slots: ["firstMoment", "secondMoment"],
    update: (p, g, [m, v], step, rate) => {
      const first = applyElementwise(firstMoment, [m!, g, p, beta1, 1 - beta1, weightDecay]);
      const second = applyElementwise(secondMoment, [v!, g, p, beta2, 1 - beta2, weightDecay]);
      const corrected = rate / (1 - beta1 ** step), rootCorrection = Math.sqrt(1 - beta2 ** step);
      return [applyElementwise(adamStep, [p, first, second, corrected, rootCorrection, epsilon]), [first, second]];
    },
  });
}
