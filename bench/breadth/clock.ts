/**
 * The time that a thread has had a core.
 *
 * @module
 */

/** Linux: nanoseconds on a core, nanoseconds of waiting for one, turns. */
const STATISTICS = "/proc/thread-self/schedstat";

const counted = (() => {
  try {
    return Deno.readTextFileSync(STATISTICS).split(" ").length >= 2;
  } catch {
    return false; // another system: all time counts
  }
})();

/**
 * Milliseconds, without those in which this thread waited for a core that others had. A read costs some 20
 * microseconds, so it belongs around slices, not around calls.
 */
export function ownTime(): number {
  const now = performance.now();
  return counted ? now - Number(Deno.readTextFileSync(STATISTICS).split(" ")[1]) / 1e6 : now;
}
