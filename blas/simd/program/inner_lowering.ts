/**
 * Instructions that another code generator computes, called from WebAssembly: those of programs inside instructions, and all
 * instructions of programs that several threads run.
 *
 * @module
 */
import type { Instruction } from "../../program/program.ts";
import type { LowerInstruction } from "./bodies/body.ts";
import type { Lowered } from "./emitter.ts";
import { loweredTo } from "./generated_lowering.ts";
import type { GeneratorUnit } from "./generator.ts";
import type { Sharing } from "./generated_shares.ts";

/** Lowers an instruction to WebAssembly, given what lowers those inside it. */
type Lower = (instruction: Instruction, inner: LowerInstruction) => Lowered | undefined;

/**
 * Returns what lowers an instruction of a program inside another one.
 *
 * @param sharing The threads that divide it. Default: one runs it.
 */
export function innerLowering(unit: GeneratorUnit, lower: Lower, sharing?: Sharing): LowerInstruction {
  const inner: LowerInstruction = (instruction) => {
    const lowered = lower(instruction, inner), generated = lowered && unit.lower(instruction);
    if (lowered === undefined || generated === undefined || generated.mayRefuse === true) return lowered;
    return loweredTo(unit, instruction, generated, lowered, sharing);
  };
  return inner;
}

/** Returns what lowers an instruction of a program that threads run. Unlike one inside another, it may be refused. */
export function sharedLowering(unit: GeneratorUnit, lower: Lower, sharing: Sharing): LowerInstruction {
  const inner = innerLowering(unit, lower, sharing);
  return (instruction) => {
    const generated = unit.lower(instruction);
    if (generated !== undefined && generated.mayRefuse !== true) {
      return loweredTo(unit, instruction, generated, undefined, sharing);
    }
    const lowered = lower(instruction, inner);
    return lowered && generated ? loweredTo(unit, instruction, generated, lowered, sharing) : lowered;
  };
}
