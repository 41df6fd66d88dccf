/**
 * Slices of time: as many calls as fit into one, between two probes.
 *
 * @module
 */
import { ownTime } from "./clock.ts";

/** One slice: milliseconds per call, and the slower of the two probes in GFLOP/s. */
export type Slice = { readonly milliseconds: number; readonly probe: number };

/** Milliseconds, long enough for the runtime to replace its first code by optimized code. */
const WARM_UP = 250;

/** Calls a function for a while, and returns the milliseconds per call at the end. */
export function warmUp(call: () => void): number {
  const start = ownTime();
  let last = start, taken = Infinity;
  for (let turn = 0; turn < 2 || last - start < WARM_UP; turn++) {
    const begun = performance.now();
    let calls = 0;
    do {
      call();
      calls++;
    } while (performance.now() - begun < WARM_UP / 8);
    const now = ownTime();
    taken = (now - last) / calls;
    last = now;
  }
  return Math.max(taken, 1e-6);
}

/** Measures one slice. */
export function measureSlice(call: () => void, calls: number, probe: () => number): Slice {
  const before = probe(), start = ownTime();
  for (let i = 0; i < calls; i++) call();
  const milliseconds = (ownTime() - start) / calls;
  return { milliseconds, probe: Math.min(before, probe()) };
}
