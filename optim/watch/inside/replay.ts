/**
 * Applies models layer by layer.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import { add } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import type { AnyLayer, Variables } from "../../../layers/layer.ts";
import { applyLayer } from "../../../layers/layer_calls.ts";
import { isAsMade } from "../../../layers/made.ts";
import { evaluate } from "../../../layers/mode.ts";

/** A layer of a model, with its place, its variables and its output. */
export type Visit = {
  /** Its place, such as `"2.0"`: the first layer in the third; `""` for the model itself. */
  readonly path: string;
  readonly layer: AnyLayer;
  readonly variables: Variables<object, object>;
  readonly output: Tensor;
};

/**
 * Applies a model in evaluate mode, and calls `visit` with each layer inside, and with the model itself if there are none.
 * A container from elsewhere, or one that was changed by hand, counts as one layer.
 *
 * @param visit Returns what the next layer is given in place of the output.
 * @returns The output of the model.
 */
export function replay(
  model: AnyLayer,
  variables: Variables<object, object>,
  x: Tensor,
  visit: (visited: Visit) => Tensor,
): Tensor {
  const inside = (layer: AnyLayer, own: Variables<object, object>, input: Tensor, path: string): Tensor => {
    const { params, state } = own, at = (k: number): string => path === "" ? String(k) : `${path}.${k}`;
    const part = (k: number, given: Tensor): Tensor => {
      const states = state as readonly object[]; // layers that hold others have a list of states, or an empty one
      const inner = { params: (params as readonly object[])[k]!, state: states[k] ?? [] }; // a list, as the states
      return inside(layer.layers![k]!, inner, given, at(k));
    };
    const seen = (output: Tensor): Tensor => visit({ path, layer, variables: own, output });
    if (!isContainer(layer)) return seen(applyLayer<DType>(layer, own, input, evaluate)[0]);
    if (layer.kind === "sequential") return layer.layers!.reduce((sofar, _, k) => part(k, sofar), input);
    const long = part(0, input), around = layer.layers!.length > 1 ? part(1, input) : input;
    return seen(layer.activation.forward(add(long, around)));
  };
  return inside(model, variables, x, "");
}

/** Tells whether a layer is a container that passes its input through its layers in a known way. */
const isContainer = (layer: AnyLayer): boolean =>
  (layer.kind === "sequential" || layer.kind === "residual") && layer.layers !== undefined &&
  isAsMade(layer, "apply", ["kind", "layers", "activation"]);
