/**
 * The type of layers, and functions of any layer.
 *
 * @module
 */
import type { ConfigValue } from "./config.ts";
import type { DType } from "../blas/dtype.ts";
import { describe } from "../blas/describe.ts";
import { type Shape, type ShapeResult, sizeOf } from "../blas/shape.ts";
import type { Key } from "../autograd/random/key.ts";
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import { entries, type Tree } from "../autograd/tree/tree.ts";
import { type Activation, isActivation } from "./activation.ts";
import { checkInput } from "./check_call.ts";
import { applyLayer } from "./layer_calls.ts";
import { evaluate, type Mode } from "./mode.ts";
import type { VariableSpecs } from "./spec.ts";

/** The variables of a layer: those that are learned, and those that are carried along. */
export type Variables<P extends object = ParameterTree, S extends object = ParameterTree> = {
  /** The tensors that an optimizer changes. */
  readonly params: P;
  /** The tensors that change when the layer is applied in training, such as running statistics. */
  readonly state: S;
};

/**
 * A pair of pure functions, with a description of them.
 *
 * @typeParam P The params: a tree of tensors. An `interface` is accepted, though it has no index signature.
 * @typeParam S The state: a tree of tensors, an empty tuple if there is none.
 */
export type Layer<P extends object = ParameterTree, S extends object = ParameterTree> = {
  /** The kind of layer, such as `"dense"`. */
  readonly kind: string;
  /** The name in summaries and error messages. */
  readonly name: string;
  /** The length of the last input axis, or the number of input channels; `null` if it may be any. */
  readonly inputSize: number | null;
  /** The length of the last output axis, or the number of output channels; `null` if it follows from the input. */
  readonly outputSize: number | null;
  /** The activation that is applied to the output. */
  readonly activation: Activation;
  /** The settings with which it was made, as JSON. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** The layers inside, in order, if there are any: params and state are then tuples in that order. */
  readonly layers?: readonly AnyLayer[];
  /** A layer inside whose params are part of the state, since they are not learned. The specs are those of the whole layer. */
  readonly wraps?: AnyLayer;
  /** Set if the size after the layer does not follow from the size before: sizes cannot be checked across it. */
  readonly reshapes?: true;
  /** The specs of its variables; models have none, since their layers have their own. */
  readonly specs?: VariableSpecs;
  // Methods, so that a layer with known params is assignable to any layer.
  /** Draws initial params and state. */
  init(key: Key): Variables<P, S>;
  /** Computes the output and the next state. */
  apply<D extends DType>(variables: Variables<P, S>, x: Tensor<D>, mode: Mode): readonly [Tensor<D>, S];
  /** Returns the shape of the output for an input of this shape, with or without batch axes, or an error. */
  outputShape(shape: Shape): ShapeResult;
};

/** A layer with any params and state. */
export type AnyLayer = Layer<object, object>;

/**
 * Tells whether a value is a layer, and not, for example, its configuration.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, isLayer } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isLayer(denseLayer(1, 8)) && !isLayer(activations.relu));
 * ```
 */
export function isLayer(value: unknown): value is Layer {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string" &&
    "init" in value && typeof value.init === "function" && "apply" in value && typeof value.apply === "function" &&
    "outputShape" in value && typeof value.outputShape === "function" &&
    "activation" in value && isActivation(value.activation) && "name" in value && typeof value.name === "string" &&
    "inputSize" in value && isSize(value.inputSize) && "outputSize" in value && isSize(value.outputSize);
}

const isSize = (value: unknown): boolean => value === null || typeof value === "number";

/** Tells whether a value is a layer of one kind. */
export function isOfKind(value: unknown, kind: string): boolean {
  return isLayer(value) && value.kind === kind;
}

/** Throws if the value is not a layer; `action` is the action for the error message, and `what` names the argument. */
export function checkLayer(action: string, value: AnyLayer, what = "the layer"): void {
  if (isLayer(value)) return;
  const remedy = typeof value === "object" && value !== null && "kind" in value && "config" in value
    ? "make one from a configuration with layerFromConfig"
    : "pass one such as denseLayer(2, 1)";
  throw new TypeError(`Cannot ${action}: ${what} is ${describe(value)}: it must be a layer; ${remedy}`);
}

/** The same tree with tensors of any dtype, such as a file holds. Operations throw if dtypes do not fit together. */
export type AnyDType<T> = T extends Tensor ? Tensor
  : T extends object ? { readonly [K in keyof T]: AnyDType<T[K]> }
  : T;

/**
 * Applies a layer in evaluate mode and returns only the output.
 *
 * @param layer Any layer or model.
 * @param variables The variables that `layer.init` returned, or those that training returned.
 * @param x An input, with or without a batch axis.
 * @throws {ShapeError} If the layer cannot take that shape, or the variables are not its own.
 * @throws {TypeError} If an argument has a wrong type; the message says which.
 *
 * @example
 * ```ts
 * import { denseLayer, forward, key, ones, zerosLike, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = denseLayer(3, 2), { params, state } = layer.init(key(0));
 * assertEquals(toList(forward(layer, { params: zerosLike(params), state }, ones([3]))), [0, 0]);
 * ```
 */
export function forward<P extends object, S extends object, D extends DType>(
  layer: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
  x: Tensor<D>,
): Tensor<D>;
/**
 * Applies variables whose types do not say the dtype, such as those from a file.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, denseLayer, encodeSafetensors, forward, ones, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const file = decodeSafetensors(encodeSafetensors({ w: ones([1, 2]) }));
 * assert(file._tag === "Right");
 * const layer = denseLayer(2, 1, { bias: false });
 * assertEquals(toList(forward(layer, { params: { weight: file.right.tensors.w! }, state: [] }, ones([2]))), [2]);
 * ```
 */
export function forward<P extends object, S extends object, D extends DType>(
  layer: Layer<P, S>,
  variables: NoInfer<Variables<AnyDType<P> & object, AnyDType<S> & object>>,
  x: Tensor<D>,
): Tensor<D>;
export function forward<D extends DType>(
  layer: AnyLayer,
  variables: Variables<object, object>,
  x: Tensor<D>,
): Tensor<D> {
  checkLayer("apply a layer", layer);
  checkInput(layer.name, x);
  return applyLayer<D>(layer, variables, x, evaluate)[0];
}

/**
 * Returns the tensors of the params, in order.
 *
 * @throws {TypeError} If a leaf is not a tensor; the message names its path.
 *
 * @example
 * ```ts
 * import { denseLayer, key, parameters } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const variables = denseLayer(3, 2).init(key(0));
 * assertEquals(parameters(variables).map(({ shape }) => shape), [[2, 3], [2]]);
 * ```
 */
export function parameters(variables: { readonly params: object; readonly state?: unknown }): readonly Tensor[] {
  if (typeof variables !== "object" || variables === null || !Object.hasOwn(variables, "params")) {
    throw new TypeError(
      `Cannot list the parameters of ${describe(variables)}: it must be a record with params; pass what init returned`,
    );
  }
  return entries<Tensor>(variables.params as Tree<Tensor>).map(([path, leaf]) => { // params are trees of tensors
    if (isTensor(leaf)) return leaf;
    const place = path === "" ? "params" : `params.${path}`;
    throw new TypeError(
      `Cannot list the parameters: ${place} is ${describe(leaf)}: it must be a tensor; pass what init returned`,
    );
  });
}

/**
 * Counts the numbers that are learned.
 *
 * @example
 * ```ts
 * import { denseLayer, key, parameterCount } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parameterCount(denseLayer(784, 128).init(key(0))), 784 * 128 + 128);
 * ```
 */
export function parameterCount(variables: { readonly params: object; readonly state?: unknown }): number {
  return parameters(variables).reduce((count, t) => count + sizeOf(t.shape), 0);
}
