/**
 * The choice, by measuring, of whether a program runs on all threads or on one: the results are the same.
 *
 * @module
 */

/** How many runs at the beginning alternate between the two ways. */
const FIRST = 8;

/**
 * The slower way is tried again every `AGAIN` runs; at the beginning every `SOON`, while the runtime still replaces its
 * first code by faster code.
 */
const AGAIN = 64, SOON = 16;

/** For how many runs in a row it is tried: in the first one, threads may have to be woken. */
const TRIES = 2;

/** The factor by which the best time of a way grows at each new measurement, so that old ones count less. */
const AGING = 1.02;

/** A choice that is learned from measurements. */
export type ThreadChoice = {
  /** Whether the next run should be divided among all threads. */
  readonly next: () => boolean;
  /** Reports how long a run took, in milliseconds. */
  readonly took: (divided: boolean, milliseconds: number) => void;
};

/** Makes a choice without measurements: the first runs alternate between divided and undivided. */
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
