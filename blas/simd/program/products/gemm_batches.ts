/**
 * Loops over the axes of a batch of matrix products.
 *
 * @module
 */
import type { FunctionBuilder, Local } from "../../../wasm/mod.ts";
import type { GemmProblem } from "./gemm_plan.ts";
import { repeat } from "./repeat.ts";

/** An axis of a batch. */
export type BatchAxis = GemmProblem["batch"][number];

/**
 * Emits a product for each index of some axes. It restores the pointers, which point to both matrices and the product.
 */
export function emitBatches(
  f: FunctionBuilder,
  axes: readonly BatchAxis[],
  pointers: readonly Local<"i32">[],
  bytes: number,
  product: (a: Local<"i32">, b: Local<"i32">, c: Local<"i32">) => void,
): void {
  const [axis, ...inner] = axes;
  if (axis === undefined) {
    const [a, b, c] = pointers.map((pointer) => f.let(pointer));
    return product(a!, b!, c!);
  }
  const { length, a, b, c } = axis;
  repeat(f, length, () => {
    emitBatches(f, inner, pointers, bytes, product);
    advance(f, pointers, [a, b, c], bytes);
  });
  advance(f, pointers, [-length * a, -length * b, -length * c], bytes);
}

/** Moves each pointer by its number of elements. */
export function advance(
  f: FunctionBuilder,
  pointers: readonly Local<"i32">[],
  steps: readonly number[],
  bytes: number,
): void {
  pointers.forEach((pointer, i) => {
    if (steps[i] !== 0) f.increment(pointer, steps[i]! * bytes);
  });
}
