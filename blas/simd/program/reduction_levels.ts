/**
 * The axes of a reduction as code walks through them: those that are kept, then those that are reduced, in as few levels as
 * the operands allow.
 *
 * @module
 */
import type { Shape } from "../../shape.ts";
import { levelsOf } from "./levels.ts";

/** Levels of a reduction. */
export type ReductionLevels = {
  /** Their lengths: levels that are kept, row-major as the result is, then levels that are reduced. */
  readonly lengths: readonly number[];
  /** Each operand's steps along them, in elements. */
  readonly strides: readonly (readonly number[])[];
  /** How many are kept, at least one. There is at least one that is reduced, too. */
  readonly kept: number;
  /** Whether vectors lie along the last level, which is reduced, rather than along the last that is kept. */
  readonly byRows: boolean;
};

/**
 * Plans a reduction without elements of its own: no length may be 0.
 *
 * @param lanes How many elements are in a vector.
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
  // Elements are joined in any order: best along the level that most operands have no gaps along.
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
