/**
 * What a layer is.
 *
 * @module
 */
import type { ConfigValue } from "./config.ts";
import type { DType } from "../blas/dtype.ts";
import type { Shape, ShapeResult } from "../blas/shape.ts";
import type { Key } from "../autograd/random/key.ts";
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { leaves } from "../autograd/tree/tree.ts";
import type { Activation } from "./activation.ts";
import { evaluate, type Mode } from "./mode.ts";
import type { VariableSpecs } from "./spec.ts";

/** What a layer computes with: values that are learned, and values that are carried along. */
export type Variables<P extends ParameterTree = ParameterTree, S extends ParameterTree = ParameterTree> = {
  /** The tensors that an optimizer changes. */
  readonly params: P;
  /** The tensors that applying the layer in training changes, such as running statistics. */
  readonly state: S;
};

/**
 * A pair of pure functions, and what there is to know about them.
 *
 * @typeParam P The params: a tree of tensors.
 * @typeParam S The state: a tree of tensors, an empty tuple where there is none.
 */
export type Layer<P extends ParameterTree = ParameterTree, S extends ParameterTree = ParameterTree> = {
  /** The kind of layer, such as `"dense"`. */
  readonly kind: string;
  /** What summaries and error messages call it. */
  readonly name: string;
  /** The length of the last input axis, or the number of input channels; `null` where any will do. */
  readonly inputSize: number | null;
  /** The length of the last output axis, or the number of output channels; `null` where it follows from the input. */
  readonly outputSize: number | null;
  /** What is applied to the output. */
  readonly activation: Activation;
  /** The settings it was made with, as JSON. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** The layers inside, in order; none for most. Params and state are then tuples in their order. */
  readonly layers?: readonly Layer[];
  /** Set where the size after it does not follow from the size before: neighbours cannot be checked across it. */
  readonly reshapes?: true;
  /** What its variables will be; none for models, whose layers have theirs. */
  readonly specs?: VariableSpecs;
  // Methods, so that a layer of known params can stand where any layer may.
  /** Draws initial params and state. */
  init(key: Key): Variables<P, S>;
  /** Computes the output and the next state. */
  apply<D extends DType>(variables: Variables<P, S>, x: Tensor<D>, mode: Mode): readonly [Tensor<D>, S];
  /** The shape of the output for an input of this shape, with or without batch axes, or why there is none. */
  outputShape(shape: Shape): ShapeResult;
};

/**
 * Tells whether a value is a layer.
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
    "outputShape" in value;
}

/**
 * Applies a layer in evaluate mode, for the output alone.
 *
 * @param layer Any layer or model.
 * @param variables What `layer.init` returned, or what training made of it.
 * @param x An input, with or without a batch axis.
 * @throws {ShapeError} If the layer cannot take that shape.
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
export function forward<P extends ParameterTree, S extends ParameterTree, D extends DType>(
  layer: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
  x: Tensor<D>,
): Tensor<D> {
  return layer.apply(variables, x, evaluate)[0];
}

/**
 * The tensors of the params, in order.
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
export function parameters(variables: Pick<Variables, "params">): readonly Tensor[] {
  return leaves<Tensor>(variables.params);
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
export function parameterCount(variables: Pick<Variables, "params">): number {
  return parameters(variables).reduce((count, t) => count + t.view.size, 0);
}
