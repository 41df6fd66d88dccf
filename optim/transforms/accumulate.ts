/**
 * Gradient accumulation.
 *
 * @module
 */
import { add, argument, div, equal, type Scalar, select } from "../../blas/scalar/scalar.ts";
import { computeNumber, type DynamicNumber, numberTensor } from "../../autograd/dynamic_number.ts";
import { where } from "../../autograd/ops/comparison.ts";
import { type ParameterTree, zerosLike } from "../../autograd/tree/parameter_tree.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { leaves, zipWith } from "../../autograd/tree/tree.ts";
import { deferredStepOf, defineOptimizer, nextParams } from "../define_optimizer.ts";
import { asNumber } from "../descend.ts";
import { withLeaves } from "./gradients_for.ts";
import { checkSetting, type Optimizer, type OptimizerState } from "../optimizer.ts";
import { compute, type Deferred, deferredElementwise, numberOperand } from "./pending.ts";
import type { StateTree } from "./transform.ts";

/** What {@link accumulate} remembers. */
export type AccumulatorMemory<S extends StateTree> = {
  /** The sum of the gradients given since the last step. */
  readonly sum: ParameterTree;
  /** How many they are. */
  readonly count: number;
  /** What the optimizer remembers. */
  readonly optimizer: S;
};

const summed = deferredElementwise((sum, g) => add(sum, g));
const meanOf = deferredElementwise((sum, g, count) => div(add(sum, g), count));
const successor: Scalar = add(argument(0), 1);
const isDue: Scalar = equal(add(argument(0), 1), argument(1));
const chosen: Scalar = select(argument(0), argument(1), argument(2));

/**
 * Lets an optimizer take a step with the mean of every `steps` gradients: large batches in small memory.
 *
 * The params change at every `steps`-th call; `state.step` counts the steps taken, not the calls, and so do schedules.
 *
 * @param options `steps`: how many gradients make one step.
 * @throws {RangeError} If `steps` is no whole number above 0.
 *
 * @example
 * ```ts
 * import { accumulate, sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = accumulate({ steps: 2 }, sgd({ learningRate: 1 }));
 * const first = optimizer.step(optimizer.init(tensor64(0)), tensor64(1));
 * const second = optimizer.step(first, tensor64(3));
 * assertEquals([toNumber(first.params), toNumber(second.params), second.step], [0, -2, 1]);
 * ```
 */
export function accumulate<S extends StateTree>(
  { steps }: { readonly steps: number },
  optimizer: Optimizer<S>,
): Optimizer<AccumulatorMemory<S>> {
  checkSetting("accumulate", "steps", steps, (x) => Number.isInteger(x) && x > 0, "a whole number above 0");
  const stepOf = deferredStepOf(optimizer), all = numberOperand(steps);
  type State<P extends ParameterTree> = OptimizerState<P, AccumulatorMemory<S>>;
  return defineOptimizer<AccumulatorMemory<S>>({
    name: `accumulate(${optimizer.name})`,
    config: { ...optimizer.config, steps },
    init: (params) => {
      const state = optimizer.init(params);
      return { ...state, memory: { sum: zerosLike<ParameterTree>(params), count: 0, optimizer: state.memory } };
    },
    step: <P extends ParameterTree>(
      state: State<P>,
      gradients: readonly Deferred[],
      parameters: readonly Tensor[],
    ): State<P> => {
      const { sum, count: before, optimizer: memory } = state.memory;
      const count: DynamicNumber = before, sums = leaves<Tensor>(sum);
      const waiting = (): State<P> => {
        const next = gradients.map((g, k) => compute(summed(sums[k]!, g), parameters[k]!));
        const more = asNumber(computeNumber(successor, count));
        return { ...state, memory: { sum: withLeaves(sum, next), count: more, optimizer: memory } };
      };
      const stepping = (): State<P> => {
        const next = stepOf({ ...state, memory }, gradients.map((g, k) => meanOf(sums[k]!, g, all)), parameters);
        return { ...next, memory: { sum: zerosLike(sum), count: 0, optimizer: next.memory } };
      };
      if (!isTensor(count)) return count + 1 === steps ? stepping() : waiting();
      return choose(computeNumber(isDue, count, steps), stepping(), waiting());
    },
  });
}

/** The first state where a number that is not known yet is 1, the second where it is 0. */
function choose<P extends ParameterTree, S extends StateTree>(
  first: DynamicNumber,
  a: OptimizerState<P, S>,
  b: OptimizerState<P, S>,
): OptimizerState<P, S> {
  const pick = (x: Tensor | number, y: Tensor | number): Tensor | number =>
    typeof x === "number" || typeof y === "number"
      ? computeNumber(chosen, first, x as DynamicNumber, y as DynamicNumber)
      : where(numberTensor(first, x.dtype), x, y);
  const pickAll = <T extends StateTree>(x: T, y: T): T =>
    zipWith<Tensor | number, Tensor | number, Tensor | number, StateTree>(pick, x, y) as T;
  return {
    params: nextParams(a.params, leaves<Tensor>(pickAll<ParameterTree>(a.params, b.params))),
    step: asNumber(pick(a.step, b.step) as DynamicNumber),
    learningRate: asNumber(pick(a.learningRate, b.learningRate) as DynamicNumber),
    scheduled: a.scheduled,
    memory: pickAll(a.memory, b.memory),
  };
}
