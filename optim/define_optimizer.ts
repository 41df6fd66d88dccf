/**
 * Makes optimizers from their definitions.
 *
 * @module
 */
import type { Gradients } from "../autograd/backward.ts";
import { mapTensors, type ParameterTree } from "../autograd/tree/parameter_tree.ts";
import { type Tensor, variableOf } from "../autograd/tensor.ts";
import { innerView } from "../autograd/tensor_record.ts";
import { leaves } from "../autograd/tree/tree.ts";
import { deeplyFrozen } from "../autograd/deeply_frozen.ts";
import { checkParameters, gradientsFor, withLeaves } from "./transforms/gradients_for.ts";
import { checkState, type Optimizer, type OptimizerState } from "./optimizer.ts";
import { type Deferred, materialize } from "./transforms/deferred.ts";
import { type OptimizerConfig, parametersOf, type StateTree } from "./transforms/transform.ts";

/** What an optimizer around another one knows of a step. */
export type StepTerms = {
  /** The learning rate, if it has been asked for already. */
  readonly rate?: Tensor<"float64"> | undefined;
  /** A number that is 0 if the step is computed, but not taken. Default: it is taken. */
  readonly taken?: Tensor<"float64"> | undefined;
};

/** Takes one step with deferred gradients, in the order of the parameters. */
export type DeferredStep<S extends StateTree> = (
  state: OptimizerState<ParameterTree, S>,
  gradients: readonly Deferred[],
  parameters: readonly Tensor[],
  terms?: StepTerms,
) => OptimizerState<ParameterTree, S>;

/** Returns the learning rate of the step from a state, asking a schedule for it. */
export type RateOfStep<S extends StateTree> = (
  state: OptimizerState<ParameterTree, S>,
  taken?: Tensor<"float64">,
) => Tensor<"float64">;

/** The definition of an optimizer. */
export type OptimizerDefinition<S extends StateTree> = {
  readonly name: string;
  readonly config: OptimizerConfig;
  init(params: ParameterTree): OptimizerState<ParameterTree, S>;
  readonly step: DeferredStep<S>;
  /** Returns the rate of a step, for transforms before it; left out, it is that of the state. */
  readonly rateOf?: RateOfStep<S> | undefined;
};

/** The step of an optimizer of this library, with a form that takes deferred gradients. */
type StepWithDeferred<S extends StateTree> = Optimizer<S>["step"] & {
  readonly deferred?: DeferredStep<S> | undefined;
  readonly rateOf?: RateOfStep<S> | undefined;
};

/** Makes an optimizer that can take the deferred gradients of the transforms before it. */
export function defineOptimizer<S extends StateTree>(
  { name, config, init, step, rateOf }: OptimizerDefinition<S>,
): Optimizer<S> {
  const plainStep = (
    state: OptimizerState<ParameterTree, S>,
    gradients: ParameterTree | Gradients,
  ): OptimizerState<ParameterTree, S> => {
    checkState(`step ${name} from`, state);
    return deeplyFrozen(step(state, gradientsFor(name, state.params, gradients), parametersOf(state.params)));
  };
  const optimizer = {
    name,
    config: Object.freeze({ ...config }),
    init: (params: ParameterTree) => {
      checkParameters(name, params);
      return deeplyFrozen(init(mapTensors((t) => t, params))); // a copy: the caller's record must not be frozen
    },
    step: Object.assign(plainStep, { deferred: step, rateOf }),
  };
  // The params keep their type: a step changes neither their structure nor their shapes.
  return Object.freeze(optimizer) as Optimizer<S>;
}

/** Returns the step of any optimizer; for one written by a user, deferred gradients are computed first. */
export function deferredStepOf<S extends StateTree>(optimizer: Optimizer<S>): DeferredStep<S> {
  const { deferred } = optimizer.step as StepWithDeferred<S>; // present only if the optimizer was made from transforms
  return deferred ?? ((state, gradients, parameters) => {
    const computed = gradients.map((gradient, k) => materialize(gradient, parameters[k]!));
    return optimizer.step(state, withLeaves(state.params, computed));
  });
}

/** Returns the function that asks for the rate of a step of any optimizer; one written by a user has it in its state. */
export function rateOfStep<S extends StateTree>(optimizer: Optimizer<S>): RateOfStep<S> {
  const { rateOf } = optimizer.step as StepWithDeferred<S>; // present only if the optimizer has a schedule, or may have
  return rateOf ?? (({ learningRate }) => learningRate);
}

/**
 * Returns the tree of params with these tensors: variables stay variables, unless a transform is running that
 * differentiates the step itself.
 */
export function nextParams<P>(params: P, tensors: readonly Tensor[]): P {
  const before = leaves<Tensor>(params as ParameterTree); // params are trees of tensors
  return withLeaves(
    params,
    tensors.map((t, k) => before[k]!.tag === "variable" && !t.requiresGrad ? variableOf(innerView(t)) : t),
  );
}
