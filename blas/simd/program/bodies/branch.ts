/**
 * Conditionals: the code of all their programs, of which one runs.
 *
 * @module
 */
import type { DType } from "../../../dtype.ts";
import type { BranchOperation } from "../../../program/operations/branch.ts";
import { valueTypes } from "../../../program/operands.ts";
import { type Expression, f32, f64, type FunctionBuilder, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered } from "../emitter.ts";
import { indivisible } from "../shares.ts";
import { type Body, bytesOf, copyOperand, emitBody, isInPlace, lowerBody, type LowerInstruction } from "./body.ts";

/** Prepares a conditional. Its programs share their memory, since only one of them runs. */
export function lowerBranch(operation: BranchOperation, lowerInstruction: LowerInstruction): Lowered | undefined {
  const start = operation.branches.length - 1, operands = operation.operands.slice(start), bodies: Body[] = [];
  const isOutside = (k: number): boolean => isInPlace(operands[k]!);
  for (const branch of operation.branches) {
    const body = lowerBody(branch, lowerInstruction, { isOutside });
    if (body === undefined) return undefined;
    bodies.push(body);
  }
  const workspace = Math.max(...bodies.map(({ bytes }) => bytes));
  const emit: Lowered["emit"] = (context) => {
    const outside = new Map(
      operands.flatMap(({ value }, k) => isOutside(k) ? [[k, context.address(value)] as const] : []),
    );
    const codes = bodies.map((body) => {
      const { address, run } = emitBody(context, body, context.workspace, outside), types = valueTypes(body.program);
      const before = operands.flatMap((operand, k) => isOutside(k) ? [] : [copyOperand(context, operand, address(k))]);
      const after = body.program.results.map((value, k) =>
        memory.copy(context.results[k]!, address(value), bytesOf(types[value]!))
      );
      return (f: FunctionBuilder): void => f.do(...before, ...run, ...after);
    });
    return context.module.function({ parameters: {} }, (f) => {
      const [first, second] = codes;
      if (second === undefined) return first!(f);
      // The condition comes first.
      const [{ value, offset }] = operation.operands as readonly [BranchOperation["operands"][number]];
      f.if(isNotZero(context, value, offset), () => first!(f), () => second(f));
    });
  };
  return { workspace, emit, shares: indivisible(workspace, emit) };
}

/** Tests whether an element of a value is not 0. */
function isNotZero({ address, dtypeOf }: EmitterContext, value: number, offset: number): Expression<"i32"> {
  return elementIsNotZero(dtypeOf(value), address(value), offset);
}

/** Tests whether an element of an array is not 0. */
export function elementIsNotZero(dtype: DType, address: number, offset: number): Expression<"i32"> {
  return dtype === "float32" ? f32.ne(f32.load(address + 4 * offset), 0) : f64.ne(f64.load(address + 8 * offset), 0);
}
