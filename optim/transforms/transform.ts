/**
 * The type of transforms, which change gradients on their way to the parameters.
 *
 * @module
 */
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { detached } from "../../autograd/transforms/gradient.ts";
import { leaves, type Tree } from "../../autograd/tree/tree.ts";
import { checkFields } from "../check_setting.ts";
import { checkParameters, gradientsFor, withLeaves } from "./gradients_for.ts";
import { type Deferred, materialize } from "./deferred.ts";
import type { Schedule } from "../schedules/schedule.ts";

/** The memory of transforms and optimizers: a tree of tensors and counters, which `encodeTree` can write. */
export type StateTree = Tree<Tensor | number>;

/** Chooses parameters by path, such as `"1.weight"`, and by shape and dtype; it must not depend on values. */
export type ParameterPredicate = (path: string, parameter: Tensor) => boolean;

/** Settings of an optimizer or a transform, by name. */
export type OptimizerConfig = Readonly<Record<string, number | boolean | Schedule | ParameterPredicate>>;

/** What a transform may read besides the gradients. */
export type TransformContext = {
  /** The parameters before the step. */
  readonly params: ParameterTree;
  /** The number of steps before this one, a 0-d tensor: 0 at the first, as schedules count. */
  readonly step: Tensor<"float64">;
  /** The learning rate of this step, 0-d. */
  readonly learningRate: Tensor<"float64">;
};

/**
 * A reducer of its own state that changes gradients on their way to the parameters. `chain` applies transforms one
 * after another, and before an optimizer.
 *
 * @typeParam S The type of its memory.
 *
 * @example A custom transform is a record: this one passes on the sign of each gradient
 * ```ts
 * import { chain, descend, sign, type Tensor, tensor64, toList, type Transform, tree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const signs: Transform = {
 *   name: "signs",
 *   config: {},
 *   init: () => [],
 *   update: (gradients, state) => [tree.map((g: Tensor) => sign(g), gradients), state],
 * };
 * const optimizer = chain(signs, descend({ learningRate: 0.5 }));
 * const { params } = optimizer.step(optimizer.init(tensor64([1, 1])), tensor64([9, -0.1]));
 * assertEquals(toList(params), [0.5, 1.5]);
 * ```
 */
export type Transform<S extends StateTree = StateTree> = {
  /** The name, such as `"clipNorm"`. */
  readonly name: string;
  /** The settings with which it was made. */
  readonly config: OptimizerConfig;
  /** Returns the memory before the first step. */
  init(params: ParameterTree): S;
  /**
   * Returns the gradients for the next transform, a tree of the structure of the parameters, and the next memory.
   *
   * @throws {TypeError} If the gradients are not a tree of the structure of the parameters; the message names the path.
   */
  update(gradients: ParameterTree, state: S, context: TransformContext): readonly [gradients: ParameterTree, state: S];
};

/** {@link TransformContext} for transforms that defer their computations. */
export type DeferredContext = TransformContext & {
  /** The result of {@link parametersOf}, shared by all parts of a step: an expression reads each parameter once. */
  readonly parameters: readonly Tensor[];
  /** A number that is 0 if the step is computed, but not taken: then schedules must not be asked. */
  readonly taken?: Tensor<"float64"> | undefined;
};

/** The update of a transform on deferred computations, in the order of the parameters. */
export type DeferredUpdate<S extends StateTree> = (
  gradients: readonly Deferred[],
  state: S,
  context: DeferredContext,
) => readonly [gradients: readonly Deferred[], state: S];

/** The definition of a transform. */
export type TransformDefinition<S extends StateTree> = {
  readonly name: string;
  readonly config: OptimizerConfig;
  init(params: ParameterTree): S;
  readonly update: DeferredUpdate<S>;
};

/** The update of a transform of this library, with a form that defers its computations. */
type UpdateWithDeferred<S extends StateTree> = Transform<S>["update"] & {
  readonly deferred?: DeferredUpdate<S> | undefined;
};

/** Makes a transform whose deferred computations others can extend. */
export function defineTransform<S extends StateTree>(
  { name, config, init, update }: TransformDefinition<S>,
): Transform<S> {
  const plainUpdate: Transform<S>["update"] = (gradients, state, given) => {
    checkFields(`apply ${name} in`, given, ["params"], "the context: { params, step, learningRate }");
    const context = contextOf(given), { params, parameters } = context;
    const [updates, next] = update(gradientsFor(name, params, gradients), state, context);
    return [withLeaves(params, updates.map((deferred, k) => materialize(deferred, parameters[k]!))), next];
  };
  const updates: UpdateWithDeferred<S> = Object.assign(plainUpdate, { deferred: update });
  return Object.freeze<Transform<S>>({
    name,
    config: Object.freeze({ ...config }),
    init: (params) => {
      checkParameters(name, params);
      return init(params);
    },
    update: updates,
  });
}

/** Returns the update of any transform; for one written by a user, deferred computations are computed first. */
export function deferredUpdateOf<S extends StateTree>(transform: Transform<S>): DeferredUpdate<S> {
  // Present only where `transform` was made by this library.
  const { deferred } = transform.update as UpdateWithDeferred<S>;
  return deferred ?? ((gradients, state, context) => {
    const { params, parameters, step } = context;
    const computed = withLeaves(params, gradients.map((gradient, k) => materialize(gradient, parameters[k]!)));
    // The rate is read only if the transform does, since that may ask a schedule.
    const shown: TransformContext = {
      params: withLeaves(params, parameters),
      step,
      get learningRate() {
        return context.learningRate;
      },
    };
    const [updates, next] = transform.update(computed, state, shown);
    return [gradientsFor(transform.name, params, updates), next];
  });
}

/** Returns the context of deferred transforms for the context that a user sees. */
export function contextOf(
  given: TransformContext & Pick<DeferredContext, "taken">,
  parameters: readonly Tensor[] = parametersOf(given.params),
): DeferredContext {
  const { params, step, taken } = given;
  return {
    params,
    parameters,
    step,
    taken,
    get learningRate() {
      return given.learningRate;
    },
  };
}

/**
 * Returns the parameters in order, without their graph, unless a transform is running that differentiates the step
 * itself.
 */
export function parametersOf(params: ParameterTree): readonly Tensor[] {
  return leaves<Tensor>(params).map(detached);
}
