/**
 * Norms of gradients.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Gradients } from "../../autograd/backward.ts";
import { mapTensors, type ParameterTree, type TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { tensorData } from "../../autograd/values/read.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";

/** Returns gradients with their paths; those of `backward` have none, and are numbered in its order. */
export function gradientEntries<P extends TensorTree<P>>(
  gradients: Gradients | P,
): readonly (readonly [string, Tensor])[] {
  const found: (readonly [string, Tensor])[] = [];
  const find = (g: Tensor, path: string): Tensor => {
    found.push([path, g]);
    return g;
  };
  if (gradients instanceof Map) Array.from(gradients.values(), (g, k) => find(g, String(k)));
  else mapTensors(find, gradients as ParameterTree); // gradients are a map or a tree of tensors
  const stranger = found.find(([, leaf]) => !isTensor(leaf));
  if (stranger === undefined) return found;
  throw new TypeError(
    `Cannot read gradients with ${describe(stranger[1])}${
      stranger[0] === "" ? "" : ` at "${stranger[0]}"`
    }: they must be ` +
      "a tree of tensors; pass what valueAndGradient or backward returned",
  );
}

/** Returns the largest absolute value; NaN if one of them is NaN. */
export function infinityNorm(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/** Computes the Euclidean norm in float64, scaled by the largest value if a square would overflow or underflow. */
export function euclideanNorm(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  // If the sum is in this range, the squares that underflowed are far below its last digit.
  return squares > 1e-270 && squares < Infinity ? Math.sqrt(squares) : scaledNorm(values);
}

function scaledNorm(values: ArrayLike<number>): number {
  const largest = infinityNorm(values);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/**
 * Computes the norm of all gradients together, as if they were one vector.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 * @param options `norm`: `"l2"` (default), the Euclidean norm, or `"inf"`, the largest absolute value.
 * @returns The norm; NaN if a gradient has one; 0 for no gradients.
 * @throws {RangeError} If `norm` is neither.
 *
 * @example
 * ```ts
 * import { gradientNorm, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const gradients = { weight: tensor64([[3, 0]]), bias: tensor64([-4]) };
 * assertEquals([gradientNorm(gradients), gradientNorm(gradients, { norm: "inf" })], [5, 4]);
 * ```
 */
export function gradientNorm<P extends TensorTree<P>>(
  gradients: Gradients | P,
  options: { readonly norm?: "l2" | "inf" | undefined } = {},
): number {
  checkOptions("compute gradientNorm", options, { norm: true });
  const { norm = "l2" } = options;
  if (norm !== "l2" && norm !== "inf") {
    throw new RangeError(
      `Cannot compute gradientNorm with norm ${describe(norm)}: norm must be "l2" or "inf"; choose one`,
    );
  }
  const of = norm === "l2" ? euclideanNorm : infinityNorm;
  return of(gradientEntries(gradients).map(([, g]) => of(tensorData(g))));
}
