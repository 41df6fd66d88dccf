/**
 * The time that a thread has been running on a core.
 *
 * @module
 */

/** On Linux: nanoseconds on a core, nanoseconds of waiting for one, number of turns. */
const STATISTICS = "/proc/thread-self/schedstat";

/** Returns the milliseconds that this thread has waited for a core. */
const waited = (): number => Number(Deno.readTextFileSync(STATISTICS).split(" ")[1]) / 1e6;

const counted = (() => {
  try {
    return Number.isFinite(waited());
  } catch {
    return false; // another system: all time counts
  }
})();

/** Attempts at reading both clocks without losing the core in between. */
const ATTEMPTS = 5;

/**
 * Returns the time in milliseconds, without the time in which this thread waited for a core. A read costs some 40
 * microseconds, so it belongs around slices, not around calls.
 */
export function ownTime(): number {
  if (!counted) return performance.now();
  let before = waited();
  for (let attempt = 1;; attempt++) {
    const now = performance.now(), after = waited();
    if (before === after || attempt === ATTEMPTS) return now - after;
    before = after;
  }
}
