/**
 * NAdam's scaling.
 *
 * @module
 */
import type { Complete } from "../../blas/options.ts";
import { checkMemory } from "../check_parts.ts";
import { add, argument, div, mul, pow, type Scalar, sqrt, sub } from "../../blas/scalar/scalar.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { zerosLike } from "../../autograd/tree/parameter_tree.ts";
import { constant } from "../../autograd/values/constructors.ts";
import { computeNumber } from "../step_number.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import { meanSquareFor } from "./flush.ts";
import { withLeaves } from "./gradients_for.ts";
import { type Memory, rememberedOf } from "./leafwise.ts";
import { firstMoment, type ScaleByAdamOptions, secondCorrection } from "./scale_by_adam.ts";
import { defineTransform, type Transform } from "./transform.ts";

/** The memory of {@link scaleByNadam}. */
export type NadamMemory = Memory<"firstMoment" | "secondMoment"> & {
  /** The product of the momenta of all steps so far, 0-d. */
  readonly momentumProduct: Tensor<"float64">;
};

/** Returns the momentum of a step, as an expression of beta1, the decay, and the number of steps up to it. */
const momentumAt = (step: Scalar): Scalar => mul(argument(0), sub(1, mul(0.5, pow(0.96, mul(step, argument(1))))));

// Expressions of beta1, the decay, the number of steps before, and the product of the momenta before.
const momentum = /* @__PURE__ */ (() => momentumAt(add(argument(2), 1)))();
const nextMomentum = /* @__PURE__ */ (() => momentumAt(add(argument(2), 2)))();
const product: Scalar = /* @__PURE__ */ (() => mul(argument(3), momentum))();
const gradientShare: Scalar = /* @__PURE__ */ (() => div(sub(1, momentum), sub(1, product)))();
const momentShare: Scalar = /* @__PURE__ */ (() => div(nextMomentum, sub(1, mul(product, nextMomentum))))();

const ahead = /* @__PURE__ */ deferredElementwise((g, m, v, ofGradient, ofMoment, second, epsilon) =>
  div(add(mul(ofGradient, g), mul(ofMoment, m)), add(mul(second, sqrt(v)), epsilon))
);

/**
 * Divides the mean of the gradients one step ahead, as Nesterov's momentum looks ahead, by the root of the mean of their
 * squares.
 *
 * @param settings Those of Adam, and how fast the momentum reaches beta1, all checked.
 */
export function scaleByNadam(
  { beta1, beta2, epsilon, momentumDecay }: Complete<ScaleByAdamOptions> & { readonly momentumDecay: number },
): Transform<NadamMemory> {
  const secondMoment = meanSquareFor(epsilon), name = "scaleByNadam";
  const [kept1, rest1, kept2, rest2, added] = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon].map(deferredNumber);
  return defineTransform<NadamMemory>({
    name,
    config: { beta1, beta2, epsilon, momentumDecay },
    init: (params) => ({
      firstMoment: zerosLike(params),
      secondMoment: zerosLike(params),
      momentumProduct: constant(1, { dtype: "float64" }),
    }),
    update: (gradients, memory, { params, parameters, step }) => {
      checkMemory(name, memory, { momentumProduct: undefined });
      const [means, squares] = (["firstMoment", "secondMoment"] as const).map((slot) =>
        rememberedOf(name, slot, { [slot]: memory[slot] }, gradients.length)
      );
      const numberOf = (expression: Scalar) =>
        computeNumber(expression, beta1, momentumDecay, step, memory.momentumProduct);
      const ofGradient = deferredNumber(numberOf(gradientShare)), ofMoment = deferredNumber(numberOf(momentShare));
      const second = deferredNumber(computeNumber(secondCorrection, beta2, step));
      const results = gradients.map((gradient, k) => {
        const mean = materialize(firstMoment(means![k]!, gradient, kept1!, rest1!), parameters[k]!);
        const square = materialize(secondMoment(squares![k]!, gradient, kept2!, rest2!), parameters[k]!);
        return { mean, square, update: ahead(gradient, mean, square, ofGradient, ofMoment, second, added!) };
      });
      return [results.map(({ update }) => update), {
        firstMoment: withLeaves(params, results.map(({ mean }) => mean)),
        secondMoment: withLeaves(params, results.map(({ square }) => square)),
        momentumProduct: numberOf(product),
      }];
    },
  });
}
