/**
 * Lion.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { checkNotNegative, checkShare } from "./check_setting.ts";
import { descentBy } from "./descend.ts";
import type { Memory } from "./transforms/leafwise.ts";
import type { Optimizer } from "./optimizer.ts";
import { scaleByLion, type ScaleByLionOptions } from "./transforms/scale_by_lion.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { decayOf, type WeightDecayOptions } from "./transforms/weight_decay.ts";

/** The options of {@link lion}. */
export type LionOptions = WeightDecayOptions & ScaleByLionOptions & {
  /** 0.0001 if left out. */
  readonly learningRate?: number | Schedule | undefined;
};

/**
 * Makes Lion: steps of the learning rate along the sign of the mean gradient, with decoupled weight decay.
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
  options: LionOptions = {},
): Optimizer<Memory<"moment">> {
  checkOptions("build lion", options, {
    learningRate: true,
    beta1: true,
    beta2: true,
    weightDecay: true,
    decays: true,
  });
  const { learningRate = 1e-4, beta1 = 0.9, beta2 = 0.99, weightDecay = 0, decays } = options;
  checkShare("lion", "beta1", beta1);
  checkShare("lion", "beta2", beta2);
  checkNotNegative("lion", "weightDecay", weightDecay);
  return descentBy({
    name: "lion",
    learningRate,
    config: { beta1, beta2, weightDecay, ...decays && { decays } },
    transforms: [scaleByLion({ beta1, beta2 }), ...decayOf({ weightDecay, decays })],
  });
}
