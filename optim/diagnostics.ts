/**
 * Diagnostics: what gradients look like, and what is wrong with them.
 *
 * @module
 */
import type { Gradients } from "../autograd/backward.ts";
import type { Parameters } from "../autograd/parameters.ts";
import { tensorData } from "../autograd/read.ts";
import { euclideanNorm, gradientEntries, gradientNorm, infinityNorm } from "./gradient_norm.ts";
import { checkSetting } from "./optimizer.ts";

/** The numbers of one gradient. */
export type GradientStats = {
  /** The Euclidean norm. */
  readonly l2: number;
  /** The largest absolute value. */
  readonly inf: number;
  /** The mean absolute value; 0 for no elements. */
  readonly meanAbsolute: number;
  /** How many elements. */
  readonly size: number;
  /** How many of them are NaN. */
  readonly nan: number;
  /** How many of them are infinite. */
  readonly infinite: number;
};

/** The numbers of all gradients, together and by path. */
export type GradientsStats = {
  /** The Euclidean norm of all together. */
  readonly l2: number;
  /** The largest absolute value of all. */
  readonly inf: number;
  /** By path, such as `"0.weight"`; what `backward` returned has no paths and is numbered in its order. */
  readonly byPath: Readonly<Record<string, GradientStats>>;
};

/** What {@link gradientHealth} finds. */
export type GradientHealth =
  | { readonly tag: "Healthy" }
  | { readonly tag: "Exploding"; readonly paths: readonly string[] }
  | { readonly tag: "Vanishing"; readonly paths: readonly string[] }
  | { readonly tag: "NotFinite"; readonly paths: readonly string[] };

function statsOf(values: ArrayLike<number>): GradientStats {
  let total = 0, nan = 0, infinite = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    total += Math.abs(x);
    if (Number.isNaN(x)) nan++;
    else if (!Number.isFinite(x)) infinite++;
  }
  const size = values.length;
  return {
    l2: euclideanNorm(values),
    inf: infinityNorm(values),
    meanAbsolute: size === 0 ? 0 : total / size,
    size,
    nan,
    infinite,
  };
}

/**
 * Norms, mean absolute values, sizes, and counts of what is not finite.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 *
 * @example
 * ```ts
 * import { gradientStats, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { l2, byPath } = gradientStats({ weight: tensor64([3, -4]), bias: tensor64([0]) });
 * assertEquals([l2, byPath.weight?.meanAbsolute, byPath.bias?.size], [5, 3.5, 1]);
 * ```
 */
export function gradientStats(gradients: Gradients | Parameters): GradientsStats {
  const stats = gradientEntries(gradients).map(([path, g]) => [path, statsOf(tensorData(g))] as const);
  return {
    l2: gradientNorm(gradients),
    inf: gradientNorm(gradients, { norm: "inf" }),
    byPath: Object.fromEntries(stats),
  };
}

/** The option of a threshold. */
export type ThresholdOption = {
  /** A norm; 10 where gradients explode, 1e-7 where they vanish, if left out. */
  readonly threshold?: number;
};

const checkThreshold = (what: string, threshold: number): void =>
  checkSetting(what, "threshold", threshold, (x) => x > 0, "a finite number above 0");

/**
 * Tells whether the Euclidean norm of all gradients is above a threshold, or not finite.
 *
 * @throws {RangeError} If the threshold is not a finite number above 0.
 */
export function hasExplodingGradients(
  gradients: Gradients | Parameters,
  { threshold = 10 }: ThresholdOption = {},
): boolean {
  checkThreshold("hasExplodingGradients", threshold);
  return !(gradientNorm(gradients) <= threshold);
}

/**
 * Tells whether the Euclidean norm of all gradients is below a threshold; never so where there are none.
 *
 * @throws {RangeError} If the threshold is not a finite number above 0.
 */
export function hasVanishingGradients(
  gradients: Gradients | Parameters,
  { threshold = 1e-7 }: ThresholdOption = {},
): boolean {
  checkThreshold("hasVanishingGradients", threshold);
  return gradientEntries(gradients).some(([, g]) => tensorData(g).length > 0) && gradientNorm(gradients) < threshold;
}

/**
 * What is wrong with gradients, if anything, and where: NaN and infinities first, then norms above 10, then below 1e-7,
 * each of one tensor's gradient; with the default thresholds of {@link hasExplodingGradients} and
 * {@link hasVanishingGradients}.
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
export function gradientHealth(gradients: Gradients | Parameters): GradientHealth {
  const each = gradientEntries(gradients);
  const at = (fault: (g: Parameters) => boolean) => each.filter(([, g]) => fault(g)).map(([path]) => path);
  const notFinite = at((g) => !Number.isFinite(gradientNorm(g)));
  if (notFinite.length > 0) return { tag: "NotFinite", paths: notFinite };
  const exploding = at((g) => hasExplodingGradients(g));
  if (exploding.length > 0) return { tag: "Exploding", paths: exploding };
  const vanishing = at((g) => hasVanishingGradients(g));
  return vanishing.length > 0 ? { tag: "Vanishing", paths: vanishing } : { tag: "Healthy" };
}
