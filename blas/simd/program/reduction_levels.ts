/**
 * The levels of a reduction's loop nest: first the kept axes, then the reduced ones, joined into as few levels as the
 * operands allow.
 *
 * @module
 */
import type { Shape } from "../../shape.ts";
import { levelsOf } from "./levels.ts";

/** The levels of a reduction. */
export type ReductionLevels = {
  /** The lengths: kept levels, row-major like the result, then reduced levels. */
  readonly lengths: readonly number[];
  /** Each operand's steps along the levels, in elements. */
  readonly strides: readonly (readonly number[])[];
  /** The number of kept levels, at least one. At least one level is reduced, too. */
  readonly kept: number;
  /** Whether vectors run along the last level, which is reduced, rather than along the last kept level. */
  readonly byRows: boolean;
};

/**
 * Plans the levels of a reduction. No length may be 0.
 *
 * @param lanes The number of elements in a vector.
 */
export function reductionLevels(
  shape: Shape,
  axes: readonly number[],
  strides: readonly (readonly number[])[],
  lanes: number,
): ReductionLevels {
  const all = shape.map((_, axis) => axis),
    pick = (which: readonly number[]) =>
      levelsOf(which.map((axis) => shape[axis]!), strides.map((stride) => which.map((axis) => stride[axis]!)));
  const kept = pick(all.filter((axis) => !axes.includes(axis))),
    reduced = pick(all.filter((axis) => axes.includes(axis)));
  // Elements may be combined in any order: best along the level along which most operands have no gaps.
  const scattered = ({ strides }: typeof kept, level: number) =>
    strides.filter((steps) => steps[level] !== 0 && steps[level] !== 1).length;
  const levels = reduced.lengths.map((_, level) => level);
  const cost = (level: number) => scattered(reduced, level) + (reduced.lengths[level]! < lanes ? 0.5 : 0);
  levels.sort((a, b) => cost(b) - cost(a) || a - b);
  const last = levels.at(-1)!, lastKept = kept.lengths.length - 1;
  const n = kept.lengths[lastKept]!, rows = reduced.lengths[last]!;
  const gapsAcross = scattered(kept, lastKept), gapsAlong = scattered(reduced, last);
  const byRows = n === 1 ||
    (gapsAlong < gapsAcross && !(rows < 2 * lanes && n >= lanes)) ||
    (gapsAlong === gapsAcross && n < lanes && rows >= lanes);
  return {
    lengths: [...kept.lengths, ...levels.map((level) => reduced.lengths[level]!)],
    strides: strides.map((_, k) => [...kept.strides[k]!, ...levels.map((level) => reduced.strides[k]![level]!)]),
    kept: kept.lengths.length,
    byRows,
  };
}
