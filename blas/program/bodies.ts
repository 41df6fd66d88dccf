/**
 * Programs that instructions hold.
 *
 * @module
 */
import { isExchange, loopsOf } from "./operands.ts";
import type { Loop, Operand, Operation, Program } from "./program.ts";

/** Returns the programs that an operation holds. */
export function bodiesOf(operation: Operation): readonly Program[] {
  switch (operation.kind) {
    case "scan":
      return [operation.body];
    case "while":
      return [operation.condition, operation.body];
    case "branch":
      return operation.branches;
    default:
      return [];
  }
}

/**
 * Tells whether an operation is an exchange, or holds one in its programs. Such an operation stays in a program whether its
 * results are needed or not, and in its place among the others: other processes exchange in the order of the program.
 */
export const exchanges = (operation: Operation): boolean =>
  isExchange(operation) ||
  bodiesOf(operation).some(({ instructions }) => instructions.some((one) => exchanges(one.operation)));

/** Returns the operation with other programs, whose parameters are the previous ones and then one for each further operand. */
export function withBodies(operation: Operation, bodies: readonly Program[], further: readonly Operand[]): Operation {
  switch (operation.kind) {
    case "scan":
      return { ...operation, body: bodies[0]!, operands: [...operation.operands, ...further] };
    case "while":
      return {
        ...operation,
        condition: bodies[0]!,
        body: bodies[1]!,
        operands: [...operation.operands, ...further],
      };
    case "branch":
      return { ...operation, branches: bodies, operands: [...operation.operands, ...further] };
    default:
      return operation;
  }
}

/** Lists all loops of a program's instructions, including those of the programs that they hold. */
export function allLoops({ instructions }: Program): readonly Loop[] {
  return instructions.flatMap(({ operation }) => [...loopsOf(operation), ...bodiesOf(operation).flatMap(allLoops)]);
}

/** Lists all operations of a program, including those of the programs that they hold. */
export function allOperations({ instructions }: Program): readonly Operation[] {
  return instructions.flatMap(({ operation }) => [operation, ...bodiesOf(operation).flatMap(allOperations)]);
}
