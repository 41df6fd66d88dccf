/**
 * The choice, by measuring, of whether a program runs on all threads or on one: the results are the same.
 *
 * @module
 */

/** How many of the last times of a way count, and how many runs in a row it is tried: the first may have to wake threads. */
const COUNTED = 5, TRIES = 4;

/** How many runs at the beginning alternate between the two ways, {@link TRIES} at a time. */
const FIRST = 4 * TRIES;

/** The largest part of the time that trying the slower way may add, and the fewest runs between two tries. */
const ADDED = 0.02, FEWEST = 32;

/** The slower way counts as at most this many times slower, also where the clock shows 0. */
const MOST_LOST = 100;

/** The same for the first runs, while the runtime replaces its first code by faster code. */
const ADDED_SOON = 0.2, SOON = 16, YOUNG = 64;

/**
 * After this many milliseconds, it has done so: fewer runs alternate then, and trying adds little. Otherwise products of
 * 1024 x 1024 took a sixth longer for the first two seconds.
 */
const SETTLED = 200;

/**
 * How many runs after a change of the choice the other way is tried again, and then after twice as many each time: what
 * slowed a few runs down, such as another program, may be over.
 */
const AGAIN = 8;

/** A choice that is learned from measurements. */
export type ThreadChoice = {
  /** Whether the next run should be divided among all threads. */
  readonly next: () => boolean;
  /** Reports how long a run took, in milliseconds. */
  readonly took: (divided: boolean, milliseconds: number) => void;
};

/** Makes a choice without measurements: the first runs alternate between divided and undivided. */
export function threadChoice(): ThreadChoice {
  const divided: number[] = [], alone: number[] = [];
  let runs = 0, spent = 0, tries = 0, nextTries: number | undefined, previous: boolean | undefined;
  let isDivided = true, lost = 0, again = Infinity;
  return {
    next: () => {
      const run = runs++, isSettled = spent >= SETTLED;
      if (run < (isSettled ? 2 * TRIES : FIRST) && nextTries === undefined) return run % (2 * TRIES) < TRIES;
      if (nextTries === undefined || run === nextTries) {
        tries = nextTries === undefined ? 0 : TRIES;
        const [fewest, added] = run < YOUNG && !isSettled ? [SOON, ADDED_SOON] : [FEWEST, ADDED];
        nextTries = run + tries + Math.min(again, Math.max(fewest, Math.ceil(TRIES * lost / added)));
        again *= 2;
      }
      return tries-- > 0 ? !isDivided : isDivided;
    },
    took: (wasDivided, milliseconds) => {
      // The first one of several runs is slower, because of caches and of threads that were asleep.
      spent += milliseconds;
      const counts = previous === wasDivided || runs === 1, times = wasDivided ? divided : alone;
      previous = wasDivided;
      if (!counts) return;
      times.push(milliseconds);
      if (times.length > COUNTED) times.shift();
      if (tries > 0) return;
      const [together, single] = [median(divided), median(alone)];
      const before = isDivided;
      isDivided = together <= single;
      if (isDivided !== before && nextTries !== undefined) {
        again = AGAIN;
        nextTries = Math.min(nextTries, runs + AGAIN);
      }
      lost = together === single ? 0 : Math.min(Math.max(together, single) / Math.min(together, single) - 1, MOST_LOST);
    },
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;
