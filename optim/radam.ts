/**
 * RAdam.
 *
 * @module
 */
import { type AdamOptions, adamParts } from "./adam.ts";
import { descentBy } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Memory } from "./transforms/leafwise.ts";
import { scaleByRadam } from "./transforms/scale_by_radam.ts";

/**
 * Makes RAdam: Adam that needs no warm-up. Until it has seen enough gradients to trust their mean square, the steps
 * follow the mean gradient; after that, Adam's steps are corrected for the variance of the root. Weight decay is
 * added to the gradient, as in PyTorch.
 *
 * @param options The options of `adam`.
 * @returns An optimizer that remembers two tensors of each parameter's shape.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @throws {TypeError} If an option does not exist.
 * @see Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, 2020, algorithm 2.
 *
 * @example The first steps are those of plain momentum
 * ```ts
 * import { radam, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = radam({ learningRate: 0.1 });
 * const { params } = optimizer.step(optimizer.init(tensor64(1)), tensor64(5));
 * assertAlmostEquals(toNumber(params), 1 - 0.1 * 5);
 * ```
 */
export function radam(options: AdamOptions = {}): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  const { scaling, decay, ...rest } = adamParts("radam", options, { scaling: scaleByRadam });
  return descentBy({ ...rest, transforms: [...decay, scaling] });
}
