/**
 * The assertions of the tests, which import it as `@std/assert`: those of Deno's standard library, with an `assertEquals`
 * that tells 0 from -0. The library's own takes them for equal, so that no test could see the sign of a zero.
 *
 * @module
 */
import { assertEquals as assertLooselyEqual, AssertionError } from "@std/assert/loose";

export * from "@std/assert/loose";

/**
 * Asserts that two values are equal, however deep, and that their zeros have the same signs. Where a sign does not
 * matter, add 0 to both sides: `-0 + 0` is 0.
 */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  assertLooselyEqual(actual, expected, message);
  const place = differentZero(actual, expected, new Set());
  if (place === undefined) return;
  const said = message === undefined ? "" : `: ${message}`;
  throw new AssertionError(`Values are equal but for the sign of the zero${place === "" ? "" : ` at ${place}`}${said}`);
}

/** Returns where two equal values have zeros of different signs, `undefined` if nowhere. */
function differentZero(a: unknown, b: unknown, seen: Set<object>): string | undefined {
  if (typeof a === "number") return a === 0 && !Object.is(a, b) ? "" : undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return undefined;
  if (a === b || seen.has(a)) return undefined;
  seen.add(a);
  if (ArrayBuffer.isView(a) && !(a instanceof Float32Array || a instanceof Float64Array)) return undefined;
  if (isNumbers(a) && isNumbers(b)) {
    const k = a.findIndex((x, k) => x === 0 && !Object.is(x, b[k]));
    return k < 0 ? undefined : `.${k}`;
  }
  for (const [key, value] of a instanceof Map ? a : Object.entries(a)) {
    const other: unknown = b instanceof Map ? b.get(key) : (b as Readonly<Record<string, unknown>>)[String(key)];
    const place = differentZero(value, other, seen);
    if (place !== undefined) return `.${String(key)}${place}`;
  }
  return undefined;
}

const isNumbers = (x: object): x is Float32Array | Float64Array =>
  x instanceof Float32Array || x instanceof Float64Array;
