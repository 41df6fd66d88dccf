/**
 * Accumulates blocks of float32 sums in float64: a long chain of additions in float32 loses digits, while a block is short.
 *
 * @module
 */
import type { Scratch } from "./scratch.ts";

/** Accumulators in float64 for the sums of a kernel. */
export type WideSums = {
  /** Adds some of the kernel's sums to the float64 accumulators, and clears them. */
  readonly carry: (from: number, count: number) => void;
  /** Writes all accumulators back to the kernel's sums. */
  readonly finish: () => void;
};

/**
 * Makes an accumulator for each sum of a kernel.
 *
 * @param scratch The memory with the kernel's sums.
 * @param address The address of the sums, which are float32.
 * @param count The number of sums.
 */
export function wideSums(scratch: Scratch, address: number, count: number): WideSums {
  const sums = new Float64Array(count), first = address / 4;
  const carry: WideSums["carry"] = (from, count) => {
    const heap = scratch.float32;
    for (let i = from; i < from + count; i++) {
      sums[i]! += heap[first + i]!;
      heap[first + i] = 0;
    }
  };
  return {
    carry,
    finish: () => {
      carry(0, count);
      scratch.float32.set(sums, first);
    },
  };
}
