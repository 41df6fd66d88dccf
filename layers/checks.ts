/**
 * Checks that layers share.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { isKey, type Key } from "../autograd/random/key.ts";
import type { ConfigValue } from "./config.ts";
import type { Initializer } from "./initializers.ts";

/** Throws if a size is not a whole number above 0; `action` is the action for the error message. */
export function checkSize(action: string, name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new RangeError(
    `Cannot ${action} with ${name} ${describe(value)}: ${name} must be a whole number above 0; correct it`,
  );
}

/** Throws if epsilon is not a finite number of 0 or more. */
export function checkEpsilon(action: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new RangeError(
    `Cannot ${action} with epsilon ${describe(value)}: epsilon must be a finite number of 0 or more; 1e-5 is usual`,
  );
}

/** Throws if a name is not a text. */
export function checkName(action: string, value: string): void {
  if (typeof value === "string") return;
  throw new TypeError(`Cannot ${action} with name ${describe(value)}: it must be a text; pass one, or leave it out`);
}

/** Throws if an option is neither true nor false. */
export function checkFlag(action: string, name: string, value: boolean): void {
  if (typeof value === "boolean") return;
  throw new TypeError(`Cannot ${action} with ${name} ${describe(value)}: it must be true or false; pass one of them`);
}

/** Throws if the value from which a layer draws its variables is not a key. */
export function checkKey(name: string, value: Key): void {
  if (isKey(value)) return;
  throw new TypeError(
    `Cannot initialize ${name} with ${describe(value)}: its variables are drawn from a key; pass one such as key(0)`,
  );
}

/** Returns an initializer as a setting, if it is not the default. */
export function initializerConfig(
  { name, config }: Initializer,
  usual: Initializer,
): Readonly<Record<string, ConfigValue>> {
  const same = name === usual.name && JSON.stringify(config) === JSON.stringify(usual.config);
  return same ? {} : { initializer: { name, config } };
}

/** Returns a path that occurs twice in a list, if there is one: `a["b.c"]` and `a.b.c` look alike. */
export function repeated(paths: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return paths.find((path) => seen.size === seen.add(path).size);
}
