/**
 * The Kullback-Leibler divergence.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { equal, log, mul, select, sub } from "../../blas/scalar/scalar.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { applyElementwise, exponential } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";
import { checkReduction, checkSameShape, type LossOptions, reduceLoss } from "./loss.ts";
import type { AxisOption } from "./softmax.ts";
import { sum } from "./sum.ts";

/** `p * (log(p) - logQ)`, and 0 where `p` is 0, even if `logQ` is -Infinity there; so are its derivatives. */
const divergencePrimitive = /* @__PURE__ */ exponential(
  "divergence",
  (logQ, p) => select(equal(p, 0), 0, mul(p, sub(log(p), logQ))),
  { domains: [[-2, 0], [0.2, 1]] },
);

/** The primitives of this file, for the generic checks. */
export const klDivergencePrimitives = [divergencePrimitive];

/**
 * Computes the sum of `p * log(p / q)` over an axis: how much is lost by using the distribution `q` in place of `p`.
 *
 * The mean is over distributions, as in mathematics. PyTorch calls it `"batchmean"`; its own `"mean"` also divides by
 * the length of the axis.
 *
 * @param logQ Logarithms of the probabilities of `q`, such as `logSoftmax` returns; any shape of at least one axis.
 * @param p Probabilities of the same shape, usually the target. Where one is 0 its term is 0, with slope 0.
 * @param options `axis`: the axis along which probabilities add up to 1, the last by default; `reduction`: `"mean"`
 * (default) over distributions, `"sum"`, or `"none"`, one divergence for each.
 * @returns 0-d, or the operands' shape without the axis with `"none"`.
 * @throws {ShapeError} If the shapes differ or the axis is out of range.
 * @throws {DTypeError} If the dtypes differ.
 * @see Kullback and Leibler, On Information and Sufficiency, 1951.
 *
 * @example
 * ```ts
 * import { klDivergence, log, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const q = tensor64([0.5, 0.25, 0.25]), p = tensor64([0.5, 0.5, 0]);
 * assertAlmostEquals(toNumber(klDivergence(log(q), p)), 0.5 * Math.LN2);
 * ```
 */
export function klDivergence<D extends DType>(
  logQ: Tensor<D>,
  p: Tensor<NoInfer<D>>,
  options: LossOptions & AxisOption = {},
): Tensor<D> {
  checkOptions("apply klDivergence", options, { axis: true, reduction: true });
  const { axis = -1, reduction = "mean" } = options;
  checkReduction("klDivergence", reduction);
  checkSameShape("klDivergence", logQ, p);
  const axes = unwrap(normalizeAxis("klDivergence", logQ.shape, axis));
  return reduceLoss(sum(applyElementwise<D>(divergencePrimitive, [logQ, p]), { axes }), reduction);
}
