/**
 * Layers: pure functions over parameter records.
 *
 * @example A network and its output
 * ```ts
 * import { activations, denseLayer, forward, sequential } from "@nanograd/nanograd/layers";
 * import { key, zeros } from "@nanograd/nanograd/autograd";
 * import { assertEquals } from "@std/assert";
 *
 * const model = sequential([denseLayer(2, 8, { activation: activations.tanh }), denseLayer(8, 1)]);
 * assertEquals(forward(model, model.init(key(0)), zeros([4, 2])).shape, [4, 1]);
 * ```
 *
 * @module
 */
export { type Activation, activations, isActivation } from "./activation.ts";
export type { ConfigValue } from "./config.ts";
export { denseLayer, type DenseOptions, type DenseParams, isDenseLayer, type NoState } from "./dense.ts";
export { forward, isLayer, type Layer, parameterCount, parameters, type Variables } from "./layer.ts";
export { evaluate, type Mode, train } from "./mode.ts";
export {
  type AsParameters,
  isSequential,
  sequential,
  type SequentialParams,
  type SequentialState,
} from "./sequential.ts";
export { summary } from "./summary.ts";
