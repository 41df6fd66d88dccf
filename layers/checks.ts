/**
 * Checks that layers share.
 *
 * @module
 */
import type { ConfigValue } from "./config.ts";
import type { Initializer } from "./initializers.ts";

/** Refuses a size that is no whole number above 0; `action` says what was about to be built. */
export function checkSize(action: string, name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new RangeError(`Cannot ${action} with ${name} ${value}: ${name} must be a whole number above 0; correct it`);
}

/** Refuses an epsilon that is no finite number of 0 or more. */
export function checkEpsilon(action: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new RangeError(
    `Cannot ${action} with epsilon ${value}: epsilon must be a finite number of 0 or more; 1e-5 is usual`,
  );
}

/** An initializer as a setting, where it is not the usual one. */
export function initializerConfig(
  { name, config }: Initializer,
  usual: Initializer,
): Readonly<Record<string, ConfigValue>> {
  const same = name === usual.name && JSON.stringify(config) === JSON.stringify(usual.config);
  return same ? {} : { initializer: { name, config } };
}

/** Whether something is a layer of one kind. */
export function isOfKind(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}
