/**
 * Counts the function transforms that are running: `gradient` inside `gradient` must keep the graph of its own result.
 *
 * @module
 */
import { shared } from "../../blas/shared.ts";

/** Shared by all copies of the library: a transform of one may run operations of another. */
const running = /* @__PURE__ */ shared("transforms", () => ({ depth: 0 }));

/** Tells whether a transform is running, so that derivatives computed now may themselves be differentiated. */
export function insideTransform(): boolean {
  return running.depth > 0;
}

/**
 * Runs the function that a transform differentiates. It must not be asynchronous: code after an `await` runs outside.
 */
export function runTransformed<R>(f: () => R): R {
  running.depth++;
  try {
    return f();
  } finally {
    running.depth--;
  }
}
