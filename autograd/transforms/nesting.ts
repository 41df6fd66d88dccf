/**
 * Counts the function transforms that are running: `gradient` inside `gradient` must keep the graph of its own result.
 *
 * @module
 */

let depth = 0;

/** Tells whether a transform is running, so that derivatives computed now may themselves be differentiated. */
export function insideTransform(): boolean {
  return depth > 0;
}

/**
 * Runs the function that a transform differentiates. It must not be asynchronous: code after an `await` runs outside.
 */
export function runTransformed<R>(f: () => R): R {
  depth++;
  try {
    return f();
  } finally {
    depth--;
  }
}
