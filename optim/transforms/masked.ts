/**
 * Transforms for some of the parameters.
 *
 * @module
 */
import { checkTensor } from "../../autograd/arguments.ts";
import { checkTransform } from "../check_parts.ts";
import { checkFunction } from "../../autograd/arguments.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { partOf } from "./part_of.ts";
import {
  deferredUpdateOf,
  defineTransform,
  type ParameterPredicate,
  type StateTree,
  type Transform,
} from "./transform.ts";

/**
 * Applies a transform only to the parameters that a predicate chooses; the gradients of the others pass unchanged.
 *
 * @param chooses Receives the path, such as `"1.weight"`, and the parameter. It may look at shape and dtype; its answer
 * must be the same at every step.
 * @param transform Its state covers only the chosen parameters, as a record by path.
 * @throws {TypeError} When it is used, if two chosen parameters have the same path.
 *
 * @example
 * ```ts
 * import { chain, clipValue, descend, masked, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(masked((path) => path === "b", clipValue(1)), descend({ learningRate: 1 }));
 * const { params } = optimizer.step(
 *   optimizer.init({ a: tensor64(0), b: tensor64(0) }),
 *   { a: tensor64(5), b: tensor64(5) },
 * );
 * assertEquals([toNumber(params.a), toNumber(params.b)], [-5, -1]);
 * ```
 */
export function masked<S extends StateTree>(chooses: ParameterPredicate, transform: Transform<S>): Transform<S> {
  checkFunction("build masked", "the choice", chooses);
  checkTransform("masked", transform);
  const inner = deferredUpdateOf(transform), name = `masked(${transform.name})`;
  return defineTransform<S>({
    name,
    config: transform.config,
    init: (params) => transform.init(partOf(name, chooses, params).params),
    update: (gradients, state, context) => {
      const { params, indices } = partOf(name, chooses, context.params);
      const parameters = indices.map((k) => context.parameters[k]!);
      const [updates, next] = inner(indices.map((k) => gradients[k]!), state, { ...context, params, parameters });
      const changed = new Map(indices.map((k, i) => [k, updates[i]!]));
      return [gradients.map((gradient, k) => changed.get(k) ?? gradient), next];
    },
  });
}

/**
 * Chooses parameters with two axes or more, for weight decay: biases and the parameters of normalizations have one, and
 * should not be shrunk.
 *
 * @example
 * ```ts
 * import { exceptBiasesAndNorms, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(exceptBiasesAndNorms("0.weight", zeros([64, 10])), true);
 * assertEquals(exceptBiasesAndNorms("0.bias", zeros([10])), false);
 * ```
 */
export function exceptBiasesAndNorms(_path: string, parameter: Tensor): boolean {
  checkTensor("apply exceptBiasesAndNorms", parameter);
  return parameter.shape.length >= 2;
}
