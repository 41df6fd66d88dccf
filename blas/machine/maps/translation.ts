/**
 * What translates one instruction, and the operands that it reads.
 *
 * @module
 */
import type { Expression } from "../../wasm/mod.ts";
import type { Datum } from "../assembler/operands.ts";
import type { Mask, Vector as Register } from "../assembler/registers.ts";
import type { Translator } from "./translator.ts";

/** A value in a register: a vector, or with AVX-512 a mask. */
export type Value = Register | Mask;

/** Whose a register is: an instruction's that has just been written, a variable's (its number), or a constant's, which has none. */
export type Owner = "temporary" | "constant" | number;

/** An operand that has been computed. */
export type Used = { readonly register: Value | Datum; readonly owner: Owner };

/** The same in a register, or in a vector register. */
export type Computed = Used & { readonly register: Value };
export type ComputedVector = Used & { readonly register: Register };

/** Writes an instruction, and returns the register of its result. */
export type Translation = (t: Translator, x: Expression) => Value;

/** An operand that may be a constant in memory. */
export type Source = Used & { readonly register: Register | Datum };
