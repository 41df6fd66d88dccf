/**
 * The learning-rate range test.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkFunction } from "../../autograd/arguments.ts";
import { checkOptimizer } from "../check_parts.ts";
import { checkFields, checkSetting } from "../check_setting.ts";
import type { Option } from "../../deps.ts";
import * as option from "../../blas/option.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { toNumber } from "../../autograd/values/read.ts";
import type { ValueAndGradient } from "../../autograd/transforms/gradient.ts";
import { type Optimizer, type OptimizerState, withLearningRate } from "../optimizer.ts";

/** The options of {@link learningRateSweep}. */
export type SweepOptions = {
  /** The first learning rate; 1e-6 if left out. */
  readonly from?: number | undefined;
  /** The last one; 10 if left out. */
  readonly to?: number | undefined;
  /** The number of steps from the first to the last, one batch each; 100 if left out. */
  readonly steps?: number | undefined;
  /** The share of the smoothed loss that each step keeps, in [0, 1); 0.9 if left out. */
  readonly smoothing?: number | undefined;
  /** The sweep ends when the smoothed loss is this many times the lowest so far; 4 if left out. */
  readonly divergence?: number | undefined;
};

/** The result of {@link learningRateSweep}; the arrays have one entry for each step. */
export type LearningRateSweep = {
  /** The learning rates; each is a constant factor above the one before. */
  readonly rates: readonly number[];
  /** The loss before the step with that rate, on the batch of the step. */
  readonly losses: readonly number[];
  /** The moving average of the losses. */
  readonly smoothed: readonly number[];
  /** Why it ended: it reached the end of the range, the loss diverged, or there were no more batches. */
  readonly ended: "range" | "diverged" | "batches";
  /** The rate at which the loss falls fastest; `none` if it never falls. */
  readonly suggestion: Option<number>;
};

/**
 * Finds a learning rate by trying a range: training begins with a rate that is far too small, the rate grows by a
 * constant factor from step to step, and the sweep ends when the loss diverges. The resulting state is thrown away;
 * `params` are not changed.
 *
 * The suggestion is the rate at which the loss falls steepest over the logarithm of the rate, before it is lowest,
 * where the rate is already too large. Look at the curve too: any rate on the slope is fine.
 *
 * @param optimizer The optimizer that takes the steps. Its own rate or schedule is not used.
 * @param lossAndGradients The function that `valueAndGradient` returned for a loss of params and a batch.
 * @param params The initial params.
 * @param batches One batch for each step, in any iterable: an array, or a generator that need not end.
 * @param options The range, the number of steps, and when to stop.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @see Smith, Cyclical Learning Rates for Training Neural Networks, 2015, section 3.3, for the range test with a rate
 * that grows linearly. A rate that grows by a factor, and an average corrected for its start as in Adam (Kingma and Ba,
 * 2014, section 3), cover several orders of magnitude.
 *
 * @example
 * ```ts
 * import { learningRateSweep, mul, sgd, square, sum, type Tensor, tensor64, valueAndGradient } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * // On scale * x^2, plain gradient descent diverges for rates above 1 / scale.
 * const loss = valueAndGradient((x: Tensor<"float64">, scale: number) => sum(mul(square(x), scale)));
 * const batches = Array.from({ length: 100 }, () => 5);
 * const { rates, ended, suggestion } = learningRateSweep(sgd(), loss, tensor64([1]), batches, { from: 1e-4, to: 10 });
 * assertEquals(ended, "diverged");
 * assert(suggestion._tag === "Some" && suggestion.value > 0.001 && suggestion.value < 0.2);
 * assert(rates.at(-1)! > 0.2);
 * ```
 */
export function learningRateSweep<P extends TensorTree<P>, B>(
  optimizer: Optimizer,
  lossAndGradients: (params: P, batch: B) => ValueAndGradient<P>,
  params: P,
  batches: Iterable<B>,
  options: SweepOptions = {},
): LearningRateSweep {
  checkOptions("run learningRateSweep", options, {
    from: true,
    to: true,
    steps: true,
    smoothing: true,
    divergence: true,
  });
  checkOptimizer("learningRateSweep", optimizer);
  checkFunction("run learningRateSweep", "lossAndGradients", lossAndGradients);
  checkIterable(batches);
  const { from = 1e-6, to = 10, steps = 100, smoothing = 0.9, divergence = 4 } = options;
  const check = (name: string, value: number, allowed: (x: number) => boolean, wanted: string): void =>
    checkSetting("learningRateSweep", name, value, allowed, wanted);
  check("from", from, (x) => x > 0, "a finite number above 0");
  check("to", to, (x) => x > from, `a finite number above from, ${from}`);
  check("steps", steps, (n) => Number.isInteger(n) && n >= 2, "a whole number of 2 or more");
  check("smoothing", smoothing, (x) => x >= 0 && x < 1, "in [0, 1)");
  check("divergence", divergence, (x) => x > 1, "a finite number above 1");

  const rates: number[] = [], losses: number[] = [], smoothed: number[] = [];
  const end = (ended: LearningRateSweep["ended"]): LearningRateSweep => ({
    rates,
    losses,
    smoothed,
    ended,
    suggestion: steepest(rates, losses, smoothed, steps),
  });
  let state: OptimizerState<P> = optimizer.init(params), average = 0, lowest = Infinity;
  for (const batch of batches) {
    checkFields("run learningRateSweep with an optimizer that returned", state, ["params"], "one such as sgd()");
    const k = rates.length, share = k / (steps - 1), rate = from ** (1 - share) * to ** share;
    const result = lossAndGradients(state.params, batch);
    checkFields("run learningRateSweep with a loss that returned", result, ["value", "gradients"], VALUE_AND_GRADIENT);
    const { value, gradients } = result, loss = toNumber(value);
    // The average begins at 0; the division corrects for that.
    average = smoothing * average + (1 - smoothing) * loss;
    const smooth = average / (1 - smoothing ** (k + 1));
    rates.push(rate);
    losses.push(loss);
    smoothed.push(smooth);
    lowest = Math.min(lowest, smooth);
    if (!Number.isFinite(smooth) || smooth > lowest + (divergence - 1) * Math.abs(lowest)) return end("diverged");
    if (k + 1 === steps) return end("range");
    state = optimizer.step(withLearningRate(state, rate), gradients);
  }
  return end("batches");
}

/** Describes the function of the loss, for errors. */
const VALUE_AND_GRADIENT = "the function that valueAndGradient returned";

/** Throws if batches cannot be iterated over. */
function checkIterable(batches: unknown): void {
  if (typeof batches === "object" && batches !== null && Symbol.iterator in batches) return;
  throw new TypeError(
    `Cannot run learningRateSweep over ${describe(batches)}: batches must be an array or another iterable; pass what ` +
      "batches returned",
  );
}

/**
 * Returns the position at which the loss falls fastest: the middle of the tenth of the range over which a line fitted
 * to the losses falls most. It is a tenth because the loss differs by chance from batch to batch. Values after the
 * lowest average are left out, since a loss that recovers from a jump falls fastest of all.
 */
function steepest(
  rates: readonly number[],
  losses: readonly number[],
  smoothed: readonly number[],
  steps: number,
): Option<number> {
  const lowest = smoothed.reduce((best, loss, k) => loss < smoothed[best]! ? k : best, 0);
  const width = Math.min(Math.max(Math.round(steps / 10), 2), lowest + 1);
  const slopes = Array.from({ length: lowest + 2 - width }, (_, k) => slope(losses.slice(k, k + width)));
  const fastest = slopes.reduce((best, value, k) => value < (slopes[best] ?? 0) ? k : best, -1);
  return fastest < 0 ? option.none : option.some(rates[fastest + Math.floor((width - 1) / 2)]!);
}

/** Returns the slope of the least-squares line through values at 0, 1, 2, …, up to a positive factor. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  return values.reduce((sum, value, k) => sum + (k - middle) * value, 0);
}
