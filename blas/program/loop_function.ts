/**
 * Loops as WebAssembly functions: expressions computed for every element of a shape.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { SlowPaths } from "../simd/math/kit.ts";
import type { Callable, ModuleBuilder } from "../wasm/mod.ts";
import type { Loop, Operand } from "./program.ts";

/** What a loop's function is made for. */
export type LoopSpec = {
  readonly loop: Loop;
  /** The dtype of all operands and results. */
  readonly dtype: DType;
  /** Whether to use relaxed SIMD. */
  readonly relaxed: boolean;
  /** The byte address of an operand's value, that is, of element 0 of its row-major array. */
  readonly address: (operand: Operand) => number;
  /** The byte address of each result. */
  readonly results: readonly number[];
  /** Functions for `sin` and `cos` of huge angles; needed where the expressions have them. */
  readonly slowPaths?: SlowPaths;
};

/**
 * Builds the function that computes all expressions of a loop for indices `from` to `to` (exclusive) of axis 0 (rank 0: from 0
 * to 1), and stores them to their row-major results.
 *
 * Operands that stand for what was `COMPUTED` are read at the byte address `computed` plus what their offset, strides and
 * the index say; axis 0's index counts from 0 there too, whatever `from` is. A result may have the address of an operand that
 * is read at the same indices.
 *
 * @returns The function, with parameters `(computed: i32, from: i32, to: i32)`.
 */
export function buildLoop(_m: ModuleBuilder, _spec: LoopSpec): Callable<"none"> {
  throw new Error("Cannot build a loop: its emitter is on its way; wait for it");
}
