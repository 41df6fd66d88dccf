/**
 * Loops over the levels that are reduced, with sums carried over to float64 in time.
 *
 * @module
 */
import { SUM_DEPTH as DEPTH } from "../../reduction.ts";
import { type FunctionBuilder, i32 } from "../../wasm/mod.ts";
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
  /** The number of vectors that each register receives in one pass. */
  readonly perRegister: number;
};

/** The levels to reduce, and the accumulators. */
export type ReducedLevels = {
  readonly pointers: Pointers;
  /** The lengths of all levels: first `kept` levels that are kept, then those that are reduced. */
  readonly lengths: readonly number[];
  readonly kept: number;
  readonly accumulators: readonly Accumulator[];
  /** Whether sums must be carried over to float64 on the way. */
  readonly settles: boolean;
};

/** Emits the loops over all reduced levels, the innermost one as described by `pass`. */
export function emitReducedLevels(
  f: FunctionBuilder,
  { pointers, lengths, kept, accumulators, settles }: ReducedLevels,
  { iterations, step, iteration, rest, perRegister }: Pass,
): void {
  const last = lengths.length - 1, settle = () => accumulators.forEach((one) => one.settle());
  // The number of passes before sums must be carried over.
  const passes = Math.floor(DEPTH / perRegister), count = settles && passes > 1 ? f.local("i32") : undefined;
  accumulators.forEach((one) => one.begin());
  if (count !== undefined) f.set(count, 0);
  const pass = () => {
    const full = settles && iterations > DEPTH ? Math.floor(iterations / DEPTH) : 0, left = iterations - full * DEPTH;
    pointers.loop(last, full, step * DEPTH, () => {
      pointers.loop(last, DEPTH, step, iteration);
      settle();
    });
    if (full > 0 && left > 0) pointers.advance(last, full * DEPTH * step);
    pointers.loop(last, left, step, iteration);
    if (full > 0 && left > 0) pointers.advance(last, -full * DEPTH * step);
    rest();
    if (!settles) return;
    if (count === undefined) return settle();
    f.increment(count, 1);
    f.if(i32.ge_s(count, passes), () => {
      settle();
      f.set(count, 0);
    });
  };
  const inside = (level: number): void =>
    level === last ? pass() : pointers.loop(level, lengths[level]!, 1, () => inside(level + 1));
  inside(kept);
}
