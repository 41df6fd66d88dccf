/**
 * Some of the parameters, by path.
 *
 * @module
 */
import type { Tensor } from "../../autograd/tensor.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { entries } from "../../autograd/tree/tree.ts";
import type { ParameterPredicate } from "./transform.ts";

/**
 * Returns the chosen parameters by path, and their positions in the order of that record, which may differ from the
 * tree's.
 */
export function partOf(
  name: string,
  chooses: ParameterPredicate,
  params: ParameterTree,
): { readonly params: Readonly<Record<string, Tensor>>; readonly indices: readonly number[] } {
  const chosen = entries<Tensor>(params)
    .map(([path, parameter], index) => ({ path, parameter, index }))
    .filter(({ path, parameter }) => chooses(path, parameter));
  const byPath = Object.fromEntries(chosen.map((found) => [found.path, found])), found = Object.values(byPath);
  if (found.length < chosen.length) {
    const twice = chosen.find(({ path, index }) => byPath[path]!.index !== index)!.path;
    throw new TypeError(
      `Cannot step ${name} with two parameters at "${twice}": paths must be unique; rename the key with a dot`,
    );
  }
  return {
    params: Object.fromEntries(found.map(({ path, parameter }) => [path, parameter])),
    indices: found.map(({ index }) => index),
  };
}
