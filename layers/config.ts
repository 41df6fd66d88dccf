/**
 * Settings of layers as JSON.
 *
 * @module
 */

/** What a setting can be. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [name: string]: ConfigValue };

/**
 * Freezes arrays and plain records, and those inside them, so that code without types cannot change them in silence.
 * Tensors, keys and instances of other classes are left as they are.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** A copy of settings that nobody can change, whatever becomes of the arrays that the caller has passed. */
export const frozenCopy = <C extends ConfigValue>(settings: C): C => deepFreeze(structuredClone(settings));
