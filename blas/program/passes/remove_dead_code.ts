/**
 * Dead code: instructions and values that no result depends on.
 *
 * @module
 */
import { exchanges } from "../bodies.ts";
import { mapLoops, operandsOf } from "../operands.ts";
import { kindOf } from "../operations/mod.ts";
import type { Operation } from "../program.ts";
import type { Draft, DraftInstruction } from "./draft.ts";
import { tidyLoop } from "./loops.ts";

/**
 * Removes instructions, results of loops and constants that nothing needs. Host functions count as pure: one whose
 * result is not needed does not run. Exchanges act on more than their results, and stay, as do loops that hold them.
 */
export function removeDeadCode(draft: Draft): Draft {
  const live = new Set(draft.results), kept: DraftInstruction[] = [];
  let changed = false;
  for (let k = draft.steps.length - 1; k >= 0; k--) {
    const step = draft.steps[k]!, needed = step.values.filter((value) => live.has(value)).length;
    if (needed === 0 && !exchanges(step.operation)) {
      changed = true;
      continue;
    }
    const isWhole = needed === 0 || needed === step.values.length;
    const left = isWhole ? step : withoutResults(step, (value) => live.has(value));
    if (left !== step) changed = true;
    kept.push(left);
    for (const { value } of operandsOf(left.operation)) live.add(value);
  }
  const constants = draft.constants.filter(({ value }) => live.has(value));
  if (!changed && constants.length === draft.constants.length) return draft;
  return { ...draft, constants, steps: kept.reverse() };
}

/** Returns an instruction without the results that are not wanted; the same object if it must compute all of them. */
function withoutResults(step: DraftInstruction, isWanted: (value: number) => boolean): DraftInstruction {
  const wanted = step.values.map(isWanted), operation = withResults(step.operation, wanted);
  if (operation === undefined) return step;
  return {
    values: step.values.filter((_, k) => wanted[k]),
    results: step.results.filter((_, k) => wanted[k]),
    operation: mapLoops(operation, tidyLoop),
  };
}

function withResults(operation: Operation, wanted: readonly boolean[]): Operation | undefined {
  if (!("epilogue" in operation) || operation.epilogue === undefined) {
    return kindOf(operation).withResults(operation, wanted);
  }
  const { epilogue } = operation;
  return { ...operation, epilogue: { ...epilogue, expressions: epilogue.expressions.filter((_, k) => wanted[k]) } };
}
