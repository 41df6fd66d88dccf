/**
 * Triangular systems of equations.
 *
 * @module
 */
import { addRun } from "./matrices.ts";

/**
 * Solves `a x = b` in the memory of `b`, reading only one triangle of `a`.
 *
 * @param a A row-major matrix.
 * @param b `n` rows of `width` numbers; they become `x`.
 * @returns The column whose diagonal element is 0, or -1.
 */
export function solveTriangle(a: Float64Array, n: number, b: Float64Array, width: number, lower: boolean): number {
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step, pivot = a[i * n + i]!;
    if (pivot === 0) return i;
    for (let k = lower ? 0 : i + 1, end = lower ? i : n; k < end; k++) {
      addRun(b, i * width, -a[i * n + k]!, b, k * width, width);
    }
    for (let j = 0; j < width; j++) b[i * width + j]! /= pivot;
  }
  return -1;
}
