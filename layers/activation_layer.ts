/**
 * Activations as layers.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import { checkOptions } from "../blas/options.ts";
import { type Activation, checkActivation } from "./activation.ts";
import { checkName } from "./checks.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, type NameOption, type NoState, NOTHING } from "./make_layer.ts";

/**
 * Makes a layer that applies an activation.
 *
 * @param activation One of `activations`.
 * @param options `name`: that of the activation by default.
 * @throws {TypeError} If it is not an activation.
 *
 * @example
 * ```ts
 * import { activationLayer, activations, forward, key, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = activationLayer(activations.relu);
 * assertEquals(toList(forward(layer, layer.init(key(0)), tensor32([-1, 2]))), [0, 2]);
 * ```
 */
export function activationLayer(activation: Activation, options: NameOption = {}): Layer<NoState, NoState> {
  checkActivation("build an activation layer", activation);
  checkOptions("build activationLayer", options, { name: true });
  const { name = activation.name } = options;
  checkName("build activationLayer", name);
  return makeLayer<NoState, NoState>({
    kind: "activation",
    name,
    activation,
    config: {},
    specs: NOTHING,
    outputShape: (x) => either.right(x),
    compute: ({ state }, x) => [x, state],
  });
}
