/**
 * What is wrong with the gradients of one step, if anything, and where.
 *
 * @module
 */
import { checkPositive } from "../check_setting.ts";
import type { Gradients } from "../../autograd/backward.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { tensorData } from "../../autograd/values/read.ts";
import { gradientEntries, gradientNorm } from "./gradient_norm.ts";

/** What {@link gradientHealth} finds. */
export type GradientHealth =
  | { readonly tag: "Healthy" }
  | { readonly tag: "Exploding"; readonly paths: readonly string[] }
  | { readonly tag: "Vanishing"; readonly paths: readonly string[] }
  | { readonly tag: "NotFinite"; readonly paths: readonly string[] };

/** The option of a threshold. */
export type ThresholdOption = {
  /** A norm; 10 where gradients explode, 1e-7 where they vanish, if left out. */
  readonly threshold?: number;
};

/** The norm above which gradients count as exploding. */
export const EXPLODING = 10;

/** The norm below which gradients count as vanishing. */
export const VANISHING = 1e-7;

/**
 * What is wrong with gradients, if anything, and where: NaN and infinities first, then norms above 10, then below 1e-7,
 * each of one tensor's gradient; with the default thresholds of {@link hasExplodingGradients} and
 * {@link hasVanishingGradients}.
 *
 * @param gradients A tree of tensors, or what `backward` returned, whose gradients have no paths and are numbered.
 * @returns The worst that was found, and the paths where.
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
export function gradientHealth(gradients: Gradients | ParameterTree): GradientHealth {
  const each = gradientEntries(gradients);
  const at = (fault: (g: ParameterTree) => boolean) => each.filter(([, g]) => fault(g)).map(([path]) => path);
  const notFinite = at((g) => !Number.isFinite(gradientNorm(g)));
  if (notFinite.length > 0) return { tag: "NotFinite", paths: notFinite };
  const exploding = at((g) => hasExplodingGradients(g));
  if (exploding.length > 0) return { tag: "Exploding", paths: exploding };
  const vanishing = at((g) => hasVanishingGradients(g));
  return vanishing.length > 0 ? { tag: "Vanishing", paths: vanishing } : { tag: "Healthy" };
}

/**
 * Tells whether the Euclidean norm of all gradients is above a threshold, or not finite.
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
 * assertEquals([hasExplodingGradients(gradients), hasExplodingGradients(gradients, { threshold: 100 })], [true, false]);
 * ```
 */
export function hasExplodingGradients(
  gradients: Gradients | ParameterTree,
  { threshold = EXPLODING }: ThresholdOption = {},
): boolean {
  checkThreshold("hasExplodingGradients", threshold);
  return !(gradientNorm(gradients) <= threshold);
}

/**
 * Tells whether the Euclidean norm of all gradients is below a threshold; never so where there are none.
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
export function hasVanishingGradients(
  gradients: Gradients | ParameterTree,
  { threshold = VANISHING }: ThresholdOption = {},
): boolean {
  checkThreshold("hasVanishingGradients", threshold);
  return gradientEntries(gradients).some(([, g]) => tensorData(g).length > 0) && gradientNorm(gradients) < threshold;
}

const checkThreshold = (what: string, threshold: number): void => checkPositive(what, "threshold", threshold);
