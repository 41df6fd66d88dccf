/**
 * Checks the gradients of one step for problems.
 *
 * @module
 */
import { checkOptions } from "../../blas/options.ts";
import { checkPositive } from "../check_setting.ts";
import type { Gradients } from "../../autograd/backward.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { tensorData } from "../../autograd/values/read.ts";
import { gradientEntries, gradientNorm } from "./gradient_norm.ts";

/** The result of {@link gradientHealth}. */
export type GradientHealth =
  | { readonly tag: "Healthy" }
  | { readonly tag: "Exploding"; readonly paths: readonly string[] }
  | { readonly tag: "Vanishing"; readonly paths: readonly string[] }
  | { readonly tag: "NotFinite"; readonly paths: readonly string[] };

/** The option for a threshold. */
export type ThresholdOption = {
  /** A norm; 10 for exploding gradients, 1e-7 for vanishing ones, if left out. */
  readonly threshold?: number | undefined;
};

/** The norm above which gradients count as exploding. */
export const EXPLODING = 10;

/** The norm below which gradients count as vanishing. */
export const VANISHING = 1e-7;

/**
 * Returns the problem with gradients, if there is one, and where: first NaN and infinities, then exploding gradients,
 * then vanishing gradients.
 *
 * {@link hasExplodingGradients}, which judges all gradients together, is true for the first two: gradients that are not
 * finite have exploded beyond the range of numbers. The paths of gradients that explode are those with more than their
 * share of the
 * norm, at least one. They vanish if {@link hasVanishingGradients} says so, or if single ones do, as in a layer that is
 * disconnected: the paths are those whose own norm is below 1e-7.
 *
 * @param gradients A tree of tensors, or what `backward` returned, whose gradients are numbered because they have no
 * paths.
 * @returns The worst problem, and its paths.
 *
 * @example
 * ```ts
 * import { gradientHealth, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const gradients = [{ weight: tensor64([1, NaN]), bias: tensor64([0.5]) }];
 * assertEquals(gradientHealth(gradients), { tag: "NotFinite", paths: ["0.weight"] });
 * ```
 */
export function gradientHealth<P extends TensorTree<P>>(gradients: Gradients | P): GradientHealth {
  const norms = gradientEntries(gradients)
    .filter(([, g]) => tensorData(g).length > 0)
    .map(([path, g]) => [path, gradientNorm(g)] as const);
  const at = (fault: (norm: number) => boolean) => norms.filter(([, norm]) => fault(norm)).map(([path]) => path);
  const notFinite = at((norm) => !Number.isFinite(norm));
  if (notFinite.length > 0) return { tag: "NotFinite", paths: notFinite };
  if (hasExplodingGradients(gradients)) {
    // If no norm exceeded this, their squares would add up to at most the threshold's. Rounding may hide the one that
    // does.
    const share = EXPLODING / Math.sqrt(norms.length), largest = Math.max(...norms.map(([, norm]) => norm));
    return { tag: "Exploding", paths: at((norm) => norm > share || norm === largest) };
  }
  const vanishing = at((norm) => norm < VANISHING);
  return vanishing.length > 0 ? { tag: "Vanishing", paths: vanishing } : { tag: "Healthy" };
}

/**
 * Tells whether the Euclidean norm of all gradients is above a threshold, or not finite: whether {@link gradientHealth}
 * is `Exploding` or `NotFinite`, where the threshold is 10.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 * @param options `threshold`, 10 by default.
 * @throws {RangeError} If the threshold is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { hasExplodingGradients, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const gradients = { weight: tensor64([30, 40]) };
 * assertEquals([hasExplodingGradients(gradients), hasExplodingGradients(gradients, { threshold: 100 })], [true,
 * false]);
 * ```
 */
export function hasExplodingGradients<P extends TensorTree<P>>(
  gradients: Gradients | P,
  options: ThresholdOption = {},
): boolean {
  checkOptions("ask hasExplodingGradients", options, { threshold: true });
  const { threshold = EXPLODING } = options;
  checkThreshold("hasExplodingGradients", threshold);
  return !(gradientNorm(gradients) <= threshold);
}

/**
 * Tells whether the Euclidean norm of all gradients is below a threshold; false if there are none.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 * @param options `threshold`, 1e-7 by default.
 * @throws {RangeError} If the threshold is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { hasVanishingGradients, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([hasVanishingGradients(tensor64([1e-9])), hasVanishingGradients(tensor64([0.1]))], [true, false]);
 * ```
 */
export function hasVanishingGradients<P extends TensorTree<P>>(
  gradients: Gradients | P,
  options: ThresholdOption = {},
): boolean {
  checkOptions("ask hasVanishingGradients", options, { threshold: true });
  const { threshold = VANISHING } = options;
  checkThreshold("hasVanishingGradients", threshold);
  return gradientEntries(gradients).some(([, g]) => tensorData(g).length > 0) && gradientNorm(gradients) < threshold;
}

const checkThreshold = (what: string, threshold: number): void => checkPositive(what, "threshold", threshold);
