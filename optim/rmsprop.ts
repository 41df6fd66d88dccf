/**
 * RMSprop.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { checkNotNegative, checkShare } from "./check_setting.ts";
import { descentBy } from "./descend.ts";
import type { Memory } from "./transforms/leafwise.ts";
import { momentum as momentumTransform } from "./transforms/momentum.ts";
import type { Optimizer } from "./optimizer.ts";
import { scaleByRms, type ScaleByRmsOptions } from "./transforms/scale_by_rms.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { decayOf, type WeightDecayOptions } from "./transforms/weight_decay.ts";

/** The options of {@link rmsprop}. */
export type RmspropOptions = WeightDecayOptions & ScaleByRmsOptions & {
  /** 0.01 if left out. */
  readonly learningRate?: number | Schedule | undefined;
  /** The share of the last direction that is kept, in [0, 1); 0 if left out. */
  readonly momentum?: number | undefined;
};

/**
 * Makes RMSprop: gradients divided by the root of their mean square. As in PyTorch, epsilon is added outside the root,
 * and weight decay to the gradient. With `centered`, the square of the mean gradient is subtracted from the mean square
 * first, so that gradients are divided by their standard deviation.
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
  options: RmspropOptions = {},
): Optimizer<Memory<"meanSquare" | "velocity">> {
  checkOptions("build rmsprop", options, {
    learningRate: true,
    alpha: true,
    epsilon: true,
    weightDecay: true,
    momentum: true,
    centered: "flag",
    decays: true,
  });
  const { learningRate = 0.01, alpha = 0.99, epsilon = 1e-8, weightDecay = 0, momentum = 0, decays } = options;
  const { centered = false } = options;
  checkShare("rmsprop", "alpha", alpha);
  checkNotNegative("rmsprop", "epsilon", epsilon);
  checkShare("rmsprop", "momentum", momentum);
  checkNotNegative("rmsprop", "weightDecay", weightDecay);
  return descentBy({
    name: "rmsprop",
    learningRate,
    config: { alpha, epsilon, weightDecay, momentum, ...centered && { centered }, ...decays && { decays } },
    transforms: [
      ...decayOf({ weightDecay, decays }),
      scaleByRms({ alpha, epsilon, centered }),
      ...momentum === 0 ? [] : [momentumTransform({ decay: momentum })],
    ],
  });
}
