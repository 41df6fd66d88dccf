/**
 * Sums in float64 beside those of kernels, which add up in float32 a block at a time: a long chain of additions in one float32
 * loses digits, a block does not.
 *
 * @module
 */
import type { Scratch } from "./scratch.ts";

/** Sums that are carried over. */
export type WideSums = {
  /** Adds some of the kernel's sums to those in float64, and clears them. */
  readonly carry: (from: number, count: number) => void;
  /** Puts all sums where the kernel's are. */
  readonly finish: () => void;
};

/**
 * Makes as many sums as a kernel has.
 *
 * @param scratch Where the kernel's sums are.
 * @param address Their address; they are float32.
 * @param count How many there are.
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
