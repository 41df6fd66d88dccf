/**
 * Keys of calls of functions outside a program, by which equal calls are found.
 *
 * @module
 */
import type { AnyPrimitive } from "../primitive.ts";

/**
 * Returns the key of a function that a program calls outside: calls with equal keys on equal operands give equal
 * results.
 *
 * @returns `undefined` if the settings are not just data: then no other call is equal.
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

/** Returns a number for the primitive, since names may be shared. */
function identityOf(primitive: AnyPrimitive): number {
  const known = identities.get(primitive);
  if (known !== undefined) return known;
  identities.set(primitive, ++count);
  return count;
}
