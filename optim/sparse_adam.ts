/**
 * Adam for the rows used.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { add, div, mul, sqrt } from "../blas/scalar/scalar.ts";
import { descentBy } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import { rowwise } from "./rowwise.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { computeNumber } from "./step_number.ts";
import { deferredElementwise, deferredNumber, materialize } from "./transforms/deferred.ts";
import { meanSquareFor } from "./transforms/flush.ts";
import { leafwise, type Memory } from "./transforms/leafwise.ts";
import { checkAdamSettings, firstCorrection, firstMoment, secondCorrection } from "./transforms/scale_by_adam.ts";

/** The options of {@link sparseAdam}. */
export type SparseAdamOptions = {
  /** Default: 0.001. */
  readonly learningRate?: number | Schedule | undefined;
  /** The share of the mean of the gradients that each step keeps, in [0, 1); 0.9 if left out. */
  readonly beta1?: number | undefined;
  /** The share of the mean of their squares that each step keeps, in [0, 1); 0.999 if left out. */
  readonly beta2?: number | undefined;
  /** Added to the root of the mean square; 1e-8 if left out. */
  readonly epsilon?: number | undefined;
};

/** Adds epsilon to the root before it is corrected, unlike Adam. */
const direction = /* @__PURE__ */ deferredElementwise((m, v, first, second, epsilon) =>
  div(mul(first, m), mul(second, add(sqrt(v), epsilon)))
);

/**
 * Makes PyTorch's `SparseAdam`: a step of Adam for the rows of tables that the loss has used, while moments and values of all other
 * rows stay. It is {@link rowwise} of Adam, except that epsilon is added before the second moment is corrected.
 *
 * @param options `learningRate` 0.001, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-8 by default.
 * @returns An optimizer whose parameters are tables that are read by a single `take` along axis 0.
 * @throws {RangeError} If a rate or setting is out of range.
 * @throws {TypeError} If an option does not exist, or in a step if a gradient does not consist of rows.
 *
 * @example Embeddings by rows, everything else by Adam
 * ```ts
 * import {
 *   adam,
 *   constant,
 *   denseLayer,
 *   embedding,
 *   evaluate,
 *   gradient,
 *   key,
 *   partitioned,
 *   sequential,
 *   sparseAdam,
 *   sum,
 *   toArray,
 * } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const model = sequential([embedding(1000, 8), denseLayer(8, 1)]), { params, state } = model.init(key(0));
 * const optimizer = partitioned({ table: sparseAdam(), rest: adam() }, (path) => path === "0.weight" ? "table" : "rest");
 * const loss = (p: typeof params) => sum(model.apply({ params: p, state }, constant([3, 7]), evaluate)[0]);
 *
 * const next = optimizer.step(optimizer.init(params), gradient(loss)(params));
 * const before = toArray(params[0].weight) as number[][], after = toArray(next.params[0].weight) as number[][];
 * assertEquals(after.flatMap((row, k) => row[0] === before[k]![0] ? [] : [k]), [3, 7]);
 * ```
 */
export function sparseAdam(options: SparseAdamOptions = {}): Optimizer<Memory<"firstMoment" | "secondMoment">> {
  checkOptions("build sparseAdam", options, { learningRate: true, beta1: true, beta2: true, epsilon: true });
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkAdamSettings("sparseAdam", { beta1, beta2, epsilon });
  const [kept1, rest1, kept2, rest2, added] = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon].map(deferredNumber);
  const secondMoment = meanSquareFor(epsilon);
  const scaling = leafwise<"firstMoment" | "secondMoment">({
    name: "scaleBySparseAdam",
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
  return rowwise(
    descentBy<Memory<"firstMoment" | "secondMoment">>({
      name: "sparseAdam",
      learningRate,
      config: { beta1, beta2, epsilon },
      transforms: [scaling],
    }),
  );
}
