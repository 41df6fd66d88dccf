/**
 * Compares the results of two sides.
 *
 * @module
 */
import type { Fingerprint } from "./fill.ts";
import type { Comparison } from "./workload.ts";

/** Tells whether all results agree; where random numbers were drawn, whether their averages do. */
export function agree(a: readonly Fingerprint[], b: readonly Fingerprint[], { kind, tolerance }: Comparison): boolean {
  return a.length === b.length && a.every(([sum, weighted, absolute], k) => {
    const [otherSum, otherWeighted, otherAbsolute] = b[k]!;
    const near = (x: number, y: number) => Math.abs(x - y) <= tolerance * Math.max(absolute, otherAbsolute) + 1e-9;
    const averages = near(sum, otherSum) && near(absolute, otherAbsolute);
    return averages && (kind === "average" || near(weighted, otherWeighted));
  });
}
