/**
 * A warning about graphs that only grow: a value that is repeatedly computed from itself keeps every step in memory.
 *
 * @module
 */
import { shared } from "../blas/shared.ts";
import { insideTransform } from "./transforms/nesting.ts";

/** A longer chain of operations is hardly ever meant to be differentiated at once. */
const LONGEST = 100_000;

const state = /* @__PURE__ */ shared("long graph", () => ({ warned: false }));

/**
 * Returns the depth of a result: the most operations in a row that led to it through first and second operands.
 * Recurrences such as `p = sub(p, …)` and `mean = add(mul(x, 0.1), mul(mean, 0.9))` follow this path; looking at all
 * operands would make every operation 5 % slower.
 *
 * Warns, once per process, of a depth above 100,000 if nothing is being differentiated.
 *
 * @param below The depth of the deeper one of the two.
 */
export function depthAfter(below: number): number {
  if (below >= LONGEST && !state.warned && !insideTransform()) warn();
  return below + 1;
}

function warn(): void {
  state.warned = true;
  console.warn(
    "nanograd: a tensor keeps the values of over 100,000 operations in a row, never differentiated. " +
      "A total = add(total, loss) remembers every step: begin with constant(…), cut with stopGradient(…), or use an " +
      "optimizer; see docs/training.md",
  );
}
