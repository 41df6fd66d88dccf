/**
 * The operands of a program's instructions: listing and replacing them.
 *
 * @module
 */
import { sizeOf } from "../shape.ts";
import { argument } from "../scalar/scalar.ts";
import { isPlain } from "./operand.ts";
import { kindOf } from "./operations/mod.ts";
import type { JoinPart } from "./operations/join.ts";
import type { Loop, Operand, Operation, Program, ValueType } from "./program.ts";

/** Returns the loops that an operation computes with: that of a map, the one before a reduction, those of the parts of a join. */
export function loopsBefore(operation: Operation): readonly Loop[] {
  return "loop" in operation ? [operation.loop] : "parts" in operation ? operation.parts.map(({ loop }) => loop) : [];
}

/** Returns the epilogue of an operation, if it has one. */
export function epilogueOf(operation: Operation): Loop | undefined {
  return "epilogue" in operation ? operation.epilogue : undefined;
}

/** Lists all operands of an operation, including those of loops, except the input of its epilogue. */
export function operandsOf(operation: Operation): readonly Operand[] {
  if (operation.kind === "map") return operation.loop.operands; // the most frequent kind, all of whose operands are values
  const before = operandsBefore(operation), epilogue = epilogueOf(operation);
  if (epilogue === undefined) return before;
  return [...before, ...valuesOf(epilogue)];
}

/** Lists the operands that an operation reads before its epilogue. */
function operandsBefore(operation: Operation): readonly Operand[] {
  const direct = kindOf(operation).operands(operation), loops = loopsBefore(operation);
  if (loops.length === 0) return direct;
  return direct.length === 0 && loops.length === 1 ? valuesOf(loops[0]!) : [...direct, ...loops.flatMap(valuesOf)];
}

/** Returns the operands of a loop that are values of the program, and not results of the instruction itself. */
function valuesOf({ operands }: Loop): readonly Operand[] {
  return operands.every(isValue) ? operands : operands.filter(isValue);
}

const isValue = ({ value }: Operand): boolean => value >= 0;

/**
 * Returns the loop that computes an operation's results, and the operands that the operation reads before it. A scatter onto an
 * array first copies that array, as a loop would.
 */
export function lastLoop(
  operation: Operation,
): { readonly loop: Loop | undefined; readonly before: readonly Operand[] } {
  if (operation.kind === "map") return { loop: operation.loop, before: [] };
  if (operation.kind === "scatter" && operation.onto !== undefined) {
    return { loop: copying(operation.onto), before: [operation.operand, operation.indices] };
  }
  return { loop: epilogueOf(operation), before: operandsBefore(operation) };
}

/** Returns the operation with each operand replaced; the same object if nothing changes. */
export function mapOperands(operation: Operation, replace: (operand: Operand) => Operand): Operation {
  const kind = kindOf(operation), direct = kind.operands(operation), replaced = replaceAll(direct, replace);
  const mapped = replaced === direct ? operation : kind.withOperands(operation, replaced);
  return mapLoops(mapped, (loop) => withLoopOperands(loop, replace));
}

function withLoopOperands(loop: Loop, replace: (operand: Operand) => Operand): Loop {
  const operands = replaceAll(
    loop.operands,
    (operand) => isValue(operand) ? replace(operand) : operand,
  );
  return operands === loop.operands ? loop : { ...loop, operands };
}

function replaceAll(operands: readonly Operand[], replace: (operand: Operand) => Operand): readonly Operand[] {
  const replaced = operands.map(replace);
  return replaced.every((operand, k) => operand === operands[k]) ? operands : replaced;
}

/** Returns the loops of an operation: those that it computes with, and its epilogue. */
export function loopsOf(operation: Operation): readonly Loop[] {
  const epilogue = epilogueOf(operation);
  return epilogue === undefined ? loopsBefore(operation) : [...loopsBefore(operation), epilogue];
}

/** Returns the operation with each of its loops replaced. */
export function mapLoops(operation: Operation, replace: (loop: Loop) => Loop): Operation {
  let result = operation;
  if ("loop" in result) {
    const loop = replace(result.loop);
    if (loop !== result.loop) result = { ...result, loop };
  }
  if ("parts" in result) {
    const { parts } = result;
    // Few of many parts change: a new list is made only at the first change.
    let replaced: JoinPart[] | undefined;
    for (let k = 0; k < parts.length; k++) {
      const loop = replace(parts[k]!.loop);
      if (loop !== parts[k]!.loop) (replaced ??= [...parts])[k] = { ...parts[k]!, loop };
    }
    if (replaced !== undefined) result = { ...result, parts: replaced };
  }
  if ("epilogue" in result && result.epilogue !== undefined) {
    const epilogue = replace(result.epilogue);
    if (epilogue !== result.epilogue) result = { ...result, epilogue };
  }
  return result;
}

/** Tells whether an operation replaces its operands where they lie, and acts on more than them. */
export const isExchange = (operation: Operation): boolean => kindOf(operation).replace !== undefined;

/** Returns the types of all values of a program, by number. */
export function valueTypes({ parameters, constants, instructions }: Program): readonly ValueType[] {
  return [
    ...parameters,
    ...constants.map(({ dtype, shape }): ValueType => ({ dtype, shape })),
    ...instructions.flatMap(({ results }) => results),
  ];
}

/** Tells whether an operand shows a whole value in the value's own order. */
export function isWhole(operand: Operand, size: number): boolean {
  return isPlain(operand) && sizeOf(operand.shape) === size;
}

/** Returns the number of the first result of each instruction. */
export function firstResults(program: Program): readonly number[] {
  let next = program.parameters.length + program.constants.length;
  return program.instructions.map(({ results }) => {
    const first = next;
    next += results.length;
    return first;
  });
}

/** Returns the loop that copies an operand's elements. */
export const copying = (operand: Operand): Loop => ({
  shape: operand.shape,
  operands: [operand],
  expressions: [argument(0)],
});
