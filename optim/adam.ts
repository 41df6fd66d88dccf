/**
 * Adam.
 *
 * @module
 */
import { checkOptions, type Complete } from "../blas/options.ts";
import { checkNotNegative } from "./check_setting.ts";
import { type Descent, descentBy } from "./descend.ts";
import type { Memory } from "./transforms/leafwise.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkAdamSettings, scaleByAdam, type ScaleByAdamOptions } from "./transforms/scale_by_adam.ts";
import type { Schedule } from "./schedules/schedule.ts";
import type { Transform } from "./transforms/transform.ts";
import { decayOf, type WeightDecayOptions } from "./transforms/weight_decay.ts";

/** The options of {@link adam}. */
export type AdamOptions = WeightDecayOptions & ScaleByAdamOptions & {
  /** 0.001 if left out. */
  readonly learningRate?: number | Schedule | undefined;
};

/**
 * Makes Adam: steps of about the learning rate, in the direction of the mean gradient. Weight decay is added to the
 * gradient, as in PyTorch's `Adam`.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Kingma and Ba, Adam: A Method for Stochastic Optimization, 2014, algorithm 1.
 *
 * @example Each step is a pure function of state and gradients
 * ```ts
 * import { adam, gradient, square, sum, type Tensor, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertLess } from "@std/assert";
 *
 * const slope = gradient((x: Tensor<"float64">) => sum(square(x)));
 * const optimizer = adam({ learningRate: 0.1 });
 * let state = optimizer.init(tensor64(1));
 * for (let i = 0; i < 100; i++) state = optimizer.step(state, slope(state.params));
 * assertLess(Math.abs(toNumber(state.params)), 0.01);
 * ```
 */
export function adam(
  options: AdamOptions = {},
): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  const { scaling, decay, ...rest } = adamParts("adam", options, { scaling: scaleByAdam });
  return descentBy({ ...rest, transforms: [...decay, scaling] });
}

/** The parts of Adam and its variants; Adam and AdamW differ in the order of `scaling` and `decay`. */
export type AdamParts<S extends Memory<string>> = Omit<Descent, "transforms"> & {
  readonly scaling: Transform<S>;
  readonly decay: readonly Transform<Memory<never>>[];
};

/** How a variant of Adam differs from the others. */
export type AdamVariant<S extends Memory<string>> = {
  /** The settings that apply if the options leave them out. */
  readonly fallback?: {
    readonly learningRate?: number | undefined;
    readonly epsilon?: number | undefined;
    readonly weightDecay?: number | undefined;
  };
  /** Returns the scaling for settings that have been checked. */
  readonly scaling: (settings: Complete<ScaleByAdamOptions>) => Transform<S>;
};

/** Checks options, and returns the parts of a variant of Adam. */
export function adamParts<S extends Memory<string>>(
  name: string,
  options: AdamOptions,
  { fallback = {}, scaling }: AdamVariant<S>,
): AdamParts<S> {
  checkOptions(`build ${name}`, options, {
    learningRate: true,
    beta1: true,
    beta2: true,
    epsilon: true,
    weightDecay: true,
    decays: true,
  });
  const { learningRate = fallback.learningRate ?? 0.001, beta1 = 0.9, beta2 = 0.999, decays } = options;
  const { epsilon = fallback.epsilon ?? 1e-8, weightDecay = fallback.weightDecay ?? 0 } = options;
  checkAdamSettings(name, { beta1, beta2, epsilon });
  checkNotNegative(name, "weightDecay", weightDecay);
  return {
    name,
    learningRate,
    config: { beta1, beta2, epsilon, weightDecay, ...decays && { decays } },
    scaling: scaling({ beta1, beta2, epsilon }),
    decay: decayOf({ weightDecay, decays }),
  };
}
