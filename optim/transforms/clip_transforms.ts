/**
 * Clipping as transforms.
 *
 * @module
 */
import { checkPositive } from "../check_setting.ts";
import { max, min, mul } from "../../blas/scalar/scalar.ts";
import { clippingFactor } from "./clipping_factor.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import { defineTransform, type Transform } from "./transform.ts";

const scaled = /* @__PURE__ */ deferredElementwise((g, factor) => mul(g, factor));
const limited = /* @__PURE__ */ deferredElementwise((g, low, high) => min(max(g, low), high));

/**
 * Scales all gradients by one factor such that their common Euclidean norm does not exceed `maxNorm`:
 * `clipByGlobalNorm` as a transform.
 *
 * @throws {RangeError} If `maxNorm` is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { chain, clipNorm, descend, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = chain(clipNorm(5), descend({ learningRate: 1 }));
 * const { params } = optimizer.step(optimizer.init(tensor64([0, 0])), tensor64([30, 40]));
 * assertAlmostEquals(toList(params)[0]!, -3, 1e-6);
 * ```
 */
export function clipNorm(maxNorm: number): Transform<Memory<never>> {
  checkPositive("clipNorm", "maxNorm", maxNorm);
  return defineTransform({
    name: "clipNorm",
    config: { maxNorm },
    init: () => ({}),
    update: (gradients, state, { parameters }) => {
      const computed = gradients.map((gradient, k) => materialize(gradient, parameters[k]!));
      const factor = deferredNumber(clippingFactor(maxNorm, computed));
      return [computed.map((gradient) => scaled(gradient, factor)), state];
    },
  });
}

/**
 * Limits every element of every gradient to `[-limit, limit]`: `clipByValue` as a transform.
 *
 * @throws {RangeError} If `limit` is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { chain, clipValue, descend, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(clipValue(1), descend({ learningRate: 1 }));
 * const { params } = optimizer.step(optimizer.init(tensor64([0, 0])), tensor64([30, -0.5]));
 * assertEquals(toList(params), [-1, 0.5]);
 * ```
 */
export function clipValue(limit: number): Transform<Memory<never>> {
  checkPositive("clipValue", "limit", limit);
  const low = deferredNumber(-limit), high = deferredNumber(limit);
  return leafwise({
    name: "clipValue",
    config: { limit },
    slots: [],
    begin: () => (gradient) => [limited(gradient, low, high), []],
  });
}
