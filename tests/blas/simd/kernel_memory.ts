/**
 * Kernels by themselves: a module, its memory, and access to the numbers in it.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import { hasRelaxedSimd } from "../../../blas/simd/features.ts";
import { type LaneInstructions, laneInstructionsOf } from "../../../blas/simd/lane_instructions.ts";
import { ModuleBuilder } from "../../../blas/wasm/mod.ts";
import { instantiate, type Run } from "../wasm/modules.ts";

/** Both dtypes, with and without fused multiply-add, where this runtime has it. */
export const KERNEL_VARIANTS: readonly (readonly [DType, boolean])[] = (["float32", "float64"] as const)
  .flatMap((dtype) => (hasRelaxedSimd() ? [true, false] : [false]).map((fused) => [dtype, fused] as const));

/** The functions of a module and its memory, in elements of the dtype. */
export type KernelMemory = {
  readonly run: (name: string, ...given: readonly number[]) => number;
  readonly lanes: LaneInstructions;
  /** Writes numbers from an element on, and returns its address. */
  readonly put: (element: number, numbers: readonly number[]) => number;
  /** Reads numbers from an element on. */
  readonly take: (element: number, count: number) => readonly number[];
  readonly memory: WebAssembly.Memory;
};

/** Builds a module of kernels with some pages of memory, of 64 KiB. */
export function kernelMemory(
  dtype: DType,
  fused: boolean,
  build: (m: ModuleBuilder, lanes: LaneInstructions) => unknown,
  pages = 4,
): KernelMemory {
  const m = new ModuleBuilder(), lanes = laneInstructionsOf(dtype, fused);
  m.memory({ minimum: pages, name: "memory" });
  build(m, lanes);
  const exports = instantiate(m), memory = exports.memory as WebAssembly.Memory;
  const data = dtype === "float32" ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  return {
    run: (name, ...given) => (exports[name] as Run)(...given),
    lanes,
    put: (element, numbers) => {
      data.set(numbers, element);
      return element * lanes.bytes;
    },
    take: (element, count) => [...data.subarray(element, element + count)],
    memory,
  };
}

/**
 * Returns whole numbers between -5 and 5, without a pattern that a kernel could match by accident; sums of their
 * products are exact.
 */
export const wholes = (count: number, seed = 1): number[] =>
  Array.from({ length: count }, (_, i) => ((i + seed) * (i + 3 * seed) * 7 + i * 13) % 11 - 5);
