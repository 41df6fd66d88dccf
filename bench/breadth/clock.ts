/**
 * The time that a thread has been running on a core.
 *
 * @module
 */

/** On Linux: nanoseconds on a core, nanoseconds of waiting for one, number of turns. */
const STATISTICS = "/proc/thread-self/schedstat";

/** Returns the milliseconds that this thread has waited for a core. */
const waited = (): number => Number(Deno.readTextFileSync(STATISTICS).split(" ")[1]) / 1e6;

/** The waiting time of the thread when counting began; `undefined` on other systems, where all time counts. */
const atFirst = ((): number | undefined => {
  try {
    const milliseconds = waited();
    return Number.isFinite(milliseconds) ? milliseconds : undefined;
  } catch {
    return undefined;
  }
})();

/** The number of attempts at reading both clocks without losing the core in between. */
const ATTEMPTS = 5;

/** The latest time returned: if the core is lost between reading both clocks, the next one would be earlier. */
let latest = 0;

/**
 * Returns the time in milliseconds, without the time in which this thread waited for a core. It is never negative, and never
 * earlier than before. A read costs some 40 microseconds, so it belongs around slices, not around calls.
 */
export function ownTime(): number {
  latest = Math.max(latest, read());
  return latest;
}

function read(): number {
  if (atFirst === undefined) return performance.now();
  let before = waited();
  for (let attempt = 1;; attempt++) {
    const now = performance.now(), after = waited();
    if (before === after || attempt === ATTEMPTS) return now - (after - atFirst);
    before = after;
  }
}
