/**
 * While loops as WebAssembly loops around the code of their two programs.
 *
 * @module
 */
import type { Carried } from "../../../program/memory/memory_plan.ts";
import { valueTypes } from "../../../program/operands.ts";
import type { WhileOperation } from "../../../program/operations/while.ts";
import { type Expression, type FunctionBuilder, i32, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered, TeamWork } from "../emitter.ts";
import { bytesOf, indivisibleOf, type Inside, isInPlace } from "./body.ts";
import { elementIsNotZero } from "./branch.ts";
import type { TeamBodyCode } from "./team_body_code.ts";

/** Prepares a while loop. The condition reads the carry in the memory of the body. */
export function lowerWhile(operation: WhileOperation, { lower, code, team }: Inside): Lowered | undefined {
  const { lowerBody, emitBody, copyOperand } = code;
  const { carries, maxSteps, operands } = operation, results = new Set(operation.body.results);
  const carried = Array.from({ length: carries }, (_, k): Carried => [k, k]);
  const isOutside = (k: number): boolean => k >= carries && isInPlace(operands[k]!) && !results.has(k);
  const isSame = (k: number): boolean => k >= carries;
  const body = lowerBody(operation.body, lower, { isOutside, carried, isSame });
  const condition = lowerBody(operation.condition, lower, { isOutside: () => true, isSame });
  if (body === undefined || condition === undefined) return undefined;
  const workspace = body.bytes + condition.bytes, types = body.program.parameters;
  const answer = condition.program.results[0]!, { dtype } = valueTypes(condition.program)[answer]!;
  const outsideOf = ({ address }: EmitterContext) =>
    new Map(operands.flatMap(({ value }, k) => isOutside(k) ? [[k, address(value)] as const] : []));
  /** Returns the copies before and after the loop, and the addresses of the condition's parameters. */
  const copiesOf = (context: EmitterContext, address: (value: number) => number) => ({
    before: operands.flatMap((operand, k) => isOutside(k) ? [] : [copyOperand(context, operand, address(k))]),
    after: types.slice(0, carries).map((type, k) => memory.copy(context.results[k]!, address(k), bytesOf(type))),
    given: new Map(operands.map((_, k) => [k, address(k)])),
  });
  /** Emits the loop around the code that tests the condition and the code of a step. */
  const loop = (f: FunctionBuilder, isTrue: Expression<"i32">, test: () => void, step: () => void): void => {
    const done = f.let(i32.add(0, 0));
    f.block((exit) =>
      f.loop((again) => {
        if (maxSteps !== undefined) f.branchIf(exit, i32.ge_s(done, maxSteps));
        test();
        f.branchIf(exit, i32.eqz(isTrue));
        step();
        f.increment(done, 1);
        f.branch(again);
      })
    );
  };
  const emit: Lowered["emit"] = (context) => {
    const step = emitBody(context, body, context.workspace, outsideOf(context));
    const { before, after, given } = copiesOf(context, step.address);
    const test = emitBody(context, condition, context.workspace + body.bytes, given);
    return context.module.function({ parameters: {} }, (f) => {
      f.do(...before, ...step.prepare, ...test.prepare);
      const isTrue = elementIsNotZero(dtype, test.address(answer), 0);
      loop(f, isTrue, () => f.do(...test.run), () => f.do(...step.run, ...step.advance));
      f.do(...after);
    });
  };
  const work = (tools: TeamBodyCode): TeamWork => ({
    nanoseconds: tools.nanosecondsOfProgram(body.program),
    workspace: (threads) => tools.bodyForTeam(body, threads).bytes + condition.bytes,
    emit: (context, meeting) => {
      const own = tools.bodyForTeam(body, meeting.threads), wait = tools.waitAt(meeting.barrier);
      const step = tools.emitTeamBody(context, own, context.workspace, outsideOf(context), meeting);
      const { before, after, given } = copiesOf(context, step.address);
      // The first thread tests, and all threads read the answer; a barrier comes before the next test.
      const test = emitBody(context, condition, context.workspace + own.bytes, given);
      return tools.teamFunction(context.module, [
        tools.alone((f) => f.do(...before, ...test.prepare)),
        (f, member) => {
          const isTrue = elementIsNotZero(dtype, test.address(answer), 0);
          loop(f, isTrue, () => {
            tools.alone((f) => f.do(...test.run))(f, member);
            wait(f, member);
          }, () => {
            for (const code of [...step.run, wait]) code(f, member);
            tools.alone((f) => f.do(...step.advance))(f, member);
          });
        },
        tools.alone((f) => f.do(...after)),
      ]);
    },
  });
  return indivisibleOf({ workspace, emit }, team, work);
}
