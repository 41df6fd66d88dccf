/**
 * LAMB.
 *
 * @module
 */
import { type AdamOptions, adamParts } from "./adam.ts";
import { descentBy } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Memory } from "./transforms/leafwise.ts";
import { scaleByAdam } from "./transforms/scale_by_adam.ts";
import { scaleByTrustRatio } from "./transforms/scale_by_trust_ratio.ts";

/**
 * Makes LAMB: the direction of AdamW, scaled for each parameter such that the step is the learning rate times the norm of
 * that parameter. It is made for very large batches.
 *
 * @param options The options of `adam`, with an `epsilon` of 1e-6 if left out; `weightDecay` is part of the direction
 * that is scaled.
 * @returns An optimizer that remembers two tensors of each parameter's shape.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @throws {TypeError} If an option does not exist.
 * @see You et al., Large Batch Optimization for Deep Learning: Training BERT in 76 minutes, 2020, algorithm 2.
 *
 * @example Every parameter moves by the same share of its norm
 * ```ts
 * import { lamb, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = lamb({ learningRate: 0.1 });
 * const { params } = optimizer.step(optimizer.init(tensor64([3, 4])), tensor64([7, 0]));
 * assertAlmostEquals(toList(params)[0]!, 3 - 0.1 * 5, 1e-9);
 * ```
 */
export function lamb(options: AdamOptions = {}): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  const { scaling, decay, ...rest } = adamParts("lamb", options, {
    fallback: { epsilon: 1e-6 },
    scaling: scaleByAdam,
  });
  return descentBy({ ...rest, transforms: [scaling, ...decay, scaleByTrustRatio()] });
}
