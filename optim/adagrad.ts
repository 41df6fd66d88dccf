/**
 * Adagrad.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { checkNotNegative } from "./check_setting.ts";
import { descentBy } from "./descend.ts";
import type { Memory } from "./transforms/leafwise.ts";
import type { Optimizer } from "./optimizer.ts";
import { scaleByAdagrad, type ScaleByAdagradOptions } from "./transforms/scale_by_rms.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { decayOf, type WeightDecayOptions } from "./transforms/weight_decay.ts";

/** The options of {@link adagrad}. */
export type AdagradOptions = WeightDecayOptions & ScaleByAdagradOptions & {
  /** 0.01 if left out. */
  readonly learningRate?: number | Schedule | undefined;
};

/**
 * Makes Adagrad: gradients divided by the root of the sum of all their squares so far, as in PyTorch.
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
  options: AdagradOptions = {},
): Optimizer<Memory<"sumOfSquares">> {
  checkOptions("build adagrad", options, { learningRate: true, epsilon: true, weightDecay: true, decays: true });
  const { learningRate = 0.01, epsilon = 1e-10, weightDecay = 0, decays } = options;
  checkNotNegative("adagrad", "epsilon", epsilon);
  checkNotNegative("adagrad", "weightDecay", weightDecay);
  return descentBy({
    name: "adagrad",
    learningRate,
    config: { epsilon, weightDecay, ...decays && { decays } },
    transforms: [...decayOf({ weightDecay, decays }), scaleByAdagrad({ epsilon })],
  });
}
