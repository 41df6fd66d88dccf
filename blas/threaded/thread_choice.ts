/**
 * The choice, by measuring, of whether a program runs on all threads or on one: the results are the same.
 *
 * A measured time may be wrong by any factor: the garbage collector may use another core for milliseconds, the runtime may
 * still run its first code, a thread may have to be woken. So nothing is decided for good. The way that was slower is
 * tried again after a few runs, then after twice as many each time; how much time all tries may cost together is limited.
 *
 * @module
 */

/** How many of the last times of a way count, and how many runs in a row it is tried: the first may have to wake threads. */
const COUNTED = 9, TRIES = 4;

/** How many runs at the beginning alternate: divided, undivided, and divided again, since the first code is slow. */
const FIRST = 3 * TRIES;

/** The part of the time that trying the slower way may add, and the milliseconds that it may add besides. */
const ADDED = 0.02, CREDIT = 20;

/**
 * How many runs after a decision the other way is tried again. Each try that confirms it doubles that number, up to
 * where trying adds {@link ADDED}.
 */
const AGAIN = 8;

/** A run of the chosen way is compared with the other way once in this many runs: that takes a microsecond. */
const LOOKED_AT = 2;

/** The slower way counts as at most this many times slower, also where the clock shows 0. */
const MOST_LOST = 100;

/** A choice that is learned from measurements. */
export type ThreadChoice = {
  /** Whether the next run should be divided among all threads. */
  readonly next: () => boolean;
  /** Reports how long a run took, in milliseconds. */
  readonly took: (divided: boolean, milliseconds: number) => void;
};

/** Makes a choice without measurements: the first runs are divided, undivided, and divided again. */
export function threadChoice(): ThreadChoice {
  const divided: number[] = [], alone: number[] = [];
  let runs = 0, isDivided = true, previous: boolean | undefined;
  /** How many runs of a try are left, when the next one begins, what it may cost, and how many confirmed the choice. */
  let tries = 0, nextTries = FIRST, cost = 0, confirmed = 0;
  /** The milliseconds that tries may still cost, and how many runs after a change count as tries. */
  let credit = CREDIT, probation = 0;
  const timesOf = (way: boolean): number[] => way ? divided : alone;
  /** Returns how many times longer than the median of the chosen way the other one took, by some of its times. */
  const lost = (faster: number, of: (times: readonly number[]) => number): number => {
    const times = timesOf(!isDivided), slower = times.length === 0 ? 0 : of(times); // unknown times are worth a try
    return faster >= slower ? 0 : Math.min(slower / faster - 1, MOST_LOST);
  };
  /** Sets when the other way is tried again. What that may cost is judged by its best time: all others may be wrong. */
  const plan = (): void => {
    const faster = median(timesOf(isDivided)), most = Math.max(AGAIN, Math.ceil(TRIES * lost(faster, median) / ADDED));
    nextTries = runs + Math.min(AGAIN * 2 ** confirmed, most);
    const least = lost(faster, (times) => Math.min(...times));
    cost = least === 0 ? 0 : TRIES * least * faster;
  };
  const decide = (isTried: boolean): void => {
    const better = median(divided) <= median(alone);
    if (better === isDivided && !isTried) return;
    confirmed = better === isDivided ? confirmed + 1 : 0;
    if (better !== isDivided) probation = COUNTED;
    isDivided = better;
    plan();
  };
  return {
    next: () => {
      const run = runs++;
      if (run < FIRST) {
        if (run === 2 * TRIES) divided.length = 0;
        return run % (2 * TRIES) < TRIES;
      }
      if (tries === 0 && run >= nextTries && (cost === 0 || credit >= cost)) {
        tries = TRIES;
        timesOf(!isDivided).length = 0;
      }
      return tries > 0 ? !isDivided : isDivided;
    },
    took: (wasDivided, milliseconds) => {
      const times = timesOf(wasDivided), isTry = tries > 0;
      if (previous === wasDivided) times.push(milliseconds); // the first of several has to wake threads, or fill caches
      if (times.length > COUNTED) times.shift();
      previous = wasDivided;
      if (runs < FIRST) return;
      if (runs === FIRST) return decide(true);
      credit = Math.min(Math.max(CREDIT, cost), credit + ADDED * milliseconds);
      if (isTry || probation > 0) credit -= Math.max(0, milliseconds - median(timesOf(!wasDivided)));
      if (isTry && --tries > 0) return;
      if (probation > 0) probation--;
      if (isTry || probation > 0 || runs % LOOKED_AT === 0) decide(isTry);
    },
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;
