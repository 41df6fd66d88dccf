/**
 * The operands of instructions that are not registers: places in memory, and constants behind the code.
 *
 * @module
 */
import type { General } from "./registers.ts";

/** The factor of an index register. */
export type Scale = 1 | 2 | 4 | 8;

/** The address `base + index * scale + displacement`, in bytes. */
export type Memory = {
  readonly kind: "memory";
  readonly base: General;
  readonly displacement: number;
  readonly index?: General;
  readonly scale: Scale;
};

/** A constant that the assembler places behind the code, by its number. */
export type Datum = { readonly kind: "datum"; readonly number: number };

/** Returns an operand in memory. The stack pointer cannot be an index. */
export function memory(base: General, displacement = 0, index?: General, scale: Scale = 1): Memory {
  if (index?.number === 4) {
    throw new RangeError("Cannot use rsp as an index: an index must be another register; pass it as the base");
  }
  return { kind: "memory", base, displacement, scale, ...index !== undefined && { index } };
}
