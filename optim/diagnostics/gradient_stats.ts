/**
 * Statistics of gradients.
 *
 * @module
 */
import type { Gradients } from "../../autograd/backward.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { tensorData } from "../../autograd/values/read.ts";
import { euclideanNorm, gradientEntries, infinityNorm } from "./gradient_norm.ts";

/** The statistics of one gradient. */
export type GradientStats = {
  /** The Euclidean norm. */
  readonly l2: number;
  /** The largest absolute value. */
  readonly inf: number;
  /** The mean absolute value; 0 for no elements. */
  readonly meanAbsolute: number;
  /** The number of elements. */
  readonly size: number;
  /** The number of elements that are NaN. */
  readonly nan: number;
  /** The number of elements that are infinite. */
  readonly infinite: number;
};

/** The statistics of all gradients, together and by path. */
export type GradientsStats = {
  /** The Euclidean norm of all together. */
  readonly l2: number;
  /** The largest absolute value of all. */
  readonly inf: number;
  /** By path, such as `"0.weight"`; the result of `backward` has no paths and is numbered in its order. */
  readonly byPath: Readonly<Record<string, GradientStats>>;
};

/**
 * Computes norms, mean absolute values, sizes, and counts of values that are not finite.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 * @returns The statistics of all gradients together, and of each by its path.
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
export function gradientStats<P extends TensorTree<P>>(gradients: Gradients | P): GradientsStats {
  const stats = gradientEntries(gradients).map(([path, g]) => [path, statsOf(tensorData(g))] as const);
  return {
    l2: euclideanNorm(stats.map(([, { l2 }]) => l2)),
    inf: infinityNorm(stats.map(([, { inf }]) => inf)),
    byPath: Object.fromEntries(stats),
  };
}

function statsOf(values: ArrayLike<number>): GradientStats {
  let total = 0, largest = 0;
  for (let i = 0; i < values.length; i++) {
    const absolute = Math.abs(values[i]!);
    total += absolute;
    largest = Math.max(largest, absolute);
  }
  const finite = Number.isFinite(largest);
  const nan = finite ? 0 : count(values, Number.isNaN);
  const infinite = finite ? 0 : count(values, (x) => x === Infinity || x === -Infinity);
  const size = values.length;
  return {
    l2: euclideanNorm(values),
    inf: largest,
    meanAbsolute: size === 0 ? 0 : total / size,
    size,
    nan,
    infinite,
  };
}

function count(values: ArrayLike<number>, fault: (x: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) if (fault(values[i]!)) found++;
  return found;
}
