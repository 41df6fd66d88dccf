/**
 * Accumulates blocks of float32 sums in float64: a long chain of additions in float32 loses digits, while a block is short.
 *
 * @module
 */
import type { Kernels } from "./kernels.ts";

/** Accumulators in float64 for the sums of a kernel. */
export type WideSums = {
  /** Adds some of the kernel's sums to the float64 accumulators, and clears them. */
  readonly carry: (from: number, count: number) => void;
  /** Writes all accumulators back to the kernel's sums. */
  readonly finish: () => void;
};

/** The sums of a kernel, which are float32, and memory for as many float64 numbers; addresses are in bytes. */
export type SumPlaces = { readonly part: number; readonly wide: number; readonly count: number };

/**
 * Makes an accumulator for each sum of a kernel.
 *
 * @param clear Sets so many bytes to 0.
 * @param kernels A module of float32 kernels that has those of `buildWideSums`.
 */
export function wideSums(
  clear: (address: number, bytes: number) => void,
  { carry, narrow }: Kernels,
  { part, wide, count }: SumPlaces,
): WideSums {
  clear(wide, 8 * count);
  return {
    carry: (from, count) => void carry!(count, part + 4 * from, wide + 8 * from),
    finish: () => {
      carry!(count, part, wide);
      narrow!(count, wide, part);
    },
  };
}
