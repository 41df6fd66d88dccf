/**
 * Lowered instructions whose code another code generator writes: functions of WebAssembly that call it.
 *
 * @module
 */
import { CACHE_LINE, toLines } from "../../alignment.ts";
import type { Instruction } from "../../program/program.ts";
import { call, type Callable, constant, type Expression, i32, type Local } from "../../wasm/mod.ts";
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
   * Emits a function that computes part `from`, or all parts together.
   *
   * @param at The address of the workspace of the first part.
   * @param flags The address of a cache line for each part, which tells whether it was refused. Default: none refuses.
   */
  const emitParts = (context: EmitterContext, at: number, flags?: number): Callable<"none"> => {
    const all = written(context, generated, at),
      numbers = parts.map((part, k) => written(context, part, at + k * bytes));
    return shareFunction(context.module, (f, { from, to }) => {
      const flagOf = (part: number | Local<"i32">) => i32.add(constant("i32", flags!), i32.mul(part, CACHE_LINE));
      const run = (number: number | Expression<"i32">, part: number | Local<"i32">) => {
        const done = context.generated!(number);
        if (flags === undefined) f.drop(done);
        else f.do(i32.store(flagOf(part), i32.eqz(done)));
      };
      f.if(i32.eq(i32.sub(to, from), parts.length), () => {
        run(all, 0);
        if (flags !== undefined) parts.slice(1).forEach((_, k) => f.do(i32.store(flagOf(k + 1), 0)));
      }, () => f.if(i32.lt_s(from, to), () => run(i32.add(from, numbers[0]!), from)));
    });
  };
  const own = Math.max(toLines(workspace), parts.length * bytes);
  if (!mayRefuse) {
    const phase: Phase = {
      units: parts.length,
      emit: (context) => emitParts(context, context.workspace),
    };
    return { ...whole, shares: { workspace: own, scratch: 0, phases: [phase] } };
  }
  // If one part is refused, which the first lines of the workspace tell, all of it is left to the phases of WebAssembly.
  const { shares } = wasm!, lines = parts.length * CACHE_LINE;
  const behind = (context: EmitterContext) => context.workspace + lines;
  const phases: readonly Phase[] = [
    { units: parts.length, emit: (context) => emitParts(context, behind(context), context.workspace) },
    ...shares.phases.map(({ units, emit }): Phase => ({
      units,
      emit: (context) => {
        const share = emit({ ...context, workspace: behind(context) });
        return shareFunction(context.module, (f, { from, to, scratch }) => {
          const flags = parts.map((_, k): Expression<"i32"> => i32.load(context.workspace + k * CACHE_LINE));
          f.if(flags.reduce((some, flag) => i32.or(some, flag)), () => f.do(call(share, from, to, scratch)));
        });
      },
    })),
  ];
  const both = lines + Math.max(own, toLines(shares.workspace));
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
