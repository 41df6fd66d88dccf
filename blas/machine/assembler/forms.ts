/**
 * The forms of vector instructions: which operands they have, and where these are encoded.
 *
 * @module
 */
import type { VectorFields } from "./encoding.ts";
import type { Datum, Memory } from "./operands.ts";
import type { General, Mask, Vector } from "./registers.ts";

/** What an instruction may read: a register, memory, or a constant. */
export type Source = Vector | Memory | Datum;

/** The operands of each form, the one that is written first. */
export type FormOperands = {
  /** Reads two operands, the second of which may be in memory. */
  readonly binary: readonly [to: Vector, first: Vector, second: Source];
  /** Compares into a mask register (AVX-512). */
  readonly compare: readonly [to: Mask, first: Vector, second: Source];
  /** Reads one operand, which may be in memory. */
  readonly unary: readonly [to: Vector, from: Source];
  /** Writes a register to memory, or part of it to another register. */
  readonly store: readonly [to: Memory | Vector, from: Vector];
  /** Shifts by a constant. */
  readonly shift: readonly [to: Vector, from: Vector];
  /** Reads a mask in a vector register. */
  readonly maskedStore: readonly [to: Memory, mask: Vector, from: Vector];
  /** Moves the signs of lanes to a general-purpose register. */
  readonly signs: readonly [to: General, from: Vector];
  /** Repeats a general-purpose register in all lanes (AVX-512). */
  readonly spread: readonly [to: Vector, from: General];
};

/** The forms of operands. */
export type Form = keyof FormOperands;

type Fields = Pick<VectorFields, "reg" | "vvvv" | "rm">;

/** Where the operands of each form are encoded. */
export const FIELDS: { readonly [F in Form]: (operands: FormOperands[F], extension: number | undefined) => Fields } = {
  binary: ([to, first, second]) => ({ reg: to.number, vvvv: first.number, rm: second }),
  compare: ([to, first, second]) => ({ reg: to.number, vvvv: first.number, rm: second }),
  unary: ([to, from]) => ({ reg: to.number, vvvv: 0, rm: from }),
  store: ([to, from]) => ({ reg: from.number, vvvv: 0, rm: to }),
  shift: ([to, from], extension = 0) => ({ reg: extension, vvvv: to.number, rm: from }),
  maskedStore: ([to, mask, from]) => ({ reg: from.number, vvvv: mask.number, rm: to }),
  signs: ([to, from]) => ({ reg: to.number, vvvv: 0, rm: from }),
  spread: ([to, from]) => ({ reg: to.number, vvvv: 0, rm: from }),
};
