/**
 * How deep trees may be: functions that walk them count, so that a tree that contains itself is refused.
 *
 * @module
 */

/** The largest depth of trees, so that trees that contain themselves are detected. */
const DEEPEST = 1000;

/**
 * Returns the next depth.
 *
 * @throws {TypeError} If the tree is deeper than that.
 */
export function deeper(depth: number, path: string): number {
  if (depth < DEEPEST) return depth + 1;
  throw new TypeError(
    `Cannot walk the tree at "${
      path.slice(0, 40)
    }…": it is more than ${DEEPEST} deep: a tree must not contain itself; ` +
      "pass a record or an array of tensors",
  );
}
