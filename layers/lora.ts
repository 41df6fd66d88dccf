/**
 * Low-rank adaptation: fine-tuning with few parameters, while the model itself stays as it is.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import type { DType } from "../blas/dtype.ts";
import { checkOptions } from "../blas/options.ts";
import { add, matmul, scale } from "../autograd/ops/mod.ts";
import { type Key, splitKey } from "../autograd/random/key.ts";
import { stopGradient } from "../autograd/stop_gradient.ts";
import { mapTensors, type ParameterTree } from "../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { unwrap } from "../blas/shape.ts";
import { entries, type Tree } from "../autograd/tree/tree.ts";
import { IDENTITY } from "./activation.ts";
import { checkInput, checkMode, checkOwnVariables } from "./check_call.ts";
import { checkKey, checkName, checkSize, repeated } from "./checks.ts";
import { deepFreeze } from "./config.ts";
import { FAN_IN_UNIFORM } from "./initializers.ts";
import { checkLayer, type Layer, type Variables } from "./layer.ts";
import { remembered } from "./made.ts";
import type { Mode } from "./mode.ts";
import { initialize, TensorSpec } from "./spec.ts";
import { specsOf } from "./specs_of.ts";

/** The parameters that {@link lora} learns for one weight `[outputs, inputs]`; the change of the weight is `alpha / rank * up @ down`. */
export type Adapter = {
  /** `[rank, inputs]`, drawn at random at the start. */
  readonly down: Tensor;
  /** `[outputs, rank]`, zeros at the start. */
  readonly up: Tensor;
};

/** The params of {@link lora}: an adapter for each weight, by its path in the params of the model. */
export type LoraParams = { readonly [path: string]: Adapter };

/** The state of {@link lora}: all variables of the model that is adapted. */
export type LoraState<P extends object = ParameterTree, S extends object = ParameterTree> = {
  /** The params of the model, which stay as they are. */
  readonly base: P;
  /** The state of the model. */
  readonly inner: S;
};

/** The options of {@link lora}. */
export type LoraOptions = {
  /** The rank of the changes: less than both sizes of each weight that is adapted. */
  readonly rank: number;
  /** The changes are multiplied by `alpha / rank`; the rank if left out. */
  readonly alpha?: number | undefined;
  /** `"LoRA"` if left out. */
  readonly name?: string | undefined;
};

/**
 * Makes a layer that computes like another one, but with weights that are changed by products of two small matrices:
 * every weight with two axes, `[outputs, inputs]`, both longer than the rank, becomes `weight + alpha / rank * up @
 * down`. Only
 * `down` and `up` are learned.
 *
 * The params of the model are in the state, where optimizers and weight decay do not reach them. To adapt a model that has
 * been trained, put its variables there: `{ params: lora(model, { rank }).init(key).params, state: { base:
 * trained.params, inner: trained.state } }`. At the start the changes are 0. {@link mergeLora} returns the model's params
 * with the changes added, for the model without adapters.
 *
 * @param layer Any layer or model whose layers have specs, like those of this library.
 * @param options The rank, `alpha`, and a name.
 * @returns A layer with adapters for params, by path, and `{ base, inner }` for its state.
 * @throws {RangeError} If `rank` is not a whole number above 0, no weight is larger than it, or `alpha` is not finite.
 * @throws {TypeError} If `layer` is not a layer, or an option does not exist.
 * @see Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021.
 *
 * @example Adapt a trained network
 * ```ts
 * import { denseLayer, evaluate, forward, key, lora, ones, parameterCount, sequential, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const model = sequential([denseLayer(100, 50), denseLayer(50, 10)]), trained = model.init(key(0));
 * const adapted = lora(model, { rank: 2, alpha: 4 });
 * const { params } = adapted.init(key(1)), state = { base: trained.params, inner: trained.state };
 * assertEquals(Object.keys(params), ["0.weight", "1.weight"]);
 * assertEquals(parameterCount({ params }), 2 * (100 + 50) + 2 * (50 + 10)); // of 5,560
 * const [y] = adapted.apply({ params, state }, ones([100]), evaluate);
 * assertEquals(toList(y), toList(forward(model, trained, ones([100]))));
 * ```
 */
export function lora<P extends object, S extends object>(
  layer: Layer<P, S>,
  options: LoraOptions,
): Layer<LoraParams, LoraState<P, S>> {
  checkOptions<LoraOptions>("build lora", options, { rank: true, alpha: true, name: true });
  const { rank, alpha = rank, name = "LoRA" } = options;
  checkName("build lora", name);
  const action = `build ${name}`;
  checkLayer(action, layer);
  checkSize(action, "rank", rank);
  if (!Number.isFinite(alpha)) {
    throw new RangeError(
      `Cannot ${action} with alpha ${describe(alpha)}: alpha must be a finite number; leave it out, or pass 2 * rank`,
    );
  }
  const inside = specsOf(layer), adapters = adaptersFor(action, rank, inside.params);
  const specs = deepFreeze({ params: adapters, state: { base: inside.params, inner: inside.state } });
  const made = deepFreeze<Layer<LoraParams, LoraState<P, S>>>({
    kind: "lora",
    name,
    inputSize: layer.inputSize,
    outputSize: layer.outputSize,
    activation: IDENTITY,
    config: { rank, alpha },
    wraps: layer,
    ...layer.reshapes && { reshapes: layer.reshapes },
    specs,
    init: (key: Key) => {
      checkKey(name, key);
      const [own, others] = splitKey(key, 2) as [Key, Key]; // the number requested
      const { params, state } = layer.init(others);
      const drawn = initialize<LoraParams, object>({ params: adapters, state: [] }, own);
      const base = mapTensors((t) => stopGradient(t), params); // the state is not tracked
      return { params: drawn.params, state: { base, inner: state } };
    },
    apply: <D extends DType>(
      variables: Variables<LoraParams, LoraState<P, S>>,
      x: Tensor<D>,
      mode: Mode,
    ) => {
      checkInput(name, x);
      checkOwnVariables(name, specs, variables);
      checkMode(name, mode);
      unwrap(layer.outputShape(x.shape));
      const { params, state } = variables;
      const [y, inner] = layer.apply(
        { params: changed(state.base, params, alpha / rank), state: state.inner },
        x,
        mode,
      );
      return [y, inner === state.inner ? state : { ...state, inner }];
    },
    outputShape: (x) => layer.outputShape(x),
  });
  return remembered(made, "apply");
}

/**
 * Returns the params of an adapted model with the changes added to its weights: with them, the model itself computes
 * the same, without adapters.
 *
 * @param layer What {@link lora} returned.
 * @param variables Its params and state.
 * @returns A tree like the params of the model, of variables.
 * @throws {TypeError} If `layer` was not made by `lora`.
 * @throws {ShapeError} If the variables are not its own.
 *
 * @example
 * ```ts
 * import { denseLayer, forward, key, lora, mergeLora, ones, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = denseLayer(4, 3), adapted = lora(model, { rank: 1 });
 * const { params, state } = adapted.init(key(0));
 * const variables = { params: { weight: { ...params.weight!, up: ones([3, 1]) } }, state };
 * const merged = { params: mergeLora(adapted, variables), state: state.inner };
 * const [a, b] = [forward(model, merged, ones([4])), forward(adapted, variables, ones([4]))].map(toList);
 * a!.forEach((x, k) => assertAlmostEquals(x, b![k]!, 1e-6));
 * ```
 */
export function mergeLora<P extends object, S extends object>(
  layer: Layer<LoraParams, LoraState<P, S>>,
  variables: Variables<LoraParams, LoraState<P, S>>,
): P {
  checkLayer("merge the adapters", layer);
  const { kind, config: { rank, alpha }, specs } = layer;
  if (kind !== "lora" || typeof rank !== "number" || typeof alpha !== "number" || specs === undefined) {
    throw new TypeError(
      `Cannot merge the adapters of ${layer.name} of kind ${kind}: it must be what lora returned; pass that`,
    );
  }
  checkOwnVariables(layer.name, specs, variables);
  return changed(variables.state.base, variables.params, alpha / rank);
}

/** Specifies an adapter for each weight that is larger than the rank, by path. */
function adaptersFor(
  action: string,
  rank: number,
  params: Tree<TensorSpec>,
): { readonly [path: string]: { readonly down: TensorSpec; readonly up: TensorSpec } } {
  const weights = entries<TensorSpec>(params).filter(([, { shape }]) =>
    shape.length === 2 && shape.every((size) => size > rank)
  );
  if (weights.length === 0) {
    throw new RangeError(
      `Cannot ${action} with rank ${rank}: the layer must have a weight of two axes that are longer than that; pass a ` +
        "smaller rank, or another layer",
    );
  }
  const twice = repeated(weights.map(([path]) => path));
  if (twice !== undefined) {
    throw new RangeError(
      `Cannot ${action}: two weights have the path "${twice}": paths must be unique; rename the field with a dot`,
    );
  }
  return Object.fromEntries(weights.map(([path, { shape, dtype }]) => [path, {
    down: new TensorSpec([rank, shape[1]!], dtype, FAN_IN_UNIFORM),
    up: new TensorSpec([shape[0]!, rank], dtype),
  }]));
}

/** Adds the changes of the adapters to their weights. */
const changed = <P extends object>(base: P, adapters: LoraParams, factor: number): P =>
  mapTensors((t, path) => {
    const adapter = Object.hasOwn(adapters, path) ? adapters[path] : undefined;
    return adapter === undefined ? t : add(t, scale(matmul(adapter.up, adapter.down), factor));
  }, base);
