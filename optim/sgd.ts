/**
 * Stochastic gradient descent.
 *
 * @module
 */
import { checkFlag } from "./check_parts.ts";
import { checkOptions } from "../blas/options.ts";
import { checkNotNegative, checkShare } from "./check_setting.ts";
import { descentBy } from "./descend.ts";
import type { Memory } from "./transforms/leafwise.ts";
import { momentum as momentumTransform } from "./transforms/momentum.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { decayOf, type WeightDecayOptions } from "./transforms/weight_decay.ts";

/** The options of {@link sgd}. */
export type SgdOptions = WeightDecayOptions & {
  /** 0.01 if left out. */
  readonly learningRate?: number | Schedule | undefined;
  /** The share of the last direction that is kept, in [0, 1); 0 if left out. */
  readonly momentum?: number | undefined;
  /** Whether to look ahead along the direction; needs momentum; false if left out. */
  readonly nesterov?: boolean | undefined;
};

/**
 * Makes stochastic gradient descent with momentum, weight decay and Nesterov's acceleration, as in PyTorch.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range, or `nesterov` is set without momentum.
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
  options: SgdOptions = {},
): Optimizer<Memory<"velocity">> {
  checkOptions("build sgd", options, {
    learningRate: true,
    momentum: true,
    weightDecay: true,
    nesterov: true,
    decays: true,
  });
  const { learningRate = 0.01, momentum = 0, weightDecay = 0, nesterov = false, decays } = options;
  checkShare("sgd", "momentum", momentum);
  checkNotNegative("sgd", "weightDecay", weightDecay);
  checkFlag("sgd", "nesterov", nesterov);
  if (nesterov && momentum === 0) {
    throw new RangeError("Cannot build sgd with nesterov and momentum 0: it looks ahead along the momentum; pass 0.9");
  }
  return descentBy({
    name: "sgd",
    learningRate,
    config: { momentum, weightDecay, nesterov, ...decays && { decays } },
    transforms: [
      ...decayOf({ weightDecay, decays }),
      ...momentum === 0 ? [] : [momentumTransform({ decay: momentum, nesterov })],
    ],
  });
}
