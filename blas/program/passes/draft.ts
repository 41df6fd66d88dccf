/**
 * Programs while a pass changes them: values keep their numbers when instructions are added or removed.
 *
 * @module
 */
import type { View } from "../../view.ts";
import { mapOperands } from "../operands.ts";
import type { Instruction, Operand, Program, ValueType } from "../program.ts";

/** An instruction together with the numbers of its results. */
export type DraftInstruction = Instruction & { readonly values: readonly number[] };

/** A program whose values may have any distinct numbers. */
export type Draft = {
  /** Values 0, 1, …. */
  readonly parameters: readonly ValueType[];
  readonly constants: readonly { readonly value: number; readonly view: View }[];
  readonly steps: readonly DraftInstruction[];
  readonly results: readonly number[];
};

/** Returns a program as a draft whose values keep their numbers. */
export function draftOf({ parameters, constants, instructions, results }: Program): Draft {
  let next = parameters.length;
  return {
    parameters,
    constants: constants.map((view) => ({ value: next++, view })),
    steps: instructions.map((instruction) => ({ ...instruction, values: instruction.results.map(() => next++) })),
    results,
  };
}

/** Returns the program of a draft, with values numbered in order. */
export function programOf({ parameters, constants, steps, results }: Draft): Program {
  const numbers = new Map<number, number>();
  parameters.forEach((_, value) => numbers.set(value, value));
  for (const { value } of constants) numbers.set(value, numbers.size);
  for (const { values } of steps) for (const value of values) numbers.set(value, numbers.size);
  const renumber = (operand: Operand): Operand => {
    const value = numbers.get(operand.value)!;
    return value === operand.value ? operand : { ...operand, value };
  };
  return {
    parameters,
    constants: constants.map(({ view }) => view),
    instructions: steps.map(({ results, operation }) => ({ results, operation: mapOperands(operation, renumber) })),
    results: results.map((value) => numbers.get(value)!),
  };
}

/** Returns the instruction with another operation; the same object if the operation is the same. */
export function withOperation(step: DraftInstruction, operation: DraftInstruction["operation"]): DraftInstruction {
  return operation === step.operation ? step : { ...step, operation };
}

/**
 * Replaces instructions of a program by others.
 *
 * @param rewrite Returns what computes the results of an instruction in its place, with the same numbers; `undefined` keeps it.
 * It is also given a function that returns a new number of a value.
 * @returns The same program if every instruction stays.
 */
export function rewriteSteps(
  program: Program,
  rewrite: (step: DraftInstruction, nextValue: () => number) => readonly DraftInstruction[] | undefined,
): Program {
  const draft = draftOf(program);
  let next = draft.parameters.length + draft.constants.length +
    draft.steps.reduce((n, { values }) => n + values.length, 0);
  let changed = false;
  const steps = draft.steps.flatMap((step): readonly DraftInstruction[] => {
    const made = rewrite(step, () => next++);
    if (made !== undefined) changed = true;
    return made ?? [step];
  });
  return changed ? programOf({ ...draft, steps }) : program;
}
