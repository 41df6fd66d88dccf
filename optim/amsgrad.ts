/**
 * AMSGrad.
 *
 * @module
 */
import { type AdamOptions, adamParts } from "./adam.ts";
import { descentBy } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import { type AmsgradMemory, scaleByAmsgrad } from "./transforms/scale_by_amsgrad.ts";

/**
 * Makes AMSGrad: Adam that divides by the root of the largest mean square so far, so that the steps of a parameter never
 * grow after rare large gradients. As in PyTorch's `Adam(amsgrad=True)`, the mean squares are compared before the
 * correction for their start at 0, and weight decay is added to the gradient.
 *
 * @param options The options of `adam`.
 * @returns An optimizer that remembers three tensors of each parameter's shape.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @throws {TypeError} If an option does not exist.
 * @see Reddi, Kale and Kumar, On the Convergence of Adam and Beyond, 2018, algorithm 2.
 *
 * @example A large gradient keeps later steps small
 * ```ts
 * import { adam, amsgrad, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertLess } from "@std/assert";
 *
 * const gradients = [100, ...Array(50).fill(1)].map((g) => tensor64(g));
 * const options = { learningRate: 0.1, beta1: 0, beta2: 0.5 };
 * const [careful, quick] = [amsgrad(options), adam(options)].map((optimizer) =>
 *   gradients.reduce(optimizer.step, optimizer.init(tensor64(0)))
 * );
 * assertLess(toNumber(quick!.params), toNumber(careful!.params));
 * ```
 */
export function amsgrad(options: AdamOptions = {}): Optimizer<AmsgradMemory> {
  const { scaling, decay, ...rest } = adamParts("amsgrad", options, { scaling: scaleByAmsgrad });
  return descentBy({ ...rest, transforms: [...decay, scaling] });
}
