/**
 * Settings of layers as JSON.
 *
 * @module
 */

import { deeper } from "../autograd/tree/depth.ts";

/** The values that settings can have. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [name: string]: ConfigValue };

/**
 * Freezes arrays and plain records recursively, so that code without types cannot change them. Tensors, keys
 * and instances of other classes are left as they are.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  Object.freeze(value); // before its parts, so that a record that contains itself ends here
  Object.values(value).forEach(deepFreeze);
  return value;
}

/**
 * Returns a frozen copy of settings, independent of the arrays that the caller passed. `structuredClone` refuses the proxies
 * with which other libraries observe values.
 */
export const frozenCopy = <C extends ConfigValue>(settings: C): C => deepFreeze(copyOf(settings, 0) as C); // the same values

function copyOf(value: ConfigValue, depth: number): ConfigValue {
  if (typeof value !== "object" || value === null) return value;
  const copied = (part: ConfigValue): ConfigValue => copyOf(part, deeper(depth, ""));
  // The type of a list is lost to `isArray`, since it is readonly.
  if (Array.isArray(value)) return Array.from(value as readonly ConfigValue[], copied);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copied(part)]));
}
