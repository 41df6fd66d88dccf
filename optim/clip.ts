/**
 * Clipping: reduces gradients that have become too large.
 *
 * @module
 */
import { checkPositive } from "./check_setting.ts";
import type { Gradients } from "../autograd/backward.ts";
import { isAbstract } from "../autograd/abstract_view.ts";
import { cast, clamp, mul } from "../autograd/ops/mod.ts";
import { mapTensors, type TensorTree } from "../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { innerView } from "../autograd/tensor_record.ts";
import { clippingFactor } from "./transforms/clipping_factor.ts";
import { gradientEntries, gradientNorm } from "./diagnostics/gradient_norm.ts";

/** Replaces every gradient, in a tree or in the result of `backward`. */
function mapGradients<G>(f: (g: Tensor) => Tensor, gradients: G): G {
  if (!(gradients instanceof Map)) return mapTensors(f, gradients);
  return new Map(Array.from(gradients, ([leaf, g]) => [leaf, f(g)] as const)) as G; // a map where G is one
}

/**
 * Scales all gradients by one factor such that their common Euclidean norm does not exceed `maxNorm`; the direction
 * stays. The factor is `min(1, maxNorm / (norm + 1e-6))`, as in PyTorch.
 *
 * @param gradients A tree of tensors, or what `backward` returned. If the norm is NaN or infinite, all of them become
 * NaN or 0, as in PyTorch: check `gradientHealth` first.
 * @returns The same structure.
 * @throws {RangeError} If `maxNorm` is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { clipByGlobalNorm, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { weight } = clipByGlobalNorm({ weight: tensor64([30, 40]) }, 5);
 * assertAlmostEquals(toList(weight)[0]!, 3, 1e-6);
 * ```
 */
export function clipByGlobalNorm<G extends Gradients | TensorTree<G>>(gradients: G, maxNorm: number): G {
  checkPositive("clipByGlobalNorm", "maxNorm", maxNorm);
  const tensors = gradientEntries(gradients).map(([, g]) => g);
  // The norm is read if possible: gradients that are small enough are then returned unchanged.
  const isKnown = tensors.every((g) => !isAbstract(innerView(g)));
  const known = isKnown ? maxNorm / (gradientNorm(gradients) + 1e-6) : NaN;
  if (known >= 1) return gradients;
  if (isKnown && tensors.every((g) => !g.requiresGrad)) return mapGradients((g) => mul(g, known), gradients);
  const factor = clippingFactor(maxNorm, tensors);
  return mapGradients((g) => mul(g, cast(factor, g.dtype)), gradients);
}

/**
 * Limits every element of every gradient to `[-limit, limit]`.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 * @returns The same structure.
 * @throws {RangeError} If `limit` is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { clipByValue, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(clipByValue(tensor64([3, -0.5, -7]), 1)), [1, -0.5, -1]);
 * ```
 */
export function clipByValue<G extends Gradients | TensorTree<G>>(gradients: G, limit: number): G {
  checkPositive("clipByValue", "limit", limit);
  gradientEntries(gradients); // throws if it is not a tree of tensors
  return mapGradients((g) => clamp(g, -limit, limit), gradients);
}
