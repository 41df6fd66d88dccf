/**
 * How many function transforms are running: `gradient` inside `gradient` must keep the graph of its own result.
 *
 * @module
 */

let depth = 0;

/** Tells whether a transform is running, so that derivatives computed now may be differentiated themselves. */
export function insideTransform(): boolean {
  return depth > 0;
}

/** Runs the function that a transform differentiates. It must not be asynchronous: what follows an `await` runs outside. */
export function runTransformed<R>(f: () => R): R {
  depth++;
  try {
    return f();
  } finally {
    depth--;
  }
}
