/**
 * Whether views show the same elements: small ones may share an array without sharing an element.
 *
 * @module
 */
import { assert, assertStrictEquals } from "@std/assert";
import { extent, type View } from "../../blas/view.ts";

/** Asserts that all elements of `part`, which has some, are those of `whole`. */
export function assertShares(part: View, whole: View): void {
  assertStrictEquals(part.data, whole.data, "the arrays must be the same");
  const [low, high] = extent(part.shape, part.stride, part.offset);
  const [least, most] = extent(whole.shape, whole.stride, whole.offset);
  assert(part.size > 0 && least <= low && high <= most, `elements ${low} to ${high} are not in ${least} to ${most}`);
}
