/**
 * Order: who else reads a parameter comes before what computes a result from it.
 *
 * @module
 */
import { operandsOf } from "../operands.ts";
import type { Program } from "../program.ts";
import { draftOf, programOf, type Step } from "./draft.ts";

/**
 * Moves instructions that give nothing but results of the program, such as new weights, behind all others that read the same
 * parameters: the results can then take the parameters' places.
 */
export function orderUpdates(program: Program): Program {
  const draft = draftOf(program), read = new Set<number>(), parameterCount = program.parameters.length;
  const reads = draft.steps.map(({ operation }) => new Set(operandsOf(operation).map(({ value }) => value)));
  for (const values of reads) for (const value of values) read.add(value);
  const isUpdate = ({ values }: Step): boolean => !values.some((value) => read.has(value));

  /** For each parameter: how many instructions that are no updates have yet to read it. */
  const pending = new Map<number, number>();
  draft.steps.forEach((step, k) => {
    if (isUpdate(step)) return;
    for (const value of reads[k]!) if (value < parameterCount) pending.set(value, (pending.get(value) ?? 0) + 1);
  });
  const order: Step[] = [], waiting = new Map<Step, Set<number>>();
  const release = (value: number): void => {
    const left = pending.get(value)! - 1;
    pending.set(value, left);
    if (left > 0) return;
    for (const [step, parameters] of waiting) {
      parameters.delete(value);
      if (parameters.size > 0) continue;
      order.push(step);
      waiting.delete(step);
    }
  };
  draft.steps.forEach((step, k) => {
    const parameters = [...reads[k]!].filter((value) => value < parameterCount);
    if (isUpdate(step)) {
      const awaited = parameters.filter((value) => (pending.get(value) ?? 0) > 0);
      if (awaited.length === 0) order.push(step);
      else waiting.set(step, new Set(awaited));
      return;
    }
    order.push(step);
    parameters.forEach(release);
  });
  return order.every((step, k) => step === draft.steps[k]) ? program : programOf({ ...draft, steps: order });
}
