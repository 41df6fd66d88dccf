/**
 * Weight decay.
 *
 * @module
 */
import { checkFunction } from "../../autograd/arguments.ts";
import { checkNotNegative } from "../check_setting.ts";
import { add, mul } from "../../blas/scalar/scalar.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { masked } from "./masked.ts";
import { deferredElementwise, deferredNumber } from "./deferred.ts";
import type { ParameterPredicate, Transform } from "./transform.ts";

/** The options that optimizers with weight decay share. */
export type WeightDecayOptions = {
  /** The share of the parameter that is added to its gradient; 0 if left out. */
  readonly weightDecay?: number | undefined;
  /** Which parameters decay, all if left out; `exceptBiasesAndNorms` is the usual choice. */
  readonly decays?: ParameterPredicate | undefined;
};

const decayed = /* @__PURE__ */ deferredElementwise((g, p, decay) => add(g, mul(decay, p)));

/**
 * Adds a share of each parameter to its gradient.
 *
 * The position in a chain decides its effect. In front of an optimizer or its scaling, it is a penalty on the squares
 * of the parameters (coupled, as in PyTorch's `Adam`). Between the scaling and `descend`, each step shrinks the
 * parameters by the learning rate times `decay` (decoupled, as in AdamW). Use `masked` to exclude biases.
 *
 * @param decay The share of the parameter that is added.
 * @throws {RangeError} If `decay` is NaN, infinite or negative.
 * @see Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2017.
 *
 * @example
 * ```ts
 * import { chain, descend, exceptBiasesAndNorms, masked, tensor64, toList, weightDecay } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(masked(exceptBiasesAndNorms, weightDecay(0.5)), descend({ learningRate: 0.5 }));
 * const params = { weight: tensor64([[8]]), bias: tensor64([8]) };
 * const next = optimizer.step(optimizer.init(params), { weight: tensor64([[0]]), bias: tensor64([0]) }).params;
 * assertEquals([toList(next.weight), toList(next.bias)], [[6], [8]]);
 * ```
 */
export function weightDecay(decay: number): Transform<Memory<never>> {
  checkNotNegative("weightDecay", "decay", decay);
  const number = deferredNumber(decay);
  return leafwise({
    name: "weightDecay",
    config: { decay },
    slots: [],
    begin: () => (gradient, _, parameter) => [decayed(gradient, parameter, number), []],
  });
}

/** Returns the transforms that an optimizer's options require: none if nothing decays. */
export function decayOf(
  { weightDecay: decay, decays }: { readonly weightDecay: number; readonly decays: ParameterPredicate | undefined },
): readonly Transform<Memory<never>>[] {
  if (decays !== undefined) checkFunction("build an optimizer", "decays", decays);
  if (decay === 0) return [];
  return [decays === undefined ? weightDecay(decay) : masked(decays, weightDecay(decay))];
}
