/**
 * Adafactor.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { checkNotNegative, checkPositive } from "./check_setting.ts";
import { descentBy } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { type AdafactorMemory, scaleByAdafactor } from "./transforms/scale_by_adafactor.ts";
import { decayOf, type WeightDecayOptions } from "./transforms/weight_decay.ts";

/** The options of {@link adafactor}. */
export type AdafactorOptions = WeightDecayOptions & {
  /** The largest change of a parameter, as a share of its size; 0.01 if left out. After many steps it is `1 / sqrt(step)`. */
  readonly learningRate?: number | Schedule | undefined;
  /** At each step, the means keep the share `1 - step ** -decayPower`; 0 or more; 0.8 if left out. */
  readonly decayPower?: number | undefined;
  /** Added to the squares of gradients; 1e-30 if left out. */
  readonly epsilon?: number | undefined;
  /** The smallest assumed size of a parameter, so that one of 0 can grow; 0.001 if left out. */
  readonly smallest?: number | undefined;
  /** The largest root mean square of an update, above 0; 1 if left out. */
  readonly clipping?: number | undefined;
};

/**
 * Makes Adafactor: a matrix's gradients are divided by the root of their mean squares, of which it remembers only the
 * means of rows and columns. Steps are in proportion to the parameter: `min(learningRate, 1 / sqrt(step))`
 * times the root of its mean square. Parameters with more than two axes are factored over the last two.
 *
 * @param options `weightDecay` is decoupled, as in PyTorch: each step shrinks the parameters by `learningRate * weightDecay`.
 * @returns An optimizer that remembers `m + n` numbers for a parameter of shape `[m, n]`, and n for one of `[n]`.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @throws {TypeError} If an option does not exist.
 * @see Shazeer and Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, 2018, algorithms 4 and 5.
 *
 * @example The memory for a matrix of 1,000 by 1,000 is 2,000 numbers
 * ```ts
 * import { adafactor, parameterCount, ones } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows, columns } = adafactor().init(ones([1000, 1000])).memory;
 * assertEquals(parameterCount({ params: [rows, columns] }), 2000);
 * ```
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer<AdafactorMemory> {
  checkOptions("build adafactor", options, {
    learningRate: true,
    decayPower: true,
    epsilon: true,
    smallest: true,
    clipping: true,
    weightDecay: true,
    decays: true,
  });
  const { learningRate = 0.01, decayPower = 0.8, epsilon = 1e-30, smallest = 1e-3, clipping = 1 } = options;
  const { weightDecay = 0, decays } = options;
  checkNotNegative("adafactor", "decayPower", decayPower);
  checkNotNegative("adafactor", "epsilon", epsilon);
  checkNotNegative("adafactor", "smallest", smallest);
  checkPositive("adafactor", "clipping", clipping);
  checkNotNegative("adafactor", "weightDecay", weightDecay);
  return descentBy({
    name: "adafactor",
    learningRate,
    config: { decayPower, epsilon, smallest, clipping, weightDecay, ...decays && { decays } },
    transforms: [
      scaleByAdafactor({ decayPower, epsilon, smallest, clipping }),
      ...decayOf({ weightDecay, decays }),
    ],
  });
}
