/**
 * How optimizers are made.
 *
 * @module
 */
import type { Parameters } from "../autograd/tree/parameter_tree.ts";
import { type Tensor, variableOf } from "../autograd/tensor.ts";
import { leaves } from "../autograd/tree/tree.ts";
import { checkParameters, gradientsFor, withLeaves } from "./transforms/gradients_for.ts";
import type { Optimizer, OptimizerState } from "./optimizer.ts";
import { compute, type Pending } from "./transforms/pending.ts";
import { type OptimizerConfig, parametersOf, type StateTree } from "./transforms/transform.ts";

/** One step with gradients that are still to be computed, in the order of the parameters, and those. */
export type PendingStep<S extends StateTree> = <P extends Parameters>(
  state: OptimizerState<P, S>,
  gradients: readonly Pending[],
  parameters: readonly Tensor[],
) => OptimizerState<P, S>;

/** What is known of an optimizer when it is defined. */
export type OptimizerDefinition<S extends StateTree> = {
  readonly name: string;
  readonly config: OptimizerConfig;
  init<P extends Parameters>(params: P): OptimizerState<P, S>;
  readonly step: PendingStep<S>;
};

/** How the optimizers of this library work underneath. An optimizer written by a user is not among them. */
const pendingSteps = new WeakMap<object, unknown>();

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
  pendingSteps.set(optimizer, step);
  return optimizer;
}

/** The step of any optimizer; for one written by a user what is pending is computed first. */
export function pendingStepOf<S extends StateTree>(optimizer: Optimizer<S>): PendingStep<S> {
  const known = pendingSteps.get(optimizer) as PendingStep<S> | undefined; // set with this optimizer, of this S
  return known ?? ((state, gradients, parameters) =>
    optimizer.step(
      state,
      withLeaves<Parameters>(state.params, gradients.map((pending, k) => compute(pending, parameters[k]!))),
    ));
}

/**
 * The tree of params with these tensors in it: variables where there were variables, unless a transform is running that
 * differentiates the step itself.
 */
export function nextParams<P extends Parameters>(params: P, tensors: readonly Tensor[]): P {
  const before = leaves<Tensor>(params as Parameters);
  return withLeaves(
    params,
    tensors.map((t, k) => before[k]!.tag === "variable" && !t.requiresGrad ? variableOf(t.view) : t),
  );
}
