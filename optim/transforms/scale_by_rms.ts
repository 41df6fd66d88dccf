/**
 * Scaling by the root of a mean or a sum of squares.
 *
 * @module
 */
import { checkOptions } from "../../blas/options.ts";
import { checkNotNegative, checkShare } from "../check_setting.ts";
import { add, div, max, mul, sqrt, sub } from "../../blas/scalar/scalar.ts";
import { flushed, meanSquareFor } from "./flush.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import type { Transform } from "./transform.ts";

/** The options of {@link scaleByRms}. */
export type ScaleByRmsOptions = {
  /** The share of the mean of the squared gradients that each step keeps, in [0, 1); 0.99 if left out. */
  readonly alpha?: number | undefined;
  /** Added to the root; 1e-8 if left out. */
  readonly epsilon?: number | undefined;
  /**
   * Whether to divide by the standard deviation of the gradients, their mean square less the square of their mean; false
   * if left out.
   */
  readonly centered?: boolean | undefined;
};

/** The options of {@link scaleByAdagrad}. */
export type ScaleByAdagradOptions = {
  /** Added to the root; 1e-10 if left out. */
  readonly epsilon?: number | undefined;
};

const sumOfSquaresOf = /* @__PURE__ */ deferredElementwise((v, g) => add(v, mul(g, g)));
const meanOf = /* @__PURE__ */ deferredElementwise((m, g, alpha, rest) => flushed(add(mul(alpha, m), mul(rest, g))));
// Without rounding, the difference would be at least 0.
const overDeviation = /* @__PURE__ */ deferredElementwise((g, v, m, epsilon) =>
  div(g, add(sqrt(max(sub(v, mul(m, m)), 0)), epsilon))
);
const overRoot = /* @__PURE__ */ deferredElementwise((g, v, epsilon) => div(g, add(sqrt(v), epsilon)));

/**
 * Divides each gradient by the root of the mean of its squares, or, `centered`, by its standard deviation.
 *
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012.
 *
 * @example
 * ```ts
 * import { chain, descend, scaleByRms, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = chain(scaleByRms({ alpha: 0.75 }), descend({ learningRate: 0.1 }));
 * const { params } = optimizer.step(optimizer.init(tensor64(1)), tensor64(5));
 * assertAlmostEquals(toNumber(params), 0.8, 1e-8);
 * ```
 */
export function scaleByRms(
  options: ScaleByRmsOptions = {},
): Transform<Memory<"meanSquare">> {
  checkOptions("build scaleByRms", options, { alpha: true, epsilon: true, centered: "flag" });
  const { alpha = 0.99, epsilon = 1e-8, centered = false } = options;
  checkShare("scaleByRms", "alpha", alpha);
  checkNotNegative("scaleByRms", "epsilon", epsilon);
  const [kept, rest, added] = [alpha, 1 - alpha, epsilon].map(deferredNumber), meanSquareOf = meanSquareFor(epsilon);
  return leafwise<"meanSquare" | "meanGradient">({
    name: "scaleByRms",
    config: { alpha, epsilon, ...centered && { centered } },
    slots: centered ? ["meanSquare", "meanGradient"] : ["meanSquare"],
    begin: () => (gradient, [v, m], parameter) => {
      const meanSquare = materialize(meanSquareOf(v!, gradient, kept!, rest!), parameter);
      if (m !== undefined) {
        const mean = materialize(meanOf(m, gradient, kept!, rest!), parameter);
        return [overDeviation(gradient, meanSquare, mean, added!), [meanSquare, mean]];
      }
      return [overRoot(gradient, meanSquare, added!), [meanSquare]];
    },
  });
}

/**
 * Divides each gradient by the root of the sum of all its squares so far.
 *
 * @throws {RangeError} If `epsilon` is NaN, infinite or negative.
 * @see Duchi, Hazan and Singer, Adaptive Subgradient Methods, 2011.
 *
 * @example
 * ```ts
 * import { chain, descend, scaleByAdagrad, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = chain(scaleByAdagrad(), descend({ learningRate: 0.5 }));
 * const { params } = optimizer.step(optimizer.init(tensor64(1)), tensor64(7));
 * assertAlmostEquals(toNumber(params), 0.5, 1e-9);
 * ```
 */
export function scaleByAdagrad(options: ScaleByAdagradOptions = {}): Transform<Memory<"sumOfSquares">> {
  checkOptions("build scaleByAdagrad", options, { epsilon: true });
  const { epsilon = 1e-10 } = options;
  checkNotNegative("scaleByAdagrad", "epsilon", epsilon);
  const added = deferredNumber(epsilon);
  return leafwise({
    name: "scaleByAdagrad",
    config: { epsilon },
    slots: ["sumOfSquares"],
    begin: () => (gradient, [v], parameter) => {
      const sumOfSquares = materialize(sumOfSquaresOf(v!, gradient), parameter);
      return [overRoot(gradient, sumOfSquares, added), [sumOfSquares]];
    },
  });
}
