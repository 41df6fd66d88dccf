/**
 * Choosing, by measuring, whether a program runs on all threads or on one: the results are the same.
 *
 * @module
 */

/** Runs at the beginning that are measured, alternating. */
const FIRST = 8;

/** So many runs later the other choice is tried again. */
const AGAIN = 64;

/** How much longer a measurement counts as it grows older, at each new one. */
const AGING = 1.02;

/** A choice that learns. */
export type ThreadChoice = {
  /** Whether the next run should be divided among all threads. */
  readonly next: () => boolean;
  /** Says how long a run took, in milliseconds. */
  readonly took: (divided: boolean, milliseconds: number) => void;
};

/** Starts without knowing anything: the first runs are divided, and not divided, in turn. */
export function threadChoice(): ThreadChoice {
  let runs = 0;
  const best = { divided: Infinity, alone: Infinity };
  const better = () => best.divided <= best.alone;
  return {
    next: () => {
      const run = runs++;
      if (run < FIRST) return run % 2 === 0;
      return run % AGAIN === 0 ? !better() : better();
    },
    took: (divided, milliseconds) => {
      const key = divided ? "divided" : "alone";
      best[key] = Math.min(best[key] * AGING, milliseconds);
    },
  };
}
