/**
 * RMSprop.
 *
 * @module
 */
import { add, div, mul, sqrt, sub } from "../blas/scalar.ts";
import { applyElementwise, elementwise } from "../autograd/elementwise.ts";
import { checkSetting, type Memory, type Optimizer, optimizerOf } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** The options of {@link rmsprop}. */
export type RmspropOptions = {
  /** 0.01 if left out. */
  readonly learningRate?: number | Schedule;
  /** How slowly the mean of the squared gradients forgets, in [0, 1); 0.99 if left out. */
  readonly alpha?: number;
  /** Added to the root of the mean square; 1e-8 if left out. */
  readonly epsilon?: number;
  /** How much of the parameter is added to its gradient; 0 if left out. */
  readonly weightDecay?: number;
  /** How much of the last direction is kept, in [0, 1); 0 if left out. */
  readonly momentum?: number;
};

const meanSquareOf = elementwise("rmspropMeanSquare", (v, g, p, alpha, rest, decay) => {
  const decayed = add(g, mul(decay, p));
  return add(mul(alpha, v), mul(rest, mul(decayed, decayed)));
});
const plainStep = elementwise(
  "rmspropStep",
  (p, g, v, rate, decay, epsilon) => sub(p, div(mul(rate, add(g, mul(decay, p))), add(sqrt(v), epsilon))),
);
const velocityOf = elementwise(
  "rmspropVelocity",
  (b, g, v, p, momentum, decay, epsilon) => add(mul(momentum, b), div(add(g, mul(decay, p)), add(sqrt(v), epsilon))),
);
const momentumStep = elementwise("rmspropMomentumStep", (p, b, rate) => sub(p, mul(rate, b)));

/**
 * RMSprop: gradients divided by the root of their mean square; epsilon is added outside the root, and weight decay to
 * the gradient, as in PyTorch.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012.
 *
 * @example
 * ```ts
 * import { rmsprop, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = rmsprop({ learningRate: 0.1, alpha: 0.75 });
 * const { params } = optimizer.step(optimizer.init(tensor64(1)), tensor64(5));
 * assertAlmostEquals(toNumber(params), 0.8, 1e-8);
 * ```
 */
export function rmsprop(
  { learningRate = 0.01, alpha = 0.99, epsilon = 1e-8, weightDecay = 0, momentum = 0 }: RmspropOptions = {},
): Optimizer<Memory<"meanSquare" | "velocity">> {
  checkSetting("rmsprop", "alpha", alpha, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("rmsprop", "epsilon", epsilon, (x) => x >= 0, "a finite number of 0 or more");
  checkSetting("rmsprop", "weightDecay", weightDecay, (x) => x >= 0, "a finite number of 0 or more");
  checkSetting("rmsprop", "momentum", momentum, (x) => x >= 0 && x < 1, "in [0, 1)");
  return optimizerOf<"meanSquare" | "velocity">({
    name: "rmsprop",
    learningRate,
    config: { alpha, epsilon, weightDecay, momentum },
    slots: momentum === 0 ? ["meanSquare"] : ["meanSquare", "velocity"],
    update: (p, g, [v, b], _, rate) => {
      const meanSquare = applyElementwise(meanSquareOf, [v!, g, p, alpha, 1 - alpha, weightDecay]);
      if (b === undefined) {
        return [applyElementwise(plainStep, [p, g, meanSquare, rate, weightDecay, epsilon]), [meanSquare]];
      }
      const velocity = applyElementwise(velocityOf, [b, g, meanSquare, p, momentum, weightDecay, epsilon]);
      return [applyElementwise(momentumStep, [p, velocity, rate]), [meanSquare, velocity]];
    },
  });
}
