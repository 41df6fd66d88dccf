/**
 * Adding gradients.
 *
 * @module
 */
import type { Semigroup } from "../deps.ts";
import type { Gradients } from "./backward.ts";
import { add } from "./ops/arithmetic.ts";
import type { Tensor } from "./tensor.ts";
import { type ParameterTree, zipTensors } from "./tree/parameter_tree.ts";

/**
 * Adds two gradients: trees leaf by leaf, what `backward` returned tensor by tensor, where a tensor missing in one counts
 * as 0.
 *
 * @example
 * ```ts
 * import { addGradients, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = addGradients({ weight: tensor64(1) }, { weight: tensor64(2) });
 * assertEquals(toNumber(sum.weight), 3);
 * ```
 *
 * @throws {TypeError} If trees differ in structure; the message names the path.
 */
export function addGradients<G extends Gradients | ParameterTree>(a: G, b: G): G {
  if (!(a instanceof Map) || !(b instanceof Map)) {
    return zipTensors((x, y) => add(x, y), a as ParameterTree, b as ParameterTree) as G;
  }
  const joined = new Map<Tensor, Tensor>(a);
  for (const [leaf, gradient] of b as Gradients) {
    const present = joined.get(leaf);
    joined.set(leaf, present === undefined ? gradient : add(present, gradient));
  }
  return joined as Gradients as G;
}

/** Gradient accumulation as an fp-ts `Semigroup`: {@link addGradients}. */
export const gradientsSemigroup: Semigroup<Gradients | ParameterTree> = { concat: addGradients };
