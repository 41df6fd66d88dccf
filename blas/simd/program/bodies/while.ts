/**
 * While loops as WebAssembly loops around the code of their two programs.
 *
 * @module
 */
import type { Carried } from "../../../program/memory/memory_plan.ts";
import { valueTypes } from "../../../program/operands.ts";
import type { WhileOperation } from "../../../program/operations/while.ts";
import { i32, memory } from "../../../wasm/mod.ts";
import type { Lowered } from "../emitter.ts";
import { indivisible } from "../shares.ts";
import { bytesOf, copyOperand, emitBody, isInPlace, lowerBody, type LowerInstruction } from "./body.ts";
import { elementIsNotZero } from "./branch.ts";

/** Prepares a while loop. The condition reads the carry in the memory of the body. */
export function lowerWhile(operation: WhileOperation, lowerInstruction: LowerInstruction): Lowered | undefined {
  const { carries, maxSteps, operands } = operation, results = new Set(operation.body.results);
  const carried = Array.from({ length: carries }, (_, k): Carried => [k, k]);
  const isOutside = (k: number): boolean => k >= carries && isInPlace(operands[k]!) && !results.has(k);
  const isSame = (k: number): boolean => k >= carries;
  const body = lowerBody(operation.body, lowerInstruction, { isOutside, carried, isSame });
  const condition = lowerBody(operation.condition, lowerInstruction, { isOutside: () => true, isSame });
  if (body === undefined || condition === undefined) return undefined;
  const workspace = body.bytes + condition.bytes, types = body.program.parameters;
  const answer = condition.program.results[0]!, { dtype } = valueTypes(condition.program)[answer]!;
  const emit: Lowered["emit"] = (context) => {
    const { workspace: base, address: addressOf } = context;
    const outside = new Map(operands.flatMap(({ value }, k) => isOutside(k) ? [[k, addressOf(value)] as const] : []));
    const step = emitBody(context, body, base, outside);
    const everything = new Map(operands.map((_, k) => [k, step.address(k)]));
    const test = emitBody(context, condition, base + body.bytes, everything);
    const before = operands.flatMap((operand, k) =>
      isOutside(k) ? [] : [copyOperand(context, operand, step.address(k))]
    );
    return context.module.function({ parameters: {} }, (f) => {
      f.do(...before, ...step.prepare, ...test.prepare);
      const done = f.let(i32.add(0, 0));
      f.block((exit) =>
        f.loop((again) => {
          if (maxSteps !== undefined) f.branchIf(exit, i32.ge_s(done, maxSteps));
          f.do(...test.run);
          f.branchIf(exit, i32.eqz(elementIsNotZero(dtype, test.address(answer), 0)));
          f.do(...step.run, ...step.advance);
          f.increment(done, 1);
          f.branch(again);
        })
      );
      for (let k = 0; k < carries; k++) {
        f.do(memory.copy(context.results[k]!, step.address(k), bytesOf(types[k]!)));
      }
    });
  };
  return { workspace, emit, shares: indivisible(workspace, emit) };
}
