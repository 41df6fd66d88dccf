/**
 * Visiting the lines of arrays: the elements along one axis.
 *
 * @module
 */
import type { Shape } from "./shape.ts";
import { coalesce, forEachRun } from "./walk.ts";

/** The fields of a view that say where its elements are. */
type Strided = { readonly shape: Shape; readonly stride: readonly number[]; readonly offset: number };

/**
 * Calls `visit` with the offsets of the first elements of every line along an axis.
 *
 * @param axis The axis; an array without elements has no lines.
 * @param views One or more, of one shape except along the axis.
 * @param visit Receives the offsets, in an array that is reused for the next call.
 *
 * @example
 * ```ts
 * import { forEachLine } from "./lines.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const starts: number[] = [];
 * forEachLine(0, [{ shape: [2, 3], stride: [3, 1], offset: 0 }], ([at]) => starts.push(at!));
 * assertEquals(starts, [0, 1, 2]);
 * ```
 */
export function forEachLine(axis: number, views: readonly Strided[], visit: (at: readonly number[]) => void): void {
  const { shape } = views[0]!, rest = shape.flatMap((_, k) => k === axis ? [] : [k]);
  if (shape[axis] === 0) return;
  const walk = coalesce(rest.map((k) => shape[k]!), views.map(({ stride }) => rest.map((k) => stride[k]!)));
  const last = walk.shape.length - 1, count = walk.shape[last]!, at = new Array<number>(views.length);
  forEachRun(walk, views.map(({ offset }) => offset), (starts) => {
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < at.length; k++) at[k] = starts[k]! + i * walk.strides[k]![last]!;
      visit(at);
    }
  });
}
