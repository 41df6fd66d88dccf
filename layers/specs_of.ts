/**
 * The specs of whole models.
 *
 * @module
 */
import { key } from "../autograd/random/key.ts";
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { map, type Tree } from "../autograd/tree/tree.ts";
import type { AnyLayer } from "./layer.ts";
import { initLayer } from "./layer_calls.ts";
import { TensorSpec, type VariableSpecs } from "./spec.ts";

/**
 * Returns the specs of a layer's variables; those of the layers inside as tuples. A layer that is not the library's and
 * has no specs is initialized once, to find the shapes.
 */
export function specsOf(layer: AnyLayer): VariableSpecs {
  const inside = layer.layers?.map(specsOf);
  if (inside !== undefined) {
    return { params: inside.map(({ params }) => params), state: inside.map(({ state }) => state) };
  }
  if (layer.specs) return layer.specs; // null counts as none, too
  const { params, state } = initLayer(layer, key(0));
  const specs = (tree: object): Tree<TensorSpec> =>
    map<Tensor, TensorSpec, ParameterTree>(
      ({ shape, dtype }) => new TensorSpec(shape, dtype),
      tree as ParameterTree, // variables are trees of tensors
    ) as Tree<TensorSpec>; // the same structure, a spec for each tensor
  return { params: specs(params), state: specs(state) };
}
