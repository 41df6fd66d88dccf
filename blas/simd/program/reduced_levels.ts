/**
 * Loops over the levels that are reduced, with sums carried over to float64 in time.
 *
 * @module
 */
import type { Accumulator } from "./accumulator.ts";
import type { Pointers } from "./pointers.ts";

/** One pass along the innermost level. */
export type Pass = {
  /** The number of iterations of the loop. */
  readonly iterations: number;
  /** The number of indices of the innermost level in one iteration. */
  readonly step: number;
  /** Emits one iteration. */
  readonly iteration: () => void;
  /** Emits the rest after the last iteration. */
  readonly rest: () => void;
};

/** The levels to reduce, and the accumulators. */
export type ReducedLevels = {
  readonly pointers: Pointers;
  /** The lengths of all levels: first `kept` levels that are kept, then those that are reduced. */
  readonly lengths: readonly number[];
  readonly kept: number;
  readonly accumulators: readonly Accumulator[];
};

/** Emits the loops over all reduced levels, the innermost one as described by `pass`. */
export function emitReducedLevels(
  { pointers, lengths, kept, accumulators }: ReducedLevels,
  { iterations, step, iteration, rest }: Pass,
): void {
  const last = lengths.length - 1, settle = () => accumulators.forEach((one) => one.settle());
  accumulators.forEach((one) => one.begin());
  function inside(level: number): void {
    if (level < last) return pointers.loop(level, lengths[level]!, 1, () => inside(level + 1));
    pointers.loop(last, iterations, step, () => {
      iteration();
      settle();
    });
    rest();
    settle();
  }
  inside(kept);
}
