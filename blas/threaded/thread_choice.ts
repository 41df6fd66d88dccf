/**
 * Choosing, by measuring, whether a program runs on all threads or on one: the results are the same.
 *
 * @module
 */

/** Runs at the beginning that are measured, alternating. */
const FIRST = 8;

/**
 * The other way is tried again every so many runs, and four times as often at the beginning, while the runtime still replaces
 * its first code by faster code.
 */
const AGAIN = 64, SOON = 16;

/** Runs in a row in which it is tried: in the first one, threads may have to be woken. */
const TRIES = 2;

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
      const tries = run % (run < AGAIN ? SOON : AGAIN) < TRIES;
      return tries ? !better() : better();
    },
    took: (divided, milliseconds) => {
      const key = divided ? "divided" : "alone";
      best[key] = Math.min(best[key] * AGING, milliseconds);
    },
  };
}
