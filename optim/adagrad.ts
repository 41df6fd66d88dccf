/**
 * Adagrad.
 *
 * @module
 */
import { add, div, mul, sqrt, sub } from "../blas/scalar.ts";
import { applyElementwise, elementwise } from "../autograd/elementwise.ts";
import { checkSetting, type Memory, type Optimizer, optimizerOf } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** The options of {@link adagrad}. */
export type AdagradOptions = {
  /** 0.01 if left out. */
  readonly learningRate?: number | Schedule;
  /** Added to the root of the sum of squares; 1e-10 if left out. */
  readonly epsilon?: number;
  /** How much of the parameter is added to its gradient; 0 if left out. */
  readonly weightDecay?: number;
};

const sumOfSquaresOf = elementwise("adagradSumOfSquares", (v, g, p, decay) => {
  const decayed = add(g, mul(decay, p));
  return add(v, mul(decayed, decayed));
});
const adagradStep = elementwise(
  "adagradStep",
  (p, g, v, rate, decay, epsilon) => sub(p, div(mul(rate, add(g, mul(decay, p))), add(sqrt(v), epsilon))),
);

/**
 * Adagrad: gradients divided by the root of the sum of all their squares so far, as in PyTorch.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Duchi, Hazan and Singer, Adaptive Subgradient Methods, 2011.
 *
 * @example
 * ```ts
 * import { adagrad, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = adagrad({ learningRate: 0.5 });
 * const { params } = optimizer.step(optimizer.init(tensor64(1)), tensor64(7));
 * assertAlmostEquals(toNumber(params), 0.5, 1e-9);
 * ```
 */
export function adagrad(
  { learningRate = 0.01, epsilon = 1e-10, weightDecay = 0 }: AdagradOptions = {},
): Optimizer<Memory<"sumOfSquares">> {
  checkSetting("adagrad", "epsilon", epsilon, (x) => x >= 0, "a finite number of 0 or more");
  checkSetting("adagrad", "weightDecay", weightDecay, (x) => x >= 0, "a finite number of 0 or more");
  return optimizerOf({
    name: "adagrad",
    learningRate,
    config: { epsilon, weightDecay },
    slots: ["sumOfSquares"],
    update: (p, g, [v], _, rate) => {
      const sumOfSquares = applyElementwise(sumOfSquaresOf, [v!, g, p, weightDecay]);
      return [applyElementwise(adagradStep, [p, g, sumOfSquares, rate, weightDecay, epsilon]), [sumOfSquares]];
    },
  });
}
