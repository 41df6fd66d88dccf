/**
 * While loops: a program that runs as long as a condition, another program, holds.
 *
 * @module
 */
import type { View } from "../../view.ts";
import type { Operand, Program } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/**
 * A body that runs as long as the result of the condition, an array of one element, is not 0. The parameters of both
 * programs are the carry and the constants of the loop; the results of the body are the next carry, and those of the
 * operation are the final carry.
 */
export type WhileOperation = {
  readonly kind: "while";
  readonly condition: Program;
  readonly body: Program;
  /** The number of values in the carry. */
  readonly carries: number;
  /** The number of steps after which the loop stops in any case. */
  readonly maxSteps: number | undefined;
  /** The initial carry, and the constants of the loop. */
  readonly operands: readonly Operand[];
};

/** The kind of while loops. */
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
