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
  /** A number above those of all values: the next new one. */
  readonly next: number;
};

/**
 * A function from drafts to drafts that compute the same, up to rounding. It returns the same object if it changes nothing, and
 * takes time in proportion to the draft.
 */
export type Pass = (draft: Draft) => Draft;

/** Returns a program as a draft whose values keep their numbers. */
export function draftOf({ parameters, constants, instructions, results }: Program): Draft {
  let next = parameters.length;
  const numbered = constants.map((view) => ({ value: next++, view }));
  const steps = instructions.map(({ results, operation }): DraftInstruction => ({
    values: results.map(() => next++),
    results,
    operation,
  }));
  return { parameters, constants: numbered, steps, results, next };
}

/** Returns the types of all values of a draft, by number. */
export function typesOf({ parameters, constants, steps }: Draft): readonly ValueType[] {
  const types = [...parameters];
  for (const { value, view: { dtype, shape } } of constants) types[value] = { dtype, shape };
  for (const { values, results } of steps) for (let k = 0; k < values.length; k++) types[values[k]!] = results[k]!;
  return types;
}

/** Returns the program of a draft, with values numbered in order. */
export function programOf({ parameters, constants, steps, results }: Omit<Draft, "next">): Program {
  const numbers = new Map<number, number>();
  let isInOrder = true;
  const number = (value: number): void => {
    if (value !== numbers.size) isInOrder = false;
    numbers.set(value, numbers.size);
  };
  parameters.forEach((_, value) => number(value));
  constants.forEach(({ value }) => number(value));
  steps.forEach(({ values }) => values.forEach(number));
  const renumber = (operand: Operand): Operand => {
    const value = numbers.get(operand.value)!;
    return value === operand.value ? operand : { ...operand, value };
  };
  return {
    parameters,
    constants: constants.map(({ view }) => view),
    instructions: steps.map(({ results, operation }) => ({
      results,
      operation: isInOrder ? operation : mapOperands(operation, renumber),
    })),
    results: results.map((value) => numbers.get(value)!),
  };
}

/** Returns the instruction with another operation; the same object if the operation is the same. */
export function withOperation(step: DraftInstruction, operation: DraftInstruction["operation"]): DraftInstruction {
  return operation === step.operation ? step : { ...step, operation };
}

/** Returns a draft with other instructions, as many as before; the same draft if none is new. */
export function withSteps(draft: Draft, steps: readonly DraftInstruction[]): Draft {
  return steps.every((step, k) => step === draft.steps[k]) ? draft : { ...draft, steps };
}

/**
 * Replaces instructions of a draft by others.
 *
 * @param rewrite Returns what computes the results of an instruction in its place, with the same numbers; `undefined` keeps it.
 * It is also given a function that returns a new number of a value.
 * @returns The same draft if every instruction stays.
 */
export function rewriteSteps(
  draft: Draft,
  rewrite: (step: DraftInstruction, nextValue: () => number) => readonly DraftInstruction[] | undefined,
): Draft {
  let { next } = draft, changed = false;
  const steps = draft.steps.flatMap((step): readonly DraftInstruction[] => {
    const made = rewrite(step, () => next++);
    if (made !== undefined) changed = true;
    return made ?? [step];
  });
  return changed ? { ...draft, steps, next } : draft;
}
