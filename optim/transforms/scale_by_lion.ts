/**
 * Lion's direction.
 *
 * @module
 */
import { checkOptions } from "../../blas/options.ts";
import { checkShare } from "../check_setting.ts";
import { add, mul, sign } from "../../blas/scalar/scalar.ts";
import { flushed } from "./flush.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import type { Transform } from "./transform.ts";

/** The options of {@link scaleByLion}. */
export type ScaleByLionOptions = {
  /** The weight of the mean gradient in the direction, in [0, 1); 0.9 if left out. */
  readonly beta1?: number | undefined;
  /** The share of the mean of the gradients that each step keeps, in [0, 1); 0.99 if left out. */
  readonly beta2?: number | undefined;
};

const momentOf = /* @__PURE__ */ deferredElementwise((m, g, beta, rest) => flushed(add(mul(beta, m), mul(rest, g))));
const signOf = /* @__PURE__ */ deferredElementwise((m, g, beta, rest) => sign(add(mul(beta, m), mul(rest, g))));

/**
 * Replaces each gradient by the sign of a weighted mean of it and earlier gradients.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, algorithm 2.
 *
 * @example
 * ```ts
 * import { chain, descend, scaleByLion, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(scaleByLion(), descend({ learningRate: 0.25 }));
 * const { params } = optimizer.step(optimizer.init(tensor64([1, 1])), tensor64([9, -0.1]));
 * assertEquals(toList(params), [0.75, 1.25]);
 * ```
 */
export function scaleByLion(options: ScaleByLionOptions = {}): Transform<Memory<"moment">> {
  checkOptions("build scaleByLion", options, { beta1: true, beta2: true });
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  checkShare("scaleByLion", "beta1", beta1);
  checkShare("scaleByLion", "beta2", beta2);
  const [kept1, rest1, kept2, rest2] = [beta1, 1 - beta1, beta2, 1 - beta2].map(deferredNumber);
  return leafwise({
    name: "scaleByLion",
    config: { beta1, beta2 },
    slots: ["moment"],
    begin: () => (gradient, [m], parameter) => [
      signOf(m!, gradient, kept1!, rest1!),
      [materialize(momentOf(m!, gradient, kept2!, rest2!), parameter)],
    ],
  });
}
