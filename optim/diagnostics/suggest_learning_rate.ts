/**
 * A learning rate by rule of thumb.
 *
 * @module
 */
import { checkPositive } from "../check_setting.ts";
import type { Gradients } from "../../autograd/backward.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { gradientNorm } from "./gradient_norm.ts";

/**
 * Suggests the learning rate for the next steps from the size of the gradients, by NanoGrad 1.2's rule of thumb:
 *
 * | norm of all gradients | suggestion |
 * |---|---|
 * | above 10, NaN or infinite | a tenth |
 * | above 5 | a half |
 * | from 1e-4 to 5 | the current rate |
 * | below 1e-4 | twice as much |
 * | below 1e-6 | ten times as much |
 *
 * A step of plain gradient descent has the length rate times norm, so the rule keeps that length within bounds. It
 * ignores the loss, that Adam and its relatives divide by the norm, and that small gradients may mean that training is
 * over. `learningRateSweep` measures instead.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 * @param current The current learning rate.
 * @returns The suggested learning rate.
 * @throws {RangeError} If `current` is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { suggestLearningRate, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.3, 7, 1e-8].map((g) => suggestLearningRate(tensor64([g]), 0.5)), [0.5, 0.25, 5]);
 * ```
 */
export function suggestLearningRate<P extends TensorTree<P>>(gradients: Gradients | P, current: number): number {
  checkPositive("a suggestion", "current", current);
  return current * factor(gradientNorm(gradients));
}

function factor(norm: number): number {
  if (!(norm <= 10)) return 0.1;
  if (norm > 5) return 0.5;
  if (norm < 1e-6) return 10;
  return norm < 1e-4 ? 2 : 1;
}
