/**
 * Loops of known length, as WebAssembly loops around the code of their programs.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import type { Carried } from "../../../program/memory/memory_plan.ts";
import { valueTypes } from "../../../program/operands.ts";
import type { ScanOperation } from "../../../program/operations/scan.ts";
import { type Expression, i32, type Local, memory } from "../../../wasm/mod.ts";
import type { Lowered } from "../emitter.ts";
import { indivisible } from "../shares.ts";
import { bytesOf, copyOperand, emitBody, isInPlace, lowerBody, type LowerInstruction } from "./body.ts";

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
  // Sequences that are seen through strides are put in order first.
  const types = body.program.parameters, staged = new Map<number, number>();
  let workspace = body.bytes;
  for (let k = carries; k < start; k++) {
    if (isInPlace(operands[k]!)) continue;
    staged.set(k, workspace);
    workspace += toLines(length * bytesOf(types[k]!));
  }
  const emit: Lowered["emit"] = (context) => {
    const { module, workspace: base, address: addressOf } = context;
    const outside = new Map(operands.flatMap(({ value }, k) => isOutside(k) ? [[k, addressOf(value)] as const] : []));
    const { address, prepare, run, advance } = emitBody(context, body, base, outside);
    const before = operands.flatMap((operand, k): readonly Expression<"none">[] => {
      if (k >= carries && k < start) return staged.has(k) ? [copyOperand(context, operand, base + staged.get(k)!)] : [];
      return isOutside(k) ? [] : [copyOperand(context, operand, address(k))];
    });
    const sliced = operands.slice(carries, start).map(({ value }, k) => ({
      bytes: bytesOf(types[carries + k]!),
      sequence: staged.has(carries + k) ? base + staged.get(carries + k)! : addressOf(value),
      slice: address(carries + k),
    }));
    const yielded = body.program.results.slice(carries).map((value, k) => {
      return { value: address(value), sequence: context.results[finals.length + k]!, bytes: yieldedBytes[k]! };
    });
    return module.function({ parameters: {} }, (f) => {
      f.do(...before, ...prepare);
      f.for({ from: 0, to: length }, (step) => {
        const at: Local<"i32"> = reverse ? f.let(i32.sub(length - 1, step)) : step;
        for (const { bytes, sequence, slice } of sliced) {
          f.do(memory.copy(slice, i32.add(i32.mul(at, bytes), sequence), bytes));
        }
        f.do(...run);
        for (const { value, sequence, bytes } of yielded) {
          f.do(memory.copy(i32.add(i32.mul(at, bytes), sequence), value, bytes));
        }
        f.do(...advance);
      });
      finals.forEach((k, i) => f.do(memory.copy(context.results[i]!, address(k), bytesOf(types[k]!))));
    });
  };
  const allTypes = valueTypes(body.program);
  const yieldedBytes = body.program.results.slice(carries).map((value) => bytesOf(allTypes[value]!));
  return { workspace, emit, shares: indivisible(workspace, emit) };
}
