/**
 * The levels of a loop nest: the axes of a loop, joined into as few levels as the operands allow.
 *
 * @module
 */
import { coalesce } from "../../walk.ts";
import type { Shape } from "../../shape.ts";

/** The levels of a loop nest. */
export type Levels = {
  /** The lengths, outermost first; at least one. */
  readonly lengths: readonly number[];
  /** Each operand's steps along the levels, in elements. */
  readonly strides: readonly (readonly number[])[];
  /** The indices of level 0 for each index of axis 0, if axis 0 must stay divisible. */
  readonly scale: number;
};

/** Joins neighbouring axes that all operands step through evenly. No length may be 0. */
export function levelsOf(shape: Shape, strides: readonly (readonly number[])[]): Levels {
  const { shape: lengths, strides: steps } = coalesce(shape, strides);
  if (lengths.length === 1 && lengths[0] === 1) return { lengths, strides: strides.map(() => [0]), scale: 1 };
  return { lengths, strides: steps, scale: 1 };
}

/** Joins axes like {@link levelsOf}, but so that level 0 can be cut at every index of axis 0. */
export function levelsFromAxis0(shape: Shape, strides: readonly (readonly number[])[]): Levels {
  const length = shape[0]!;
  const { lengths, strides: inner } = levelsOf(shape.slice(1), strides.map((stride) => stride.slice(1)));
  const first = lengths[0]!;
  const joined = first === 1
    ? 0
    : length === 1 || strides.every((stride, k) => stride[0] === first * inner[k]![0]!)
    ? first
    : undefined;
  if (joined === undefined) {
    return { lengths: [length, ...lengths], strides: inner.map((steps, k) => [strides[k]![0]!, ...steps]), scale: 1 };
  }
  return joined === 0
    ? { lengths: [length], strides: strides.map((stride) => [length === 1 ? 0 : stride[0]!]), scale: 1 }
    : { lengths: [length * first, ...lengths.slice(1)], strides: inner, scale: first };
}
