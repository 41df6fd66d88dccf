/**
 * Layer-wise trust ratios.
 *
 * @module
 */
import { argument, div, greater, mul, type Scalar, select } from "../../blas/scalar/scalar.ts";
import { sizeOf } from "../../blas/shape.ts";
import { computeNumber } from "../step_number.ts";
import { normOf } from "./clipping_factor.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import type { Memory } from "./leafwise.ts";
import { defineTransform, type Transform } from "./transform.ts";

const scaled = /* @__PURE__ */ deferredElementwise((u, ratio) => mul(u, ratio));

/** The ratio as an expression of the norms of a parameter and its update. */
const ratioOf: Scalar = /* @__PURE__ */ (() =>
  select(
    greater(argument(0), 0),
    select(greater(argument(1), 0), div(argument(0), argument(1)), 1),
    1,
  ))();

/**
 * Scales the update of each parameter to the Euclidean norm of that parameter; an update or a parameter of 0 passes
 * unchanged.
 *
 * @see You et al., Large Batch Optimization for Deep Learning, 2020, section 3.
 */
export function scaleByTrustRatio(): Transform<Memory<never>> {
  return defineTransform<Memory<never>>({
    name: "scaleByTrustRatio",
    config: {},
    init: () => ({}),
    update: (gradients, _, { parameters }) => [
      gradients.map((gradient, k) => {
        const parameter = parameters[k]!, update = materialize(gradient, parameter);
        if (sizeOf(parameter.shape) === 0) return update;
        const ratio = computeNumber(ratioOf, normOf(parameter), normOf(update));
        return scaled(update, deferredNumber(ratio));
      }),
      {}, // not the given state, which in an optimizer is the memory of all its transforms, before the step
    ],
  });
}
