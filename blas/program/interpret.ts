/**
 * Interpreting programs, instruction by instruction, with a new array for each result: compiled programs must agree
 * with this, and it runs programs on engines that do not compile.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { rowMajorStrides } from "../shape.ts";
import { unsafeView, type View } from "../view.ts";
import { epilogueOf } from "./operands.ts";
import { dense } from "./operations/dense.ts";
import { runLoop } from "./operations/map.ts";
import { kindOf } from "./operations/mod.ts";
import { EPILOGUE_INPUT, type Instruction, type Operand, type Program } from "./program.ts";
import type { Stopwatch } from "./timing.ts";

/**
 * Runs a program.
 *
 * @param program The program.
 * @param given A view for each parameter.
 * @param engine The engine that computes.
 * @param watches The stopwatch of each instruction, if instructions are measured.
 * @returns A row-major array for each result.
 */
export function interpret(
  program: Program,
  given: readonly View[],
  engine: Engine,
  watches?: readonly Stopwatch[],
): readonly View[] {
  const values: View[] = [...given, ...program.constants].map((x) => dense(engine, x));
  program.instructions.forEach((instruction, i) => {
    watches?.[i]?.start();
    values.push(...runInstruction(engine, instruction, (operand) => operandView(values[operand.value]!, operand)));
    watches?.[i]?.stop();
  });
  return program.results.map((value) => values[value]!);
}

/** Returns the view of a row-major value that an operand shows. */
export function operandView({ data, offset }: View, operand: Operand): View {
  return unsafeView(data, operand.shape, operand.stride, offset + operand.offset);
}

/** Computes the results of one instruction. */
export function runInstruction(
  engine: Engine,
  { results, operation }: Instruction,
  view: (operand: Operand) => View,
): readonly View[] {
  const inner = (program: Program, given: readonly View[]) => interpret(program, given, engine);
  const computed = kindOf(operation).compute(operation, { engine, results, view, interpret: inner });
  const epilogue = epilogueOf(operation);
  const final = epilogue === undefined
    ? computed
    : runLoop(engine, epilogue, results[0]!.dtype, (operand) =>
      operand.value === EPILOGUE_INPUT ? operandView(computed[0]!, operand) : view(operand));
  return final.map((x, k) => {
    const { data, offset } = dense(engine, x), { shape } = results[k]!;
    return unsafeView(data, shape, rowMajorStrides(shape), offset);
  });
}
