/**
 * Conditionals: one of two programs, chosen by a number; or a single program that is kept separate from its surroundings.
 *
 * @module
 */
import type { Operand, Program } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/** Runs one of several programs, which have the same parameters and results. */
export type BranchOperation = {
  readonly kind: "branch";
  /** A single program, which always runs; or two: the first runs if the number is not 0, the second if it is 0. */
  readonly branches: readonly Program[];
  /** The number, an array of one element, if there are two programs; then the arguments of the programs. */
  readonly operands: readonly Operand[];
};

/** The kind of conditionals. */
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
