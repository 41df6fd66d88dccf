/**
 * Layers applied one after another.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import type { DType } from "../blas/dtype.ts";
import { describe } from "../blas/describe.ts";
import type { ShapeError } from "../blas/errors.ts";
import { checkOptions } from "../blas/options.ts";
import type { Shape, ShapeResult } from "../blas/shape.ts";
import { splitKey } from "../autograd/random/key.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { IDENTITY } from "./activation.ts";
import { checkInput, checkListed, checkMode } from "./check_call.ts";
import { checkKey, checkName } from "./checks.ts";
import { deepFreeze } from "./config.ts";
import { type AnyLayer, checkLayer, isOfKind, type Layer, type Variables } from "./layer.ts";
import { applyLayer, initLayer, shapeAfter } from "./layer_calls.ts";
import { atIndex, locatedAt, NO_STATE } from "./make_layer.ts";
import { remembered } from "./made.ts";
import { type Mode, modeOf } from "./mode.ts";

/** The params of a sequential: a tuple of those of its layers. */
export type SequentialParams<L extends readonly AnyLayer[]> = {
  readonly [K in keyof L]: L[K] extends Layer<infer P, infer _> ? P : never;
};

/** `T`, a tree of tensors, which TypeScript cannot tell while the layers are unknown. */
export type AsParameters<T> = T extends object ? T : never;

/** The state of a sequential: a tuple of those of its layers. */
export type SequentialState<L extends readonly AnyLayer[]> = {
  readonly [K in keyof L]: L[K] extends Layer<infer _, infer S> ? S : never;
};

/**
 * Makes a layer that applies others one after another. A model is usually one of these.
 *
 * @param layers At least one; params and state are tuples in their order.
 * @param options `name`: the name in summaries, `"Sequential"` by default.
 * @throws {TypeError} If there are no layers; if something among them is not a layer; if the output size of one is not
 * the input size of the next layer that has one; or if an option does not exist.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, key, parameterCount, sequential } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const model = sequential([
 *   denseLayer(784, 128, { activation: activations.relu }),
 *   denseLayer(128, 64, { activation: activations.relu }),
 *   denseLayer(64, 10),
 * ]);
 * assertEquals(parameterCount(model.init(key(0))), 109386);
 * ```
 */
export function sequential<const L extends readonly AnyLayer[]>(
  layers: L,
  options: { readonly name?: string | undefined } = {},
): Layer<AsParameters<SequentialParams<L>>, AsParameters<SequentialState<L>>> & { readonly layers: L } {
  checkOptions("build sequential", options, { name: true });
  const { name = "Sequential" } = options;
  checkName("build sequential", name);
  checkLayers(name, layers);
  const own = [...layers] as L; // a copy: the caller may change the original
  return sequenceOf(name, own);
}

type SequentialLayer<L extends readonly AnyLayer[]> =
  & Layer<AsParameters<SequentialParams<L>>, AsParameters<SequentialState<L>>>
  & { readonly layers: L };

function sequenceOf<const L extends readonly AnyLayer[]>(name: string, layers: L): SequentialLayer<L> {
  const first = layers.find(({ inputSize, reshapes }) => inputSize !== null || reshapes);
  const last = layers.findLast(({ outputSize, reshapes }) => outputSize !== null || reshapes);
  const layer = deepFreeze<SequentialLayer<L>>({
    kind: "sequential",
    name,
    inputSize: first?.inputSize ?? null,
    outputSize: last?.outputSize ?? null,
    activation: IDENTITY,
    config: {},
    layers,
    init: (key) => {
      checkKey(name, key);
      const keys = splitKey(key, layers.length);
      const each = layers.map((layer, k) => initLayer(layer, keys[k]!));
      // `map` keeps the order of the layers, so these are the tuples that the types describe.
      return {
        params: each.map(({ params }) => params),
        state: each.map(({ state }) => state),
      } as Variables as Variables<
        AsParameters<SequentialParams<L>>,
        AsParameters<SequentialState<L>>
      >;
    },
    apply: <D extends DType>(
      variables: Variables<AsParameters<SequentialParams<L>>, AsParameters<SequentialState<L>>>,
      x: Tensor<D>,
      mode: Mode,
    ) => {
      checkInput(name, x);
      checkListed(name, layers.length, variables);
      checkMode(name, mode);
      const { params, state: given } = variables;
      const next: object[] = [];
      let y = x, changed = false, k = 0;
      try {
        for (; k < layers.length; k++) { // frozen arrays have slow methods, and small models notice
          const layer = layers[k]!;
          // An empty list stands for layers without a state; a layer that has a state then throws.
          const state = given.length > 0 ? given[k]! : isSequential(layer) ? [] : NO_STATE;
          const [output, after] = applyLayer(layer, { params: params[k]!, state }, y, modeOf(mode, k));
          y = output;
          next.push(after);
          if (after !== state) changed = true;
        }
      } catch (error) {
        throw locatedAt(k, error);
      }
      return [y, (changed ? next : variables.state) as AsParameters<SequentialState<L>>]; // a state for each layer
    },
    outputShape: (shape) =>
      layers.reduce(
        (sofar: ShapeResult, layer, k) =>
          either.chain((x: Shape) => either.mapLeft((error: ShapeError) => atIndex(error, k))(shapeAfter(layer, x)))(
            sofar,
          ),
        either.right(shape),
      ),
  });
  return remembered(layer, "apply");
}

function checkLayers(name: string, layers: readonly AnyLayer[]): void {
  if (!Array.isArray(layers) || layers.length === 0) {
    const given = Array.isArray(layers) ? "no layers" : describe(layers);
    throw new TypeError(
      `Cannot build ${name} of ${given}: it must have at least one, in an array; pass one such as [denseLayer(2, 1)]`,
    );
  }
  layers.forEach((layer, k) => checkLayer(`build ${name}`, layer, `layer ${k}`));
  // The last layer whose output size is known, unless a later layer has changed the size.
  let known: number | undefined;
  layers.forEach((layer, k) => {
    const before = known === undefined ? undefined : layers[known]!;
    if (before !== undefined && layer.inputSize !== null && before.outputSize !== layer.inputSize) {
      throw new TypeError(
        `Cannot build ${name}: layer ${known} (${before.name}) has ${before.outputSize} outputs and layer ${k} ` +
          `(${layer.name}) takes ${layer.inputSize}; make these two sizes equal`,
      );
    }
    known = layer.outputSize !== null ? k : layer.reshapes ? undefined : known;
  });
}

/**
 * Tells whether a value is a sequential.
 *
 * @example
 * ```ts
 * import { denseLayer, isSequential, sequential } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isSequential(sequential([denseLayer(8, 8)])) && !isSequential(denseLayer(8, 8)));
 * ```
 */
export function isSequential(value: unknown): value is Layer & { readonly layers: readonly AnyLayer[] } {
  return isOfKind(value, "sequential");
}
