/**
 * Checks of the limits that decoders are given.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";

/**
 * Throws unless a limit is left out or a number of 0 or more: nothing is above NaN, which would let everything pass.
 *
 * @param action The action for the error, such as `"decode an image"`.
 * @param limits The options that have it.
 * @param example A limit to pass.
 */
export function checkLimit<N extends string>(
  action: string,
  limits: { readonly [K in N]?: number | undefined },
  name: N,
  example: string,
): void {
  const value: unknown = limits[name]; // callers without types can pass anything
  if (value === undefined || (typeof value === "number" && value >= 0)) return;
  throw new RangeError(
    `Cannot ${action} with ${name} ${describe(value)}: it must be a number of 0 or more; pass ${example}`,
  );
}
