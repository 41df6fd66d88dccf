/**
 * Programs that instructions hold.
 *
 * @module
 */
import { loopsOf } from "./operands.ts";
import type { Loop, Operand, Operation, Program } from "./program.ts";

/** The programs that an operation holds. */
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

/** The operation with other programs, whose parameters are as before and then what further operands show. */
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

/** All loops of a program's instructions, those of the programs that they hold included. */
export function allLoops({ instructions }: Program): readonly Loop[] {
  return instructions.flatMap(({ operation }) => [...loopsOf(operation), ...bodiesOf(operation).flatMap(allLoops)]);
}

/** All operations of a program, those of the programs that they hold included. */
export function allOperations({ instructions }: Program): readonly Operation[] {
  return instructions.flatMap(({ operation }) => [operation, ...bodiesOf(operation).flatMap(allOperations)]);
}
