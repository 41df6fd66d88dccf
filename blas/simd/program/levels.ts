/**
 * The levels of a loop nest: the axes of a loop, joined into as few levels as the operands allow.
 *
 * @module
 */
import { coalesce } from "../../walk.ts";
import { type Shape, sizeOf } from "../../shape.ts";

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

/** An axis, or several joined, with the steps of each operand along it. */
export type Level<S extends readonly number[]> = { readonly length: number; readonly strides: S };

/**
 * Joins the axes before an axis, and the axes after it.
 *
 * @param shape The lengths of all axes.
 * @param strides The steps of each operand along them.
 * @returns The levels, outermost first; none if the axes have at most one element together.
 */
export function levelsAround<S extends readonly number[]>(
  axis: number,
  shape: Shape,
  strides: { readonly [K in keyof S]: readonly number[] },
): { readonly before: readonly Level<S>[]; readonly after: readonly Level<S>[] } {
  function levels(from: number, to: number): readonly Level<S>[] {
    const axes = shape.slice(from, to);
    if (sizeOf(shape) === 0 || sizeOf(axes) === 1) return [];
    const joined = levelsOf(axes, strides.map((steps) => steps.slice(from, to)));
    return joined.lengths.map((length, k) => ({
      length,
      strides: joined.strides.map((steps) => steps[k]!) as readonly number[] as S, // one for each of `strides`
    }));
  }
  return { before: levels(0, axis), after: levels(axis + 1, shape.length) };
}
