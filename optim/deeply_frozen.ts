/**
 * Freezing trees, so that code without types cannot change them either.
 *
 * @module
 */

/**
 * Freezes the arrays and plain records of a tree, down to those that are frozen already, and returns it. Tensors always
 * are; instances of classes are left alone.
 */
export function deeplyFrozen<T>(tree: T): T {
  if (typeof tree !== "object" || tree === null || Object.isFrozen(tree)) return tree;
  const prototype = Object.getPrototypeOf(tree);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return tree;
  Object.freeze(tree);
  for (const child of Object.values(tree)) deeplyFrozen(child);
  return tree;
}
