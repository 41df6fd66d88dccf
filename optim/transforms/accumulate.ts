/**
 * Gradient accumulation.
 *
 * @module
 */
import { checkMemory, checkOptimizer } from "../check_parts.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkCount } from "../check_setting.ts";
import { singlePart } from "../../blas/parts/single.ts";
import { add, argument, div, equal } from "../../blas/scalar/scalar.ts";
import { isAbstract } from "../../autograd/abstract_view.ts";
import { applyElementwise, elementwiseOf } from "../../autograd/elementwise.ts";
import { cast } from "../../autograd/ops/cast.ts";
import { where } from "../../autograd/ops/choice.ts";
import { type ParameterTree, zerosLike } from "../../autograd/tree/parameter_tree.ts";
import { detached } from "../../autograd/transforms/gradient.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { innerView } from "../../autograd/tensor_record.ts";
import { leaves, zipWith } from "../../autograd/tree/tree.ts";
import { zeros } from "../../autograd/values/constructors.ts";
import { toNumber } from "../../autograd/values/read.ts";
import { deferredStepOf, defineOptimizer, nextParams, rateOfStep, type StepTerms } from "../define_optimizer.ts";
import { increased } from "../descend.ts";
import { withLeaves } from "./gradients_for.ts";
import type { Optimizer, OptimizerState } from "../optimizer.ts";
import { nextRateOf } from "../schedules/next_rate.ts";
import { mul } from "../../autograd/ops/arithmetic.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import type { StateTree } from "./transform.ts";

/** The memory of {@link accumulate}. */
export type AccumulatorMemory<S extends StateTree> = {
  /** The sum of the gradients since the last step. */
  readonly sum: ParameterTree;
  /** The number of these gradients, 0-d. */
  readonly count: Tensor<"float64">;
  /** The optimizer's memory. */
  readonly optimizer: S;
};

const summed = /* @__PURE__ */ deferredElementwise((sum, g) => add(sum, g));
const meanOf = /* @__PURE__ */ deferredElementwise((sum, g, count) => div(add(sum, g), count));
const isDue = /* @__PURE__ */ (() => elementwiseOf(equal(add(argument(0), 1), argument(1)), singlePart))();

/**
 * Makes an optimizer that takes a step with the mean of every `steps` gradients: large batches in little memory.
 *
 * The params change at every `steps`-th call. `state.step` counts the steps taken, not the calls, and so do schedules.
 *
 * @param options `steps`: the number of gradients in a step.
 * @throws {RangeError} If `steps` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { accumulate, sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = accumulate({ steps: 2 }, sgd({ learningRate: 1 }));
 * const first = optimizer.step(optimizer.init(tensor64(0)), tensor64(1));
 * const second = optimizer.step(first, tensor64(3));
 * assertEquals([toNumber(first.params), toNumber(second.params), toNumber(second.step)], [0, -2, 1]);
 * ```
 */
export function accumulate<S extends StateTree>(
  options: { readonly steps: number },
  optimizer: Optimizer<S>,
): Optimizer<AccumulatorMemory<S>> {
  checkOptions("build accumulate", options, { steps: true });
  const { steps } = options;
  checkCount("accumulate", "steps", steps);
  checkOptimizer("accumulate", optimizer);
  const stepOf = deferredStepOf(optimizer), rateOf = rateOfStep(optimizer), all = deferredNumber(steps);
  const none = zeros([], { dtype: "float64" });
  type State = OptimizerState<ParameterTree, AccumulatorMemory<S>>;
  const name = `accumulate(${optimizer.name})`;
  const checkOwn = ({ memory }: State) =>
    checkMemory(name, memory, { sum: undefined, count: undefined, optimizer: undefined });
  return defineOptimizer<AccumulatorMemory<S>>({
    name,
    config: { ...optimizer.config, steps },
    init: (params) => {
      const state = optimizer.init(params);
      return { ...state, memory: { sum: zerosLike<ParameterTree>(params), count: none, optimizer: state.memory } };
    },
    rateOf: (state, taken) => {
      checkOwn(state);
      return rateOf({ ...state, memory: state.memory.optimizer }, taken);
    },
    step: (state, gradients, parameters, terms = {}) => {
      checkOwn(state);
      const { sum, count, optimizer: memory } = state.memory, sums = leaves<Tensor>(sum);
      const waiting = (): State => {
        const next = gradients.map((g, k) => materialize(summed(sums[k]!, g), parameters[k]!));
        return { ...state, memory: { sum: withLeaves(sum, next), count: increased(count), optimizer: memory } };
      };
      const stepping = (terms: StepTerms): State => {
        const mean = gradients.map((g, k) => meanOf(sums[k]!, g, all));
        const next = stepOf({ ...state, memory }, mean, parameters, terms);
        return { ...next, memory: { sum: zerosLike(sum), count: none, optimizer: next.memory } };
      };
      // If the count cannot be read, both are computed, and one is chosen.
      if (isAbstract(innerView(count))) {
        const due = applyElementwise<"float64">(isDue, [count, steps]);
        const taken = terms.taken === undefined ? due : mul(due, terms.taken);
        return choose(due, stepping({ ...terms, taken }), waiting());
      }
      return toNumber(count) + 1 === steps ? stepping(terms) : waiting();
    },
  });
}

/** Returns the first state if a number that cannot be read is 1, the second if it is 0. */
function choose<S extends StateTree>(
  first: Tensor<"float64">,
  a: OptimizerState<ParameterTree, S>,
  b: OptimizerState<ParameterTree, S>,
): OptimizerState<ParameterTree, S> {
  const pick = (x: Tensor | number, y: Tensor | number, path: string): Tensor | number => {
    if (isTensor(x) && isTensor(y)) return x === y ? x : where(cast(first, x.dtype), detached(x), detached(y));
    if (Object.is(x, y)) return x;
    throw new TypeError(
      `Cannot compile accumulate whose optimizer counts in a number at "${path}" of its memory: what changes from step to ` +
        "step must be a tensor; store constant(0)",
    );
  };
  // Both have the structure of T, and so does the state that is chosen.
  const pickAll = <T extends StateTree>(x: T, y: T): T =>
    zipWith<Tensor | number, Tensor | number, Tensor | number, StateTree>(pick, x, y) as T; // the same structure
  return {
    params: nextParams(a.params, leaves<Tensor>(pickAll(a.params, b.params))),
    step: pickAll(a.step, b.step),
    // A schedule's rate is left open in both.
    learningRate: nextRateOf(a.learningRate) === undefined ? pickAll(a.learningRate, b.learningRate) : a.learningRate,
    scheduled: a.scheduled,
    memory: pickAll(a.memory, b.memory),
  };
}
