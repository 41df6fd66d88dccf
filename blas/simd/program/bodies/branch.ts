/**
 * Conditionals: the code of all their programs, of which one runs.
 *
 * @module
 */
import type { DType } from "../../../dtype.ts";
import type { BranchOperation } from "../../../program/operations/branch.ts";
import { valueTypes } from "../../../program/operands.ts";
import { type Expression, f32, f64, type FunctionBuilder, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered, TeamWork } from "../emitter.ts";
import type { MemberCode } from "../team/member.ts";
import { type Body, bytesOf, indivisibleOf, type Inside, isInPlace } from "./body.ts";
import type { TeamBodyCode } from "./team_body_code.ts";

/** Prepares a conditional. Its programs share their memory, since only one of them runs. */
export function lowerBranch(operation: BranchOperation, { lower, code, team }: Inside): Lowered | undefined {
  const { lowerBody, emitBody, copyOperand } = code;
  const start = operation.branches.length - 1, operands = operation.operands.slice(start), bodies: Body[] = [];
  const isOutside = (k: number): boolean => isInPlace(operands[k]!);
  for (const branch of operation.branches) {
    const body = lowerBody(branch, lower, { isOutside });
    if (body === undefined) return undefined;
    bodies.push(body);
  }
  const workspace = Math.max(...bodies.map(({ bytes }) => bytes));
  const outsideOf = ({ address }: EmitterContext) =>
    new Map(operands.flatMap(({ value }, k) => isOutside(k) ? [[k, address(value)] as const] : []));
  /** Returns the copies before and after a program. */
  const copiesOf = (
    context: EmitterContext,
    { program }: Pick<Body, "program">,
    address: (value: number) => number,
  ) => {
    const types = valueTypes(program);
    return {
      before: operands.flatMap((operand, k) => isOutside(k) ? [] : [copyOperand(context, operand, address(k))]),
      after: program.results.map((value, k) =>
        memory.copy(context.results[k]!, address(value), bytesOf(types[value]!))
      ),
    };
  };
  /** Emits the choice of the program that runs. */
  const choose = (f: FunctionBuilder, context: EmitterContext, codes: readonly (() => void)[]): void => {
    const [first, second] = codes;
    if (second === undefined) return first!();
    // The condition comes first.
    const [{ value, offset }] = operation.operands as readonly [BranchOperation["operands"][number]];
    f.if(isNotZero(context, value, offset), first!, second);
  };
  const emit: Lowered["emit"] = (context) => {
    const codes = bodies.map((body) => {
      const { address, run } = emitBody(context, body, context.workspace, outsideOf(context));
      const { before, after } = copiesOf(context, body, address);
      return [...before, ...run, ...after];
    });
    return context.module.function(
      { parameters: {} },
      (f) => choose(f, context, codes.map((code) => () => f.do(...code))),
    );
  };
  const work = (tools: TeamBodyCode): TeamWork => ({
    nanoseconds: Math.max(...bodies.map(({ program }) => tools.nanosecondsOfProgram(program))),
    workspace: (threads) => Math.max(...bodies.map((body) => tools.bodyForTeam(body, threads).bytes)),
    emit: (context, meeting) => {
      const wait = tools.waitAt(meeting.barrier);
      const codes = bodies.map((body): readonly MemberCode[] => {
        const own = tools.bodyForTeam(body, meeting.threads);
        const { address, run } = tools.emitTeamBody(context, own, context.workspace, outsideOf(context), meeting);
        const { before, after } = copiesOf(context, own, address);
        return [tools.alone((f) => f.do(...before)), wait, ...run, wait, tools.alone((f) => f.do(...after))];
      });
      return tools.teamFunction(context.module, [
        (f, member) => choose(f, context, codes.map((code) => () => code.forEach((one) => one(f, member)))),
      ]);
    },
  });
  return indivisibleOf({ workspace, emit }, team, work);
}

/** Tests whether an element of a value is not 0. */
function isNotZero({ address, dtypeOf }: EmitterContext, value: number, offset: number): Expression<"i32"> {
  return elementIsNotZero(dtypeOf(value), address(value), offset);
}

/** Tests whether an element of an array is not 0. */
export function elementIsNotZero(dtype: DType, address: number, offset: number): Expression<"i32"> {
  return dtype === "float32" ? f32.ne(f32.load(address + 4 * offset), 0) : f64.ne(f64.load(address + 8 * offset), 0);
}
