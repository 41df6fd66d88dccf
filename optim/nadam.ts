/**
 * NAdam.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { type AdamOptions, adamParts } from "./adam.ts";
import { checkNotNegative } from "./check_setting.ts";
import { descentBy } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import { type NadamMemory, scaleByNadam } from "./transforms/scale_by_nadam.ts";

/** The options of {@link nadam}. */
export type NadamOptions = AdamOptions & {
  /** How fast the momentum grows from half of `beta1` to all of it, 0 or more; 0.004 if left out. */
  readonly momentumDecay?: number | undefined;
};

/**
 * Makes NAdam: Adam with Nesterov's momentum, which looks one step ahead. Weight decay is added to the gradient, as in
 * PyTorch.
 *
 * @param options The options of `adam`, with a `learningRate` of 0.002 if left out, and `momentumDecay`.
 * @returns An optimizer that remembers two tensors of each parameter's shape, and the product of all momenta.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @throws {TypeError} If an option does not exist.
 * @see Dozat, Incorporating Nesterov Momentum into Adam, 2016.
 *
 * @example
 * ```ts
 * import { gradient, nadam, square, sum, type Tensor, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertLess } from "@std/assert";
 *
 * const slope = gradient((x: Tensor<"float64">) => sum(square(x)));
 * const optimizer = nadam({ learningRate: 0.1 });
 * let state = optimizer.init(tensor64(1));
 * for (let i = 0; i < 100; i++) state = optimizer.step(state, slope(state.params));
 * assertLess(Math.abs(toNumber(state.params)), 0.05);
 * ```
 */
export function nadam(options: NadamOptions = {}): Optimizer<NadamMemory> {
  checkOptions("build nadam", options, {
    learningRate: true,
    beta1: true,
    beta2: true,
    epsilon: true,
    weightDecay: true,
    decays: true,
    momentumDecay: true,
  });
  const { momentumDecay = 0.004, ...others } = options;
  checkNotNegative("nadam", "momentumDecay", momentumDecay);
  const { scaling, decay, config, ...rest } = adamParts<NadamMemory>("nadam", others, {
    fallback: { learningRate: 0.002 },
    scaling: (settings) => scaleByNadam({ ...settings, momentumDecay }),
  });
  return descentBy({ ...rest, config: { ...config, momentumDecay }, transforms: [...decay, scaling] });
}
