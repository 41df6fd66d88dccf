/**
 * Choices: one of two programs, as a number says; or one program that is kept apart from those around it.
 *
 * @module
 */
import type { Operand, Program } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/** One of some programs, which have the same parameters and results. */
export type BranchOperation = {
  readonly kind: "branch";
  /** A program that is always run, or one for any number but 0 and one for 0. */
  readonly branches: readonly Program[];
  /** The number, of one element, where there are two programs; then what they are given. */
  readonly operands: readonly Operand[];
};

/** The kind. */
export const branchKind: OperationKind<BranchOperation> = {
  operands: ({ operands }) => operands,
  withOperands: (operation, operands) => ({ ...operation, operands }),
  compute: ({ branches, operands }, { view, interpret }) => {
    const inputs = operands.map(view), start = branches.length - 1;
    const chosen = start === 0 || inputs[0]!.get(...inputs[0]!.shape.map(() => 0)) !== 0 ? 0 : 1;
    return interpret(branches[chosen]!, inputs.slice(start));
  },
  key: () => undefined,
  format: ({ branches, operands }, write) => [
    `branch of ${operands.map(write.operand).join(" ")}`,
    ...branches.flatMap(write.program),
  ],
  flops: () => 0,
  work: () => Infinity,
  withResults: (operation, wanted) => ({
    ...operation,
    branches: operation.branches.map((branch) => ({ ...branch, results: branch.results.filter((_, k) => wanted[k]) })),
  }),
  epilogueShape: () => undefined,
  anyShape: false,
};
