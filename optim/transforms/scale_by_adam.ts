/**
 * Adam's scaling.
 *
 * @module
 */
import { checkOptions, type Complete } from "../../blas/options.ts";
import { checkNotNegative, checkShare } from "../check_setting.ts";
import { add, argument, div, mul, pow, type Scalar, sqrt, sub } from "../../blas/scalar/scalar.ts";
import { computeNumber } from "../step_number.ts";
import { flushed, meanSquareFor } from "./flush.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import type { Transform } from "./transform.ts";

/** The options of {@link scaleByAdam}. */
export type ScaleByAdamOptions = {
  /** The share of the mean of the gradients that each step keeps, in [0, 1); 0.9 if left out. */
  readonly beta1?: number | undefined;
  /** The share of the mean of their squares that each step keeps, in [0, 1); 0.999 if left out. */
  readonly beta2?: number | undefined;
  /** Added to the root of the mean square; 1e-8 if left out. */
  readonly epsilon?: number | undefined;
};

// 1 - beta is a separate operand: computed from a rounded beta, it would lose significant digits.
/** Returns the decaying mean of gradients, from its last value, the gradient, beta and 1 - beta. */
export const firstMoment = /* @__PURE__ */ deferredElementwise((m, g, beta, rest) =>
  flushed(add(mul(beta, m), mul(rest, g)))
);
/** Returns the corrected mean of the gradients over the corrected root of their mean square. */
export const direction = /* @__PURE__ */ deferredElementwise((m, v, first, second, epsilon) =>
  div(mul(first, m), add(mul(second, sqrt(v)), epsilon))
);

/** The total weight of a mean that began at 0, as an expression of beta and the number of steps before. */
const weight: Scalar = /* @__PURE__ */ (() => sub(1, pow(argument(0), add(argument(1), 1))))();
/** The correction of a mean for its start at 0, as an expression of beta and the number of steps before. */
export const firstCorrection: Scalar = /* @__PURE__ */ div(1, weight);
/** The same for the root of a mean. */
export const secondCorrection: Scalar = /* @__PURE__ */ (() => div(1, sqrt(weight)))();

/**
 * Divides the mean of the gradients by the root of the mean of their squares; both are corrected for their start at 0.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Kingma and Ba, Adam: A Method for Stochastic Optimization, 2014, algorithm 1.
 *
 * @example Adam, with weight decay placed explicitly
 * ```ts
 * import { chain, descend, scaleByAdam, tensor64, toNumber, weightDecay } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = chain(scaleByAdam(), weightDecay(0.5), descend({ learningRate: 0.1 }));
 * const { params } = optimizer.step(optimizer.init(tensor64(2)), tensor64(7));
 * assertAlmostEquals(toNumber(params), 2 - 0.1 * (1 + 0.5 * 2), 1e-8);
 * ```
 */
export function scaleByAdam(
  options: ScaleByAdamOptions = {},
): Transform<Memory<"firstMoment" | "secondMoment">> {
  checkOptions("build scaleByAdam", options, { beta1: true, beta2: true, epsilon: true });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkAdamSettings("scaleByAdam", { beta1, beta2, epsilon });
  const secondMoment = meanSquareFor(epsilon);
  const [kept1, rest1, kept2, rest2, added] = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon].map(deferredNumber);
  return leafwise<"firstMoment" | "secondMoment">({
    name: "scaleByAdam",
    config: { beta1, beta2, epsilon },
    slots: ["firstMoment", "secondMoment"],
    begin: ({ step }) => {
      const first = deferredNumber(computeNumber(firstCorrection, beta1, step));
      const second = deferredNumber(computeNumber(secondCorrection, beta2, step));
      return (gradient, [m, v], parameter) => {
        const mean = materialize(firstMoment(m!, gradient, kept1!, rest1!), parameter);
        const square = materialize(secondMoment(v!, gradient, kept2!, rest2!), parameter);
        return [direction(mean, square, first, second, added!), [mean, square]];
      };
    },
  });
}

/** Throws if settings of Adam are out of range; the error names the optimizer or transform. */
export function checkAdamSettings(
  what: string,
  { beta1, beta2, epsilon }: Complete<ScaleByAdamOptions>,
): void {
  checkShare(what, "beta1", beta1);
  checkShare(what, "beta2", beta2);
  checkNotNegative(what, "epsilon", epsilon);
}
