/**
 * Layers with a skip connection.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import type { DType } from "../blas/dtype.ts";
import { formatShape, ShapeError } from "../blas/errors.ts";
import { checkOptions } from "../blas/options.ts";
import { sameShape, type ShapeResult, unwrap } from "../blas/shape.ts";
import { splitKey } from "../autograd/random/key.ts";
import { add } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type Activation, checkActivation, IDENTITY } from "./activation.ts";
import { checkInput, checkListed, checkMode } from "./check_call.ts";
import { checkKey, checkName } from "./checks.ts";
import { deepFreeze } from "./config.ts";
import { type AnyLayer, checkLayer, isOfKind, type Layer, type Variables } from "./layer.ts";
import { applyLayer, initLayer, shapeAfter } from "./layer_calls.ts";
import { atIndex, located } from "./make_layer.ts";
import { remembered } from "./made.ts";
import { type Mode, modeOf } from "./mode.ts";

/** The options of {@link residual}. */
export type ResidualOptions = {
  /** `"Residual"` if left out. */
  readonly name?: string | undefined;
  /** Applied to the sum, as in the first ResNets; `activations.identity` if left out. */
  readonly activation?: Activation | undefined;
};

/**
 * Makes a layer that adds its input to the output of another: `activation(inner(x) + x)` or, with a shortcut,
 * `activation(inner(x) + shortcut(x))`. A shortcut, such as a 1 x 1 convolution, is needed where the shapes differ.
 *
 * @param inner A layer that keeps the shape of its input, unless there is a shortcut.
 * @param options `shortcut`: a layer from inputs to the shape of the inner layer's outputs; name and activation.
 * @returns A layer whose params and state are tuples: those of the inner layer, then those of the shortcut if there is
 * one.
 * @throws {TypeError} If a part is not a layer, the sizes of the parts do not fit, or an option does not exist.
 * @see He et al., Deep Residual Learning for Image Recognition, 2015.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, forward, key, residual, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = residual(denseLayer(8, 8, { activation: activations.relu }));
 * assertEquals(forward(layer, layer.init(key(0)), zeros([2, 8])).shape, [2, 8]);
 * ```
 */
export function residual<P extends object, S extends object>(
  inner: Layer<P, S>,
  options?: ResidualOptions & { readonly shortcut?: undefined },
): Layer<readonly [P], readonly [S]>;
/**
 * Makes a residual with a shortcut layer.
 *
 * @example
 * ```ts
 * import { denseLayer, forward, key, residual, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = residual(denseLayer(8, 4), { shortcut: denseLayer(8, 4, { bias: false }) });
 * assertEquals(forward(layer, layer.init(key(0)), zeros([2, 8])).shape, [2, 4]);
 * ```
 */
export function residual<P extends object, S extends object, Q extends object, T extends object>(
  inner: Layer<P, S>,
  options: ResidualOptions & { readonly shortcut: Layer<Q, T> },
): Layer<readonly [P, Q], readonly [S, T]>;
export function residual(
  inner: AnyLayer,
  options: ResidualOptions & { readonly shortcut?: AnyLayer | undefined } = {},
): Layer<readonly object[], readonly object[]> {
  checkOptions("build residual", options, { shortcut: true, name: true, activation: true });
  const { shortcut, name = "Residual", activation = IDENTITY } = options;
  checkName("build residual", name);
  checkActivation(`build ${name}`, activation);
  checkParts(name, inner, shortcut);
  const layers = shortcut === undefined ? [inner] : [inner, shortcut];
  const outputShape: Layer["outputShape"] = (x): ShapeResult => {
    const shapes = layers.map((layer, k) =>
      either.mapLeft((error: ShapeError) => atIndex(error, k))(shapeAfter(layer, x))
    );
    // One from the block, and one from a shortcut if there is one.
    const [long, around = either.right(x)] = shapes as [ShapeResult, ShapeResult?];
    if (either.isLeft(long) || either.isLeft(around) || sameShape(long.right, around.right)) {
      return either.isLeft(around) ? around : long;
    }
    const way = shortcut === undefined ? "x itself" : `the shortcut (${shortcut.name})`;
    return either.left(
      new ShapeError({
        op: name,
        given: { x },
        problem: `${inner.name} gives ${formatShape(long.right)} and ${way} ${
          formatShape(around.right)
        }, and both must be equal to be added`,
        remedy: "pass a shortcut from one shape to the other, such as a 1 x 1 convolution of the same stride",
      }),
    );
  };
  const layer = deepFreeze<Layer<readonly object[], readonly object[]>>({
    kind: "residual",
    name,
    inputSize: inner.inputSize ?? shortcut?.inputSize ?? null,
    outputSize: inner.outputSize ?? shortcut?.outputSize ?? null,
    activation,
    config: {},
    layers,
    init: (key) => {
      checkKey(name, key);
      const keys = layers.length === 1 ? [key] : splitKey(key, 2);
      const each = layers.map((layer, k) => initLayer(layer, keys[k]!));
      return { params: each.map(({ params }) => params), state: each.map(({ state }) => state) };
    },
    apply: <D extends DType>(
      variables: Variables<readonly object[], readonly object[]>,
      x: Tensor<D>,
      mode: Mode,
    ) => {
      checkInput(name, x);
      checkListed(name, layers.length, variables);
      checkMode(name, mode);
      const { params, state } = variables;
      unwrap(outputShape(x.shape));
      const each = layers.map((layer, k) =>
        located(k, () => applyLayer(layer, { params: params[k]!, state: state[k]! }, x, modeOf(mode, k)))
      );
      const next = each.map(([, after]) => after), [long] = each[0]!, around = each[1]?.[0] ?? x;
      const changed = next.some((after, k) => after !== state[k]);
      return [activation.forward(add(long, around)), changed ? next : state];
    },
    outputShape,
  });
  return remembered(layer, "apply");
}

function checkParts(name: string, inner: AnyLayer, shortcut: AnyLayer | undefined): void {
  checkLayer(`build ${name}`, inner, "inner");
  if (shortcut !== undefined) checkLayer(`build ${name}`, shortcut, "shortcut");
  const { inputSize, outputSize } = inner, around = shortcut ?? { inputSize, outputSize: inputSize };
  const differ = (a: number | null, b: number | null): boolean => a !== null && b !== null && a !== b;
  if (!differ(inputSize, around.inputSize) && !differ(outputSize, around.outputSize)) return;
  const size = (layer: Pick<AnyLayer, "inputSize" | "outputSize">): string =>
    `${layer.inputSize} to ${layer.outputSize}`;
  throw new TypeError(
    shortcut === undefined
      ? `Cannot build ${name}: ${inner.name} leads from ${
        size(inner)
      }, and its output is added to its input, so these ` +
        "two must be equal; pass a shortcut from one size to the other"
      : `Cannot build ${name}: ${inner.name} leads from ${size(inner)} and the shortcut (${shortcut.name}) from ` +
        `${size(shortcut)}, and their outputs are added; make these sizes equal`,
  );
}

/**
 * Tells whether a value is a residual.
 *
 * @example
 * ```ts
 * import { denseLayer, isResidual, residual } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isResidual(residual(denseLayer(8, 8))) && !isResidual(denseLayer(8, 8)));
 * ```
 */
export function isResidual(value: unknown): value is Layer & { readonly layers: readonly AnyLayer[] } {
  return isOfKind(value, "residual");
}
