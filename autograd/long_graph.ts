/**
 * A warning about graphs that only grow: a value that is repeatedly computed from itself keeps every step in memory.
 *
 * @module
 */
import { shared } from "../blas/shared.ts";
import type { Tensor } from "./tensor.ts";
import { insideTransform } from "./transforms/nesting.ts";

/** A larger graph is hardly ever meant to be differentiated at once. */
const MOST = 100_000;

/** A less deep graph is not counted. */
const SHALLOW = 256;

const state = /* @__PURE__ */ shared("long graph", () => ({ warned: false }));

/**
 * Returns the depth of a result: the most operations in a row that led to it.
 *
 * Whenever it has doubled, the operations that it keeps are counted; each time would take as long as the graph is large.
 * Warns, once per process, of more than 100,000, unless they are being differentiated.
 *
 * @param below The depth of the deepest operand.
 * @param inputs The operands.
 */
export function depthAfter(below: number, inputs: readonly Tensor[]): number {
  if (below >= SHALLOW && ((below & (below - 1)) === 0 || below === MOST)) check(inputs);
  return below + 1;
}

/** Warns if the operands keep too many operations, unless that has been said, or a transform is running. */
function check(inputs: readonly Tensor[]): void {
  if (state.warned || insideTransform()) return;
  const seen = new Set(inputs);
  let nodes = 0;
  for (const tensor of seen) {
    if (tensor.tag !== "node") continue;
    for (const input of tensor.inputs) seen.add(input); // will be visited too
    if (++nodes < MOST) continue;
    state.warned = true;
    return console.warn(
      "nanograd: a tensor keeps over 100,000 operations. total = add(total, loss) keeps every step: use constant(…), " +
        "stopGradient(…) or an optimizer; see docs/training.md",
    );
  }
}
