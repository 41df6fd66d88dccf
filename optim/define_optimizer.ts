/**
 * How optimizers are made.
 *
 * @module
 */
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import { type Tensor, variableOf } from "../autograd/tensor.ts";
import { leaves } from "../autograd/tree/tree.ts";
import { checkParameters, gradientsFor, withLeaves } from "./transforms/gradients_for.ts";
import type { Optimizer, OptimizerState } from "./optimizer.ts";
import { compute, type Deferred } from "./transforms/pending.ts";
import { type OptimizerConfig, parametersOf, type StateTree } from "./transforms/transform.ts";

/** One step with gradients that are still to be computed, in the order of the parameters, and those. */
export type DeferredStep<S extends StateTree> = <P extends ParameterTree>(
  state: OptimizerState<P, S>,
  gradients: readonly Deferred[],
  parameters: readonly Tensor[],
) => OptimizerState<P, S>;

/** What is known of an optimizer when it is defined. */
export type OptimizerDefinition<S extends StateTree> = {
  readonly name: string;
  readonly config: OptimizerConfig;
  init<P extends ParameterTree>(params: P): OptimizerState<P, S>;
  readonly step: DeferredStep<S>;
};

/** How the optimizers of this library work underneath. An optimizer written by a user is not among them. */
const deferredSteps = new WeakMap<object, unknown>();

/** Makes an optimizer that takes up what transforms before it have left to be computed. */
export function defineOptimizer<S extends StateTree>(
  { name, config, init, step }: OptimizerDefinition<S>,
): Optimizer<S> {
  const optimizer: Optimizer<S> = {
    name,
    config: Object.freeze({ ...config }),
    init: (params) => {
      checkParameters(name, params);
      return init(params);
    },
    step: (state, gradients) => step(state, gradientsFor(name, state.params, gradients), parametersOf(state.params)),
  };
  deferredSteps.set(optimizer, step);
  return optimizer;
}

/** The step of any optimizer; for one written by a user what is pending is computed first. */
export function deferredStepOf<S extends StateTree>(optimizer: Optimizer<S>): DeferredStep<S> {
  const known = deferredSteps.get(optimizer) as DeferredStep<S> | undefined; // set with this optimizer, of this S
  return known ?? ((state, gradients, parameters) =>
    optimizer.step(
      state,
      withLeaves<ParameterTree>(state.params, gradients.map((deferred, k) => compute(deferred, parameters[k]!))),
    ));
}

/**
 * The tree of params with these tensors in it: variables where there were variables, unless a transform is running that
 * differentiates the step itself.
 */
export function nextParams<P extends ParameterTree>(params: P, tensors: readonly Tensor[]): P {
  const before = leaves<Tensor>(params as ParameterTree);
  return withLeaves(
    params,
    tensors.map((t, k) => before[k]!.tag === "variable" && !t.requiresGrad ? variableOf(t.view) : t),
  );
}
