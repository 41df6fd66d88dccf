/**
 * Lion.
 *
 * @module
 */
import { add, mul, sign, sub } from "../blas/scalar.ts";
import { applyElementwise, elementwise } from "../autograd/elementwise.ts";
import { checkSetting, type Memory, type Optimizer, optimizerOf } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** The options of {@link lion}. */
export type LionOptions = {
  /** 0.0001 if left out. */
  readonly learningRate?: number | Schedule;
  /** How much of the mean gradient is in the direction, in [0, 1); 0.9 if left out. */
  readonly beta1?: number;
  /** How slowly the mean of the gradients forgets, in [0, 1); 0.99 if left out. */
  readonly beta2?: number;
  /** How much of the parameter is added to the direction; 0 if left out. */
  readonly weightDecay?: number;
};

const momentOf = elementwise("lionMoment", (m, g, beta, rest) => add(mul(beta, m), mul(rest, g)));
const lionStep = elementwise(
  "lionStep",
  (p, m, g, beta, rest, rate, decay) => sub(p, mul(rate, add(sign(add(mul(beta, m), mul(rest, g))), mul(decay, p)))),
);

/**
 * Lion: steps of the learning rate along the sign of the mean gradient, with decoupled weight decay.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, algorithm 2.
 *
 * @example
 * ```ts
 * import { lion, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = lion({ learningRate: 0.25 });
 * const { params } = optimizer.step(optimizer.init(tensor64([1, 1])), tensor64([9, -0.1]));
 * assertEquals(toList(params), [0.75, 1.25]);
 * ```
 */
export function lion(
  { learningRate = 1e-4, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 }: LionOptions = {},
): Optimizer<Memory<"moment">> {
  checkSetting("lion", "beta1", beta1, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("lion", "beta2", beta2, (x) => x >= 0 && x < 1, "in [0, 1)");
  checkSetting("lion", "weightDecay", weightDecay, (x) => x >= 0, "a finite number of 0 or more");
  return optimizerOf({
    name: "lion",
    learningRate,
    config: { beta1, beta2, weightDecay },
    slots: ["moment"],
    update: (p, g, [m], _, rate) => [
      applyElementwise(lionStep, [p, m!, g, beta1, 1 - beta1, rate, weightDecay]),
      [applyElementwise(momentOf, [m!, g, beta2, 1 - beta2])],
    ],
  });
}
