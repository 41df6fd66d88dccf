/**
 * What parts of an instruction's work read and write, so that threads wait for each other only where they need to.
 *
 * @module
 */
import type { Loop, Operand } from "../../program/program.ts";
import { sizeOf } from "../../shape.ts";

/** Elements `from` to `to - 1` of an array: that of a value, by its number, or of a result, by its position. */
export type Elements = { readonly of: number; readonly from: number; readonly to: number };

/** Bytes `from` to `to - 1`. */
export type Bytes = { readonly from: number; readonly to: number };

/** The whole workspace. */
export const ALL_BYTES: Bytes = { from: 0, to: Infinity };

/** What some units of a phase read and write, or more. */
export type Touched = {
  /** Elements of the program's values. */
  readonly reads: readonly Elements[];
  /** Elements of the instruction's results. */
  readonly writes: readonly Elements[];
  /** The bytes, of the workspace that all units share, that they read or write; `undefined` if none. */
  readonly workspace: Bytes | undefined;
};

/** Returns all elements between the first and the last that lie at indices `from` to `to - 1` of an axis. */
export function elementsAlong(
  { value, shape, stride, offset }: Pick<Operand, "value" | "shape" | "stride" | "offset">,
  axis: number,
  from: number,
  to: number,
): Elements {
  let first = offset, last = offset;
  shape.forEach((length, k) => {
    const step = stride[k]!, [start, end] = k === axis ? [from, to - 1] : [0, length - 1];
    first += step * (step < 0 ? end : start);
    last += step * (step < 0 ? start : end);
  });
  return { of: value, from: first, to: last + 1 };
}

/** The same for a result, which is row-major, at position `of` in the instruction's list. */
export function rowsOfResult(of: number, lengths: readonly number[], from: number, to: number): Elements {
  const row = sizeOf(lengths.slice(1));
  return { of, from: from * row, to: to * row };
}

/** Returns what a loop reads of values at indices `from` to `to - 1` of axis 0 of its shape. */
export const readAlongAxis0 = ({ operands }: Loop, from: number, to: number): readonly Elements[] =>
  operands.filter(({ value }) => value >= 0).map((operand) => elementsAlong(operand, 0, from, to));
