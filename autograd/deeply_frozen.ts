/**
 * Freezes trees, so that code without types cannot change them either.
 *
 * @module
 */

/**
 * Freezes the arrays and plain records of a tree, except below those that are already frozen, and returns it. Tensors
 * are always frozen; instances of classes are left alone.
 */
export function deeplyFrozen<T>(tree: T): T {
  if (typeof tree !== "object" || tree === null || Object.isFrozen(tree)) return tree;
  if (Array.isArray(tree)) {
    Object.freeze(tree);
    for (let k = 0; k < tree.length; k++) deeplyFrozen(tree[k]);
    return tree;
  }
  const prototype = Object.getPrototypeOf(tree);
  if (prototype !== Object.prototype && prototype !== null) return tree;
  Object.freeze(tree); // before its children, so that a tree that contains itself ends here
  for (const name in tree) deeplyFrozen(tree[name]);
  return tree;
}
