/**
 * Dead code: what no result depends on.
 *
 * @module
 */
import { operandsOf } from "../operands.ts";
import type { Loop, Operation, Program } from "../program.ts";
import { type DraftInstruction, draftOf, programOf } from "./draft.ts";
import { tidyLoop } from "./loops.ts";

/**
 * Leaves out instructions, results of loops and constants that nothing needs. Functions that run outside count as pure: one
 * whose result is not needed does not run.
 */
export function removeDeadCode(program: Program): Program {
  const draft = draftOf(program), live = new Set(draft.results), kept: DraftInstruction[] = [];
  let changed = false;
  for (let k = draft.steps.length - 1; k >= 0; k--) {
    const step = draft.steps[k]!, needed = step.values.filter((value) => live.has(value)).length;
    if (needed === 0) {
      changed = true;
      continue;
    }
    const left = needed === step.values.length ? step : withoutResults(step, (value) => live.has(value));
    if (left !== step) changed = true;
    kept.push(left);
    for (const { value } of operandsOf(left.operation)) live.add(value);
  }
  const constants = draft.constants.filter(({ value }) => live.has(value));
  if (!changed && constants.length === draft.constants.length) return program;
  return programOf({ ...draft, constants, steps: kept.reverse() });
}

/** A step of which some results are not wanted. */
function withoutResults(step: DraftInstruction, isWanted: (value: number) => boolean): DraftInstruction {
  const wanted = step.values.map(isWanted);
  const operation = withoutExpressions(step.operation, wanted);
  return {
    values: step.values.filter((_, k) => wanted[k]),
    results: step.results.filter((_, k) => wanted[k]),
    operation,
  };
}

function withoutExpressions(operation: Operation, wanted: readonly boolean[]): Operation {
  const shorten = (loop: Loop): Loop =>
    tidyLoop({ ...loop, expressions: loop.expressions.filter((_, k) => wanted[k]) });
  if (operation.kind === "map") return { ...operation, loop: shorten(operation.loop) };
  return "epilogue" in operation && operation.epilogue !== undefined
    ? { ...operation, epilogue: shorten(operation.epilogue) }
    : operation;
}
