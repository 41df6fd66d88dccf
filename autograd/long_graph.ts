/**
 * The warning of a graph that only ever grows: a value that is computed from itself, step after step, remembers every step.
 *
 * @module
 */
import { shared } from "../blas/shared.ts";
import { insideTransform } from "./transforms/nesting.ts";

/** So many operations, one after the other, are hardly ever meant to be differentiated at once. */
const LONGEST = 100_000;

const state = shared("long graph", () => ({ warned: false }));

/**
 * The depth of a result: how many operations, one after the other, led to it by way of first operands. That is the way which
 * recurrences take, `p = sub(p, …)`, and looking at all operands would cost every operation a twentieth of its time.
 *
 * Warns, once in a process, of a depth above 100,000 where nothing is being differentiated.
 *
 * @param below The depth of the first operand.
 */
export function depthAfter(below: number): number {
  if (below >= LONGEST && !state.warned && !insideTransform()) warn();
  return below + 1;
}

function warn(): void {
  state.warned = true;
  console.warn(
    "nanograd: a tensor is the result of more than 100,000 operations, one after the other, that nothing has " +
      "differentiated, and it keeps the values of all of them. A value that is computed from itself, such as " +
      "p = sub(p, …) or total = add(total, loss), remembers every step: begin with constant(…), cut what is computed " +
      "with stopGradient(…), or let an optimizer keep the parameters. docs/training.md tells more.",
  );
}
