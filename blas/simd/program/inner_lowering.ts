/**
 * Instructions of programs inside instructions that another code generator computes: WebAssembly calls their functions.
 *
 * @module
 */
import { call, type Callable } from "../../wasm/mod.ts";
import type { Instruction } from "../../program/program.ts";
import type { LowerInstruction } from "./bodies/body.ts";
import type { EmitterContext, Lowered, Shift } from "./emitter.ts";
import type { Generated, GeneratorUnit, Place } from "./generator.ts";
import { lowerLoop } from "./loop_function.ts";

/**
 * Returns what lowers an instruction of a program inside another one.
 *
 * @param lower Lowers an instruction to WebAssembly, given what lowers those inside it.
 */
export function innerLowering(
  unit: GeneratorUnit,
  lower: (instruction: Instruction, inner: LowerInstruction) => Lowered | undefined,
): LowerInstruction {
  const inner: LowerInstruction = (instruction) => {
    const lowered = lower(instruction, inner), generated = lowered && unit.lower(instruction);
    if (lowered === undefined || generated === undefined || generated.mayRefuse === true) return lowered;
    const { ahead: _, ...rest } = lowered; // what is done once is done by the code of WebAssembly only
    return {
      ...rest,
      workspace: generated.workspace,
      inPlace: generated.inPlace,
      canMove: generated.epilogue === undefined,
      emit: (context) => emitCall(unit, instruction, generated, context),
    };
  };
  return inner;
}

/** Writes the code of an instruction, and a function of WebAssembly that calls it. */
function emitCall(
  unit: GeneratorUnit,
  { results }: Instruction,
  generated: Generated,
  context: EmitterContext,
): Callable<"none"> {
  const { module, workspace } = context, { epilogue } = generated;
  const place = (address: number, bytes: number, shift: Shift | undefined): Place => {
    return { address, bytes, ...shift !== undefined && { shift } };
  };
  generated.write({
    value: (value) => place(context.address(value), context.bytesOf(value), context.shiftOf?.(value)),
    results: context.results.map((address, k) => place(address, context.resultBytes[k]!, context.shifts[k])),
    workspace: place(workspace, generated.workspace, undefined),
  });
  const number = unit.close();
  const then = epilogue && lowerLoop(epilogue, results[0]!.dtype, true, workspace).emit(context);
  return module.function({ parameters: {} }, (f) => {
    f.do(context.generated!(number));
    if (then !== undefined) f.do(call(then));
  });
}
