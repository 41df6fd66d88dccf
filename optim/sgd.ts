/**
 * Stochastic gradient descent.
 *
 * @module
 */
import { add, mul, sub } from "../blas/scalar.ts";
import { applyElementwise, elementwise } from "../autograd/elementwise.ts";
import { checkSetting, type Memory, type Optimizer, optimizerOf } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** The options of {@link sgd}. */
export type SgdOptions = {
  /** 0.01 if left out. */
  readonly learningRate?: number | Schedule;
  /** How much of the last direction is kept, in [0, 1); 0 if left out. */
  readonly momentum?: number;
  /** How much of the parameter is added to its gradient; 0 if left out. */
  readonly weightDecay?: number;
  /** Whether to look ahead along the direction; needs momentum; false if left out. */
  readonly nesterov?: boolean;
};

// Each is one pass over a parameter; numbers come as 0-d operands.
const velocityOf = elementwise(
  "sgdVelocity",
  (v, g, p, momentum, decay) => add(mul(momentum, v), add(g, mul(decay, p))),
);
const plainStep = elementwise("sgdStep", (p, g, decay, rate) => sub(p, mul(rate, add(g, mul(decay, p)))));
const momentumStep = elementwise("sgdMomentumStep", (p, v, rate) => sub(p, mul(rate, v)));
const nesterovStep = elementwise(
  "sgdNesterovStep",
  (p, v, g, momentum, decay, rate) => sub(p, mul(rate, add(add(g, mul(decay, p)), mul(momentum, v)))),
);

/**
 * Stochastic gradient descent, with momentum, weight decay and Nesterov's acceleration as PyTorch has them.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range, or `nesterov` is asked for without momentum.
 * @see Sutskever et al., On the Importance of Initialization and Momentum in Deep Learning, 2013.
 *
 * @example
 * ```ts
 * import { sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = sgd({ learningRate: 0.5 });
 * const state = optimizer.step(optimizer.init(tensor64(3)), tensor64(2));
 * assertEquals(toNumber(state.params), 2);
 * ```
 */
export function sgd(
  { learningRate = 0.01, momentum = 0, weightDecay = 0, nesterov = false }: SgdOptions = {},
): Optimizer<Memory<"velocity">> {
  checkSetting("sgd", "momentum", momentum, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("sgd", "weightDecay", weightDecay, (x) => x >= 0, "a finite number of 0 or more");
  if (nesterov && momentum === 0) {
    throw new RangeError("Cannot build sgd with nesterov and momentum 0: it looks ahead along the momentum; pass 0.9");
  }
  return optimizerOf<"velocity">({
    name: "sgd",
    learningRate,
    config: { momentum, weightDecay, nesterov },
    slots: momentum === 0 ? [] : ["velocity"],
    update: (p, g, [v], _, rate) => {
      if (v === undefined) return [applyElementwise(plainStep, [p, g, weightDecay, rate]), []];
      const velocity = applyElementwise(velocityOf, [v, g, p, momentum, weightDecay]);
      return nesterov
        ? [applyElementwise(nesterovStep, [p, velocity, g, momentum, weightDecay, rate]), [velocity]]
        : [applyElementwise(momentumStep, [p, velocity, rate]), [velocity]];
    },
  });
}
