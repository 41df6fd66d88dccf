/**
 * Loops of unknown length: a program that is run as long as another one says so.
 *
 * @module
 */
import type { View } from "../../view.ts";
import type { Operand, Program } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/**
 * A program that is run as long as the result of another one, of one element, is not 0. The parameters of both are the carry
 * and what stays the same; the results of the one that is repeated are the next carry, and those of the operation the last.
 */
export type WhileOperation = {
  readonly kind: "while";
  readonly condition: Program;
  readonly body: Program;
  /** How many values the carry has. */
  readonly carries: number;
  /** After how many steps it stops in any case. */
  readonly maxSteps: number | undefined;
  /** The carry to begin with, and what stays the same. */
  readonly operands: readonly Operand[];
};

/** The kind. */
export const whileKind: OperationKind<WhileOperation> = {
  operands: ({ operands }) => operands,
  withOperands: (operation, operands) => ({ ...operation, operands }),
  compute: ({ condition, body, carries, maxSteps = Infinity, operands }, { view, interpret }) => {
    const inputs = operands.map(view), same = inputs.slice(carries);
    let carry: readonly View[] = inputs.slice(0, carries);
    const holds = (): boolean => {
      const [answer] = interpret(condition, [...carry, ...same]);
      return answer!.get(...answer!.shape.map(() => 0)) !== 0;
    };
    for (let step = 0; step < maxSteps && holds(); step++) carry = interpret(body, [...carry, ...same]);
    return carry;
  },
  key: () => undefined,
  format: ({ condition, body, maxSteps, operands }, write) => [
    `while${maxSteps === undefined ? "" : `, at most ${maxSteps} steps,`} of ${operands.map(write.operand).join(" ")}`,
    ...write.program(condition),
    ...write.program(body),
  ],
  flops: () => 0,
  work: () => Infinity,
  withResults: () => undefined,
  epilogueShape: () => undefined,
  anyShape: false,
};
