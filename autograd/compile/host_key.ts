/**
 * Which calls of functions outside a program are the same.
 *
 * @module
 */
import type { AnyPrimitive } from "../primitive.ts";

/**
 * Returns the key of a function that a program calls outside: two calls of equal keys on equal operands give equal results.
 *
 * @returns `undefined` where the settings are more than data: then no other call gives the same.
 */
export function hostKey(primitive: AnyPrimitive, attributes: unknown): string | undefined {
  let data = true;
  const text = JSON.stringify(attributes, (_, part: unknown) => {
    if (typeof part === "function" || typeof part === "symbol" || typeof part === "bigint") data = false;
    if (Object.is(part, -0)) return "-0"; // JSON writes 0
    if (typeof part === "number" && !Number.isFinite(part)) return String(part);
    return typeof part === "bigint" ? 0 : part;
  });
  return data ? `${identityOf(primitive)} ${text}` : undefined;
}

const identities = new WeakMap<AnyPrimitive, number>();
let count = 0;

/** A number of the primitive's own: names may be shared. */
function identityOf(primitive: AnyPrimitive): number {
  const known = identities.get(primitive);
  if (known !== undefined) return known;
  identities.set(primitive, ++count);
  return count;
}
