/**
 * AdamW.
 *
 * @module
 */
import { type AdamOptions, adamParts } from "./adam.ts";
import { descentBy } from "./descend.ts";
import type { Memory } from "./transforms/leafwise.ts";
import type { Optimizer } from "./optimizer.ts";
import { scaleByAdam } from "./transforms/scale_by_adam.ts";

/**
 * Makes Adam with decoupled weight decay: each step also shrinks the parameters by `learningRate * weightDecay`,
 * independently of the gradient's scaling.
 *
 * @param options The options of `adam`; `weightDecay` is 0.01 if left out.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2017, algorithm 2.
 *
 * @example A parameter with a gradient of 0 shrinks too
 * ```ts
 * import { adamw, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = adamw({ learningRate: 0.1, weightDecay: 0.5 });
 * const { params } = optimizer.step(optimizer.init(tensor64(2)), tensor64(0));
 * assertAlmostEquals(toNumber(params), 1.9);
 * ```
 */
export function adamw(
  options: AdamOptions = {},
): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  const { scaling, decay, ...rest } = adamParts("adamw", options, {
    fallback: { weightDecay: 0.01 },
    scaling: scaleByAdam,
  });
  return descentBy({ ...rest, transforms: [scaling, ...decay] });
}
