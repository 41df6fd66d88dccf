/**
 * Adding gradients.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import type { Semigroup } from "../deps.ts";
import { ShapeError } from "../blas/errors.ts";
import { sameShape } from "../blas/shape.ts";
import type { Gradients } from "./backward.ts";
import { add } from "./ops/arithmetic.ts";
import { checkOperands } from "./primitive.ts";
import { isTensor, type Tensor } from "./tensor.ts";
import { type ParameterTree, type TensorTree, zipTensors } from "./tree/parameter_tree.ts";

/**
 * Adds two gradients: trees leaf by leaf, results of `backward` tensor by tensor. A tensor that is missing in one
 * counts as 0.
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
 * @throws {ShapeError} If two gradients differ in shape.
 */
export function addGradients<G extends Gradients | TensorTree<G>>(a: G, b: G): G {
  if (a instanceof Map !== b instanceof Map) {
    throw new TypeError(
      "Cannot add a tree of gradients to the result of backward: both must be of one kind; use " +
        "backward for both, or valueAndGradient for both",
    );
  }
  if (!(a instanceof Map)) return zipTensors(addAlike, a, b as ParameterTree); // both are trees, or both are maps
  const joined = new Map<Tensor, Tensor>(a);
  for (const [leaf, gradient] of b as Gradients) { // both are trees, or both are maps
    const present = joined.get(leaf);
    joined.set(leaf, present === undefined ? gradient : addAlike(present, gradient, ""));
  }
  return joined as Gradients as G; // a map where G is one
}

/**
 * Adds two gradients of one tensor. They are never broadcast: gradients of different shapes belong to different
 * parameters.
 */
function addAlike(a: Tensor, b: Tensor, path: string): Tensor {
  if (!isTensor(a) || !isTensor(b)) {
    const stranger: unknown = isTensor(a) ? b : a;
    throw new TypeError(
      `Cannot add gradients${at(path)}: found ${describe(stranger)} where both must be ` +
        "tensors; pass what valueAndGradient or backward returned",
    );
  }
  const op = `addGradients${at(path)}`;
  checkOperands(op, [a, b]);
  if (sameShape(a.shape, b.shape)) return add(a, b);
  throw new ShapeError({
    op,
    given: { a: a.shape, b: b.shape },
    problem: "gradients of one parameter must have its shape",
    remedy: "pass gradients of the same params",
  });
}

const at = (path: string): string => path === "" ? "" : ` at "${path}"`;

/** The type of {@link gradientsSemigroup}: an fp-ts `Semigroup` of any one type of gradients, interfaces too. */
export type GradientsSemigroup = { readonly concat: typeof addGradients } & Semigroup<Gradients | ParameterTree>;

/** Gradient accumulation as an fp-ts `Semigroup`; see {@link addGradients}. */
export const gradientsSemigroup: GradientsSemigroup = /* @__PURE__ */ Object.freeze({
  concat: addGradients,
});
