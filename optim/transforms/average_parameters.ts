/**
 * Moving averages of parameters.
 *
 * @module
 */
import { checkMemory, checkOptimizer } from "../check_parts.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShare } from "../check_setting.ts";
import { add, mul } from "../../blas/scalar/scalar.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { stopGradient } from "../../autograd/stop_gradient.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { leaves, map, type Tree } from "../../autograd/tree/tree.ts";
import { deferredStepOf, defineOptimizer, nextParams, rateOfStep } from "../define_optimizer.ts";
import { withLeaves } from "./gradients_for.ts";
import type { Optimizer, OptimizerState } from "../optimizer.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import { parametersOf, type StateTree } from "./transform.ts";

/** The memory of {@link averageParameters}. */
export type AverageMemory<S extends StateTree> = {
  /** The mean of the parameters, with their structure. */
  readonly average: ParameterTree;
  /** The optimizer's memory. */
  readonly optimizer: S;
};

const blended = /* @__PURE__ */ deferredElementwise((mean, p, decay, rest) => add(mul(decay, mean), mul(rest, p)));

/**
 * Keeps an exponential moving average of the parameters beside an optimizer, without influencing the optimizer. {@link
 * averagedParameters} reads it; averages often predict better than the last parameters.
 *
 * The average begins at the first parameters. With gradient accumulation, average inside:
 * `accumulate({ steps }, averageParameters({ decay }, adam()))`.
 *
 * @param options `decay`: the share of the average that each step keeps, in [0, 1); 0.999 if left out.
 * @throws {RangeError} If `decay` is not in [0, 1).
 * @see Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging, 1992.
 *
 * @example
 * ```ts
 * import { averagedParameters, averageParameters, sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = averageParameters({ decay: 0.5 }, sgd({ learningRate: 1 }));
 * const state = [tensor64(4), tensor64(4)].reduce(optimizer.step, optimizer.init(tensor64(8)));
 * assertEquals([toNumber(state.params), toNumber(averagedParameters(state))], [0, 3]); // 8, 6, 3
 * ```
 */
export function averageParameters<S extends StateTree>(
  options: { readonly decay?: number | undefined },
  optimizer: Optimizer<S>,
): Optimizer<AverageMemory<S>> {
  checkOptions("build averageParameters", options, { decay: true });
  const { decay = 0.999 } = options;
  checkShare("averageParameters", "decay", decay);
  checkOptimizer("averageParameters", optimizer);
  const stepOf = deferredStepOf(optimizer),
    rateOf = rateOfStep(optimizer),
    kept = deferredNumber(decay),
    rest = deferredNumber(1 - decay);
  const name = `averageParameters(${optimizer.name})`;
  const inner = (state: OptimizerState<ParameterTree, AverageMemory<S>>): OptimizerState<ParameterTree, S> => {
    checkMemory(name, state.memory, { average: undefined, optimizer: undefined });
    return { ...state, memory: state.memory.optimizer };
  };
  return defineOptimizer<AverageMemory<S>>({
    name,
    config: { ...optimizer.config, averageDecay: decay },
    init: (params) => {
      const state = optimizer.init(params), average = map<Tensor, Tensor, ParameterTree>(stopGradient, params);
      return { ...state, memory: { average, optimizer: state.memory } };
    },
    rateOf: (state, taken) => rateOf(inner(state), taken),
    step: (state, gradients, parameters, terms) => {
      const next = stepOf(inner(state), gradients, parameters, terms);
      const reached = parametersOf(next.params);
      const means = leaves<Tensor>(state.memory.average).map((mean, k) =>
        materialize(blended(mean, reached[k]!, kept, rest), mean)
      );
      return { ...next, memory: { average: withLeaves(state.memory.average, means), optimizer: next.memory } };
    },
  });
}

/**
 * Returns the moving average that {@link averageParameters} has kept, for evaluation: a tree like the params. It is
 * found inside chains and `accumulate` too.
 *
 * @throws {TypeError} If no average was kept.
 */
export function averagedParameters<P>(state: OptimizerState<P>): P {
  for (
    // For callers without types, it may be missing.
    let memory: unknown = (state as OptimizerState<P> | undefined)?.memory;
    // for callers without types, it may be missing
    typeof memory === "object" && memory !== null;
  ) {
    if ("average" in memory && "optimizer" in memory) {
      // It has an average, as found above.
      const averages = leaves<Tensor>((memory as AverageMemory<StateTree>).average);
      const params = leaves<unknown>(state.params as Tree<unknown>); // an optimizer's parameters are a tree
      if (params.length !== averages.length || !params.every(isTensor)) break;
      return nextParams(state.params, averages);
    }
    memory = "optimizer" in memory ? memory.optimizer : undefined;
  }
  throw new TypeError(
    "Cannot read averaged parameters from a state without them: its optimizer must keep an average; make it with " +
      "averageParameters({ decay }, optimizer)",
  );
}
