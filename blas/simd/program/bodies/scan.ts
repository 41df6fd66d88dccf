/**
 * Loops of known length, as WebAssembly loops around the code of their programs.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import type { Carried } from "../../../program/memory/memory_plan.ts";
import { valueTypes } from "../../../program/operands.ts";
import type { ScanOperation } from "../../../program/operations/scan.ts";
import { type Expression, type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered, TeamWork } from "../emitter.ts";
import { indivisible } from "../shares.ts";
import { alone, waitAt } from "../team/member.ts";
import { nanosecondsOfProgram } from "../team/work.ts";
import { bytesOf, copyOperand, emitBody, isInPlace, lowerBody, type LowerInstruction } from "./body.ts";
import { bodyForTeam, emitTeamBody, teamFunction } from "./team_body.ts";

/**
 * Prepares a loop of known length. The carry stays in one place; slices are copied from where the sequences are, and what is
 * yielded to where it belongs.
 */
export function lowerScan(operation: ScanOperation, lowerInstruction: LowerInstruction): Lowered | undefined {
  const { body: program, carries, finals, sequences, length, reverse, operands } = operation;
  const carried = Array.from({ length: carries }, (_, k): Carried => [k, k]), start = carries + sequences;
  const results = new Set(program.results);
  const isOutside = (k: number): boolean => k >= start && isInPlace(operands[k]!) && !results.has(k);
  const body = lowerBody(program, lowerInstruction, isOutside, carried, (k) => k >= start);
  if (body === undefined) return undefined;
  const { program: inner } = body, types = inner.parameters, allTypes = valueTypes(inner);
  // Sequences that are seen through strides are put in order first, behind the memory of the body.
  const staged = new Map<number, number>();
  let stagedBytes = 0;
  for (let k = carries; k < start; k++) {
    if (isInPlace(operands[k]!)) continue;
    staged.set(k, stagedBytes);
    stagedBytes += toLines(length * bytesOf(types[k]!));
  }
  const outsideOf = ({ address }: EmitterContext) =>
    new Map(operands.flatMap(({ value }, k) => isOutside(k) ? [[k, address(value)] as const] : []));
  /** What is copied before the loop, in each step before and after the body, and after the loop. */
  const copiesOf = (context: EmitterContext, address: (value: number) => number, bytes: number) => {
    const stage = (k: number) => context.workspace + bytes + staged.get(k)!;
    return {
      before: operands.flatMap((operand, k): readonly Expression<"none">[] => {
        if (k >= carries && k < start) return staged.has(k) ? [copyOperand(context, operand, stage(k))] : [];
        return isOutside(k) ? [] : [copyOperand(context, operand, address(k))];
      }),
      slices: (at: Local<"i32">) =>
        operands.slice(carries, start).map(({ value }, k) => {
          const bytes = bytesOf(types[carries + k]!);
          const sequence = staged.has(carries + k) ? stage(carries + k) : context.address(value);
          return memory.copy(address(carries + k), i32.add(i32.mul(at, bytes), sequence), bytes);
        }),
      yields: (at: Local<"i32">) =>
        inner.results.slice(carries).map((value, k) => {
          const bytes = bytesOf(allTypes[value]!), sequence = context.results[finals.length + k]!;
          return memory.copy(i32.add(i32.mul(at, bytes), sequence), address(value), bytes);
        }),
      after: finals.map((k, i) => memory.copy(context.results[i]!, address(k), bytesOf(types[k]!))),
    };
  };
  const indexOf = (f: FunctionBuilder, step: Local<"i32">): Local<"i32"> =>
    reverse ? f.let(i32.sub(length - 1, step)) : step;
  const emit: Lowered["emit"] = (context) => {
    const { address, prepare, run, advance } = emitBody(context, body, context.workspace, outsideOf(context));
    const { before, slices, yields, after } = copiesOf(context, address, body.bytes);
    return context.module.function({ parameters: {} }, (f) => {
      f.do(...before, ...prepare);
      f.for({ from: 0, to: length }, (step) => {
        const at = indexOf(f, step);
        f.do(...slices(at), ...run, ...yields(at), ...advance);
      });
      f.do(...after);
    });
  };
  const team: TeamWork = {
    nanoseconds: nanosecondsOfProgram(inner),
    workspace: (threads) => bodyForTeam(body, threads).bytes + stagedBytes,
    emit: (context, meeting) => {
      const own = bodyForTeam(body, meeting.threads);
      const { address, run, advance } = emitTeamBody(context, own, context.workspace, outsideOf(context), meeting);
      const { before, slices, yields, after } = copiesOf(context, address, own.bytes), wait = waitAt(meeting.barrier);
      return teamFunction(context.module, [
        alone((f) => f.do(...before)),
        (f, member) =>
          f.for({ from: 0, to: length }, (step) => {
            const at = indexOf(f, step);
            alone((f) => f.do(...slices(at)))(f, member);
            for (const code of [wait, ...run, wait]) code(f, member);
            alone((f) => f.do(...yields(at), ...advance))(f, member);
          }),
        alone((f) => f.do(...after)),
      ]);
    },
  };
  const workspace = body.bytes + stagedBytes;
  return { workspace, emit, shares: indivisible(workspace, emit), team };
}
