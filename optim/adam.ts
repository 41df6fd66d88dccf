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
const decayedGradient = elementwise("adamDecayedGradient", (g, p, decay) => add(g, mul(decay, p)));
const firstMoment = elementwise("adamFirstMoment", (m, g, beta, rest) => add(mul(beta, m), mul(rest, g)));
const secondMoment = elementwise("adamSecondMoment", (v, g, beta, rest) => add(mul(beta, v), mul(rest, mul(g, g))));
const adamStep = elementwise(
  "adamStep",
  (p, m, v, kept, rate, rootCorrection, epsilon) =>
    sub(mul(kept, p), div(mul(rate, m), add(div(sqrt(v), rootCorrection), epsilon))),
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
  return adamOf("adam", { learningRate, beta1, beta2, epsilon, weightDecay });
}

/**
 * What Adam and AdamW are: they differ in where the weight decay goes, to the gradient or to the parameter.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 */
export function adamOf(
  name: "adam" | "adamw",
  { learningRate, beta1, beta2, epsilon, weightDecay }: Required<AdamOptions>,
): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  checkSetting(name, "beta1", beta1, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting(name, "beta2", beta2, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting(name, "epsilon", epsilon, (x) => x >= 0, "a finite number of 0 or more");
  checkSetting(name, "weightDecay", weightDecay, (x) => x >= 0, "a finite number of 0 or more");
  const coupled = name === "adam" && weightDecay !== 0, decoupled = name === "adamw";
  return optimizerOf({
    name,
    learningRate,
    config: { beta1, beta2, epsilon, weightDecay },
    slots: ["firstMoment", "secondMoment"],
    update: (p, gradient, [m, v], step, rate) => {
      const g = coupled ? applyElementwise(decayedGradient, [gradient, p, weightDecay]) : gradient;
      const first = applyElementwise(firstMoment, [m!, g, beta1, 1 - beta1]);
      const second = applyElementwise(secondMoment, [v!, g, beta2, 1 - beta2]);
      const kept = decoupled ? 1 - rate * weightDecay : 1;
      const corrected = rate / (1 - beta1 ** step), root = Math.sqrt(1 - beta2 ** step);
      return [applyElementwise(adamStep, [p, first, second, kept, corrected, root, epsilon]), [first, second]];
    },
  });
}
