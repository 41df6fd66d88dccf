/**
 * Metrics: measurements of batches that add up.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkFunction } from "../../autograd/arguments.ts";
import { deeplyFrozen } from "../../autograd/deeply_frozen.ts";
import { checkFields } from "../check_setting.ts";
import type { Monoid } from "../../deps.ts";
import { toNumber } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";

/**
 * A measurement of samples that can be made batch by batch: sums are measured on each batch, joined by a {@link
 * Monoid}, and turned into a value at the end. Batches of different size count by their size, so the result does not
 * depend on how samples were cut into batches.
 *
 * @typeParam Input The type of the input of a batch.
 * @typeParam Sums The type of the sums.
 * @typeParam Value The type of the value.
 */
export type Metric<Input, Sums, Value> = Monoid<Sums> & {
  /** Returns the sums of one batch. */
  readonly measure: (input: Input) => Sums;
  /** Returns the value for sums. */
  readonly value: (sums: Sums) => Value;
};

/** A weighted sum of values, and the sum of their weights. */
export type WeightedSum = {
  /** The sum of value times weight. */
  readonly total: number;
  /** The sum of the weights. */
  readonly weight: number;
};

/** A value, which is a number or a 0-d tensor, and its weight; 1 if left out. */
export type Weighted = { readonly value: Tensor | number; readonly weight?: number | undefined };

/**
 * Makes a metric of the weighted mean of any quantity of a batch. A value of weight 0 does not count, even if it is
 * NaN.
 *
 * @param of Returns a batch's value and its weight; for a mean over samples, the weight is their number.
 * @returns A metric; its value is NaN if nothing was measured.
 *
 * @example The mean absolute error, over batches of different size
 * ```ts
 * import { abs, mean, meanMetric, sub, type Tensor, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * type Batch = { readonly prediction: Tensor<"float64">; readonly target: Tensor<"float64"> };
 * const error = meanMetric(({ prediction, target }: Batch) => ({
 *   value: mean(abs(sub(prediction, target))),
 *   weight: target.shape[0]!,
 * }));
 * const one = error.measure({ prediction: tensor64([1, 2, 3]), target: tensor64([1, 2, 4]) });
 * const two = error.measure({ prediction: tensor64([5]), target: tensor64([0]) });
 * assertEquals(error.value(error.concat(one, two)), 1.5);
 * ```
 */
export function meanMetric<Input>(of: (input: Input) => Weighted): Metric<Input, WeightedSum, number> {
  checkFunction("build meanMetric", "what it is the mean of", of);
  return deeplyFrozen<Metric<Input, WeightedSum, number>>({
    empty: { total: 0, weight: 0 },
    concat: (a, b) => {
      checkSums(a);
      checkSums(b);
      return { total: a.total + b.total, weight: a.weight + b.weight };
    },
    measure: (input) => {
      const measured = of(input);
      checkFields("apply a mean metric to", measured, ["value"], "what has a value, and a weight if not 1");
      const { value, weight = 1 } = measured;
      checkWeight(weight);
      return weight === 0
        ? { total: 0, weight: 0 }
        : { total: weight * (typeof value === "number" ? value : toNumber(value)), weight };
    },
    value: (sums) => {
      checkSums(sums);
      return sums.total / sums.weight;
    },
  });
}

/** Throws if something is not the sums of a mean. */
const checkSums = (sums: unknown): void =>
  checkFields("read a mean from", sums, ["total", "weight"], "what measure or concat returned");

/** Throws if a weight is not a number. */
function checkWeight(weight: unknown): void {
  if (typeof weight === "number") return;
  throw new TypeError(
    `Cannot measure a mean with the weight ${describe(weight)}: it must be a number; pass the number of samples`,
  );
}

/** The mean of a batch's losses, and the number of samples in the mean, or the sum of their weights. */
export type BatchLoss = { readonly loss: Tensor | number; readonly samples: number };

/**
 * The mean loss of a sample.
 *
 * @example
 * ```ts
 * import { lossMetric } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const sums = [{ loss: 0.5, samples: 32 }, { loss: 2, samples: 16 }].map(lossMetric.measure);
 * assertEquals(lossMetric.value(sums.reduce(lossMetric.concat, lossMetric.empty)), 1);
 * ```
 */
export const lossMetric: Metric<BatchLoss, WeightedSum, number> = /* @__PURE__ */ meanMetric((batch) => {
  checkFields("apply lossMetric to", batch, ["loss", "samples"], "{ loss, samples }");
  return { value: batch.loss, weight: batch.samples };
});
