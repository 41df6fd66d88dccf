/**
 * Lowered instructions whose code another code generator writes: functions of WebAssembly that call it.
 *
 * @module
 */
import { CACHE_LINE, toLines } from "../../alignment.ts";
import type { Instruction } from "../../program/program.ts";
import { call, type Callable, i32 } from "../../wasm/mod.ts";
import type { EmitterContext, Lowered, Phase, Shift } from "./emitter.ts";
import { cutForThreads, type Sharing } from "./generated_shares.ts";
import type { Generated, GeneratedPart, GeneratorUnit, Place, Places } from "./generator.ts";
import { lowerLoop } from "./loop_function.ts";
import { indivisible, shareFunction } from "./shares.ts";

/**
 * Lowers an instruction to generated code.
 *
 * @param wasm The same instruction in WebAssembly, which must exist if the generated code may refuse.
 * @param sharing The threads that divide it. Default: one runs it.
 */
export function loweredTo(
  unit: GeneratorUnit,
  instruction: Instruction,
  generated: Generated,
  wasm: Lowered | undefined,
  sharing?: Sharing,
): Lowered {
  const { workspace, inPlace, epilogue, mayRefuse = false } = generated, [result] = instruction.results;
  /** Writes code that follows the last function, and ends a function; returns its number. */
  const written = (context: EmitterContext, { write, workspace }: GeneratedPart, at: number): number => {
    write(placesOf(context, at, workspace));
    return unit.close();
  };
  const then = (context: EmitterContext) =>
    epilogue && lowerLoop(epilogue, result!.dtype, true, context.workspace).emit(context);
  const emit: Lowered["emit"] = (context) => {
    const number = written(context, generated, context.workspace), after = then(context);
    const instead = mayRefuse ? wasm!.emit(context) : undefined;
    return context.module.function({ parameters: {} }, (f) => {
      const done = f.let(context.generated!(number));
      if (after !== undefined) f.if(done, () => f.do(call(after)));
      if (instead !== undefined) f.if(i32.eqz(done), () => f.do(call(instead)));
    });
  };
  const needs = Math.max(workspace, mayRefuse ? wasm!.workspace : 0);
  const whole: Lowered = {
    workspace: needs,
    inPlace: inPlace && (!mayRefuse || wasm!.inPlace === true),
    canMove: epilogue === undefined && !mayRefuse,
    emit,
    shares: indivisible(needs, emit),
  };
  const cut = sharing && epilogue === undefined ? cutForThreads(instruction, generated, sharing) : undefined;
  if (cut === undefined) return whole;
  const { parts, bytes } = cut;
  /**
   * Emits a function that computes part `from`, or all parts together, and whether that was refused.
   *
   * @param at The address of the workspace of the first part.
   */
  const emitParts = (context: EmitterContext, at: number, refused: number | undefined): Callable<"none"> => {
    const all = written(context, generated, at),
      numbers = parts.map((part, k) => written(context, part, at + k * bytes));
    return shareFunction(context.module, (f, { from, to }) => {
      const run = (number: Parameters<NonNullable<EmitterContext["generated"]>>[0]) => {
        const done = context.generated!(number);
        if (refused === undefined) f.drop(done);
        else f.do(i32.store(refused, i32.eqz(done)));
      };
      f.if(
        i32.eq(i32.sub(to, from), parts.length),
        () => run(all),
        () => f.if(i32.lt_s(from, to), () => run(i32.add(from, numbers[0]!))),
      );
    });
  };
  const own = Math.max(toLines(workspace), parts.length * bytes);
  if (!mayRefuse) {
    const phase: Phase = {
      units: parts.length,
      emit: (context) => emitParts(context, context.workspace, undefined),
    };
    return { ...whole, shares: { workspace: own, scratch: 0, phases: [phase] } };
  }
  // The first line tells the phases of WebAssembly whether they must do the work; all threads write the same to it.
  const { shares } = wasm!, behind = (context: EmitterContext) => context.workspace + CACHE_LINE;
  const phases: readonly Phase[] = [
    { units: parts.length, emit: (context) => emitParts(context, behind(context), context.workspace) },
    ...shares.phases.map(({ units, emit }): Phase => ({
      units,
      emit: (context) => {
        const share = emit({ ...context, workspace: behind(context) });
        return shareFunction(context.module, (f, { from, to, scratch }) => {
          f.if(i32.load(context.workspace), () => f.do(call(share, from, to, scratch)));
        });
      },
    })),
  ];
  const both = CACHE_LINE + Math.max(own, toLines(shares.workspace));
  return { ...whole, shares: { workspace: both, scratch: shares.scratch, phases } };
}

/** Returns where the code of an instruction finds its arrays. */
function placesOf(context: EmitterContext, workspace: number, bytes: number): Places {
  const place = (address: number, bytes: number, shift: Shift | undefined): Place => {
    return { address, bytes, ...shift !== undefined && { shift } };
  };
  return {
    value: (value) => place(context.address(value), context.bytesOf(value), context.shiftOf?.(value)),
    results: context.results.map((address, k) => place(address, context.resultBytes[k]!, context.shifts[k])),
    workspace: place(workspace, bytes, undefined),
  };
}
