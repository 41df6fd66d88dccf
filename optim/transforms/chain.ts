/**
 * Transforms applied one after another.
 *
 * @module
 */
import { checkMemory, checkPart } from "../check_parts.ts";
import { deferredStepOf, defineOptimizer, rateOfStep } from "../define_optimizer.ts";
import { inTurn } from "../descend.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { isOptimizer, type Optimizer, type OptimizerState } from "../optimizer.ts";
import {
  contextOf,
  deferredUpdateOf,
  defineTransform,
  type OptimizerConfig,
  type StateTree,
  type Transform,
} from "./transform.ts";

/** The memory of a chain that ends with an optimizer. */
export type ChainMemory<S extends StateTree> = {
  /** The memory of each transform, in order. */
  readonly transforms: readonly StateTree[];
  /** The optimizer's memory. */
  readonly optimizer: S;
};

/**
 * Chains transforms: the gradients go through the first one first. With an optimizer at the end, the chain is an
 * optimizer, and each parameter is still updated in one pass.
 *
 * Chains can be parts of chains; nesting does not change the updates.
 *
 * @throws {TypeError} If an optimizer is anywhere except at the end.
 *
 * @example
 * ```ts
 * import { chain, clipNorm, sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = chain(clipNorm(1), sgd({ learningRate: 0.5 }));
 * const { params } = optimizer.step(optimizer.init(tensor64(3)), tensor64(1000));
 * assertAlmostEquals(toNumber(params), 2.5);
 * ```
 */
export function chain<S extends StateTree>(
  ...parts: readonly [...Transform[], Optimizer<S>]
): Optimizer<ChainMemory<S>>;
/** Joins transforms into one. */
export function chain(...parts: readonly Transform[]): Transform<readonly StateTree[]>;
export function chain(
  ...parts: readonly (Transform | Optimizer)[]
): Transform<readonly StateTree[]> | Optimizer<ChainMemory<StateTree>> {
  for (const part of parts) checkPart("chain", part);
  const last = parts.at(-1), transforms = parts.filter((part): part is Transform => !isOptimizer(part));
  const ends = isOptimizer(last);
  if (transforms.length !== parts.length - (ends ? 1 : 0)) {
    throw new TypeError(
      `Cannot chain ${parts.map(({ name }) => name).join(", ")}: only the last part may be an optimizer; put the ` +
        "transforms before it",
    );
  }
  const name = parts.map((part) => part.name).join(" > ");
  const config: OptimizerConfig = Object.assign({}, ...parts.map((part) => part.config));
  const updates = transforms.map((transform) => deferredUpdateOf(transform));
  if (!ends) {
    return defineTransform<readonly StateTree[]>({
      name,
      config,
      init: (params) => transforms.map((transform) => transform.init(params)),
      update: (gradients, states, context) => inTurn(updates, gradients, states, context),
    });
  }
  const step = deferredStepOf(last), rateOf = rateOfStep(last);
  const inner = (state: OptimizerState<ParameterTree, ChainMemory<StateTree>>) => {
    checkMemory(name, state.memory, { transforms: transforms.length, optimizer: undefined });
    return { ...state, memory: state.memory.optimizer };
  };
  return defineOptimizer<ChainMemory<StateTree>>({
    name,
    config,
    init: (params) => {
      const state = last.init(params);
      return {
        ...state,
        memory: { transforms: transforms.map((transform) => transform.init(params)), optimizer: state.memory },
      };
    },
    rateOf: (state, taken) => rateOf(inner(state), taken),
    step: (state, gradients, parameters, { taken, rate: known } = {}) => {
      const own = inner(state), { params, step: count, memory: { transforms: before } } = state;
      let rate = known; // asked for if a transform reads it, and then not again
      const context = contextOf({
        params,
        step: count,
        taken,
        get learningRate() {
          return rate ??= rateOf(own, taken);
        },
      }, parameters);
      const [changed, after] = inTurn(updates, gradients, before, context);
      const next = step(own, changed, parameters, { ...taken && { taken }, ...rate && { rate } });
      return { ...next, memory: { transforms: after, optimizer: next.memory } };
    },
  });
}
