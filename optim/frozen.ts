/**
 * The optimizer that changes nothing.
 *
 * @module
 */
import { defineOptimizer, nextParams } from "./define_optimizer.ts";
import { increased } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import { constant } from "../autograd/values/constructors.ts";
import type { Memory } from "./transforms/leafwise.ts";

/**
 * Leaves parameters as they are, whatever their gradients: an optimizer for a group of `partitioned`. It counts its
 * steps, and has no other memory.
 *
 * @example
 * ```ts
 * import { adam, frozen, partitioned, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = partitioned({ head: adam(), body: frozen }, (path) => path === "head" ? "head" : "body");
 * const params = { body: tensor64(2), head: tensor64(1) };
 * assertEquals(toNumber(optimizer.step(optimizer.init(params), params).params.body), 2);
 * ```
 */
export const frozen: Optimizer<Memory<never>> = /* @__PURE__ */ defineOptimizer<Memory<never>>({
  name: "frozen",
  config: {},
  init: (params) => ({
    params,
    step: constant(0, { dtype: "float64" }),
    learningRate: constant(0, { dtype: "float64" }),
    scheduled: true,
    memory: {},
  }),
  step: (state, _, parameters) => ({
    ...state,
    params: nextParams(state.params, parameters),
    step: increased(state.step),
  }),
});
