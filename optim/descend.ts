/**
 * The step down the slope, which ends every optimizer.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { add, argument, mul, sub } from "../blas/scalar/scalar.ts";
import { computeNumber } from "./step_number.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { constant } from "../autograd/values/constructors.ts";
import { defineOptimizer, nextParams } from "./define_optimizer.ts";
import type { Memory } from "./transforms/leafwise.ts";
import type { Optimizer } from "./optimizer.ts";
import { type Deferred, deferredElementwise, deferredNumber, materialize } from "./transforms/deferred.ts";
import { ratesOf } from "./schedules/rates.ts";
import type { Schedule } from "./schedules/schedule.ts";
import {
  type DeferredContext,
  deferredUpdateOf,
  type OptimizerConfig,
  type StateTree,
  type Transform,
} from "./transforms/transform.ts";

/** The options of {@link descend}. */
export type DescendOptions = {
  /** 0.01 if left out. */
  readonly learningRate?: number | Schedule | undefined;
};

/**
 * Subtracts the learning rate times the update it receives. It turns transforms into an optimizer: `adam` is
 * `chain(scaleByAdam(), descend())`, with another default rate.
 *
 * @throws {RangeError} If the rate is NaN, infinite or negative.
 *
 * @example A custom optimizer
 * ```ts
 * import { chain, clipNorm, descend, momentum, tensor64, toNumber, weightDecay } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(clipNorm(10), weightDecay(0.5), momentum({ decay: 0.9 }), descend({ learningRate: 0.1 }));
 * const { params } = optimizer.step(optimizer.init(tensor64(4)), tensor64(3));
 * assertEquals(toNumber(params), 3.5);
 * ```
 */
export function descend(options: DescendOptions = {}): Optimizer<Memory<never>> {
  checkOptions("build descend", options, { learningRate: true });
  const { learningRate = 0.01 } = options;
  return descentBy<Memory<never>>({ name: "descend", learningRate, config: {}, transforms: [] });
}

/** The definition for {@link descentBy}. */
export type Descent = {
  readonly name: string;
  readonly learningRate: number | Schedule;
  readonly config: OptimizerConfig;
  /** The transforms to apply to the gradients first; the names of their memories differ. */
  readonly transforms: readonly Transform<Memory<string>>[];
};

const lowered = /* @__PURE__ */ deferredElementwise((p, rate, update) => sub(p, mul(rate, update)));
const successor = /* @__PURE__ */ (() => add(argument(0), 1))();

/** Returns a count increased by 1. */
export const increased = (count: Tensor<"float64">): Tensor<"float64"> => computeNumber(successor, count);

/**
 * Makes an optimizer from transforms, under one name.
 *
 * @typeParam S The memories of all transforms, in one record.
 */
export function descentBy<S extends StateTree>(
  { name, learningRate, config, transforms }: Descent,
): Optimizer<S> {
  const updates = transforms.map((transform) => deferredUpdateOf<StateTree>(transform));
  const { held, rateOf, heldAfter } = ratesOf(name, learningRate);
  // The names differ, so one record holds all memories: an S, as the caller says.
  const joined = (memories: readonly Memory<string>[]): S => Object.assign({}, ...memories) as S;
  return defineOptimizer<S>({
    name,
    config: { learningRate, ...config },
    init: (params) => ({
      params,
      step: number(0),
      learningRate: held,
      scheduled: true,
      memory: joined(transforms.map((transform) => transform.init(params))),
    }),
    rateOf,
    step: (state, gradients, parameters, { taken, rate: known = rateOf(state, taken) } = {}) => {
      const context = { params: state.params, parameters, step: state.step, learningRate: known, taken };
      const [directions, memories] = inTurn(updates, gradients, updates.map(() => state.memory), context);
      const rate = deferredNumber(context.learningRate), step = increased(state.step);
      return {
        params: nextParams(state.params, parameters.map((p, k) => materialize(lowered(p, rate, directions[k]!), p))),
        step,
        learningRate: heldAfter(state),
        scheduled: state.scheduled,
        memory: joined(memories as readonly Memory<string>[]), // memories are records
      };
    },
  });
}

const number = (value: number): Tensor<"float64"> => constant(value, { dtype: "float64" });

/** Applies updates one after another, each to the result of the previous one. */
export function inTurn(
  updates: readonly ReturnType<typeof deferredUpdateOf<StateTree>>[],
  gradients: readonly Deferred[],
  states: readonly StateTree[],
  context: DeferredContext,
): readonly [gradients: readonly Deferred[], states: readonly StateTree[]] {
  return updates.reduce<readonly [readonly Deferred[], readonly StateTree[]]>(([soFar, next], update, k) => {
    const [changed, state] = update(soFar, states[k]!, context);
    return [changed, [...next, state]];
  }, [gradients, []]);
}
