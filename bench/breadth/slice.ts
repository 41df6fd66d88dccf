/**
 * Slices of time: as many calls as fill one, between two probes.
 *
 * @module
 */

/** One slice: milliseconds a call, and the slower of the two probes in GFLOP/s. */
export type Slice = { readonly milliseconds: number; readonly probe: number };

/** Long enough for the runtime to replace the code it begins with by optimized code. */
const WARM_UP = 250;

/** Calls a function for a while, and tells how long a call takes then. */
export function warmUp(call: () => void): number {
  const start = performance.now();
  let calls = 0, half = 0, halfCalls = 0;
  while (performance.now() - start < WARM_UP || calls < 2) {
    if (half === 0 && performance.now() - start > WARM_UP / 2) [half, halfCalls] = [performance.now(), calls];
    call();
    calls++;
  }
  return half === 0 || calls === halfCalls
    ? (performance.now() - start) / calls
    : (performance.now() - half) / (calls - halfCalls);
}

/** Measures one slice. */
export function measureSlice(call: () => void, calls: number, probe: () => number): Slice {
  const before = probe(), start = performance.now();
  for (let i = 0; i < calls; i++) call();
  const milliseconds = (performance.now() - start) / calls;
  return { milliseconds, probe: Math.min(before, probe()) };
}
