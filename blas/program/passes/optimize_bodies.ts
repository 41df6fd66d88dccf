/**
 * Programs inside instructions: each is optimized by itself, and what is the same in every run of it moves out.
 *
 * @module
 */
import { plainOperand } from "../operand.ts";
import type { Program } from "../program.ts";
import { bodiesOf, withBodies } from "../bodies.ts";
import { type Draft, draftOf, programOf, withOperation } from "./draft.ts";
import { renumbered, trimBodies } from "./trim_bodies.ts";

/**
 * Optimizes the programs that instructions hold, and makes their constants operands of the instruction: all runs of the
 * program then share one array. What they are given in vain is left out.
 *
 * @param optimize What is done to each, once.
 */
export function optimizeBodies(program: Program, optimize: (body: Program) => Program): Program {
  const draft = draftOf(program);
  let next = [...draft.constants, ...draft.steps.flatMap(({ values }) => values.map((value) => ({ value })))]
    .reduce((most, { value }) => Math.max(most, value + 1), program.parameters.length);
  const constants: Draft["constants"][number][] = [...draft.constants];
  let changed = false;
  const steps = draft.steps.map((step) => {
    const bodies = bodiesOf(step.operation);
    if (bodies.length === 0) return step;
    const optimized = bodies.map((body) => {
      if (done.has(body)) return body;
      const result = optimize(body);
      done.add(result);
      return result;
    });
    if (optimized.every((body, k) => body === bodies[k] && body.constants.length === 0)) {
      const operation = trimBodies(step.operation);
      if (operation !== step.operation) changed = true;
      return withOperation(step, operation);
    }
    changed = true;
    const moved = optimized.flatMap((body) => body.constants).map((view) => ({ value: next++, view }));
    constants.push(...moved);
    const operands = moved.map(({ value, view }) => plainOperand(value, view.shape));
    return { ...step, operation: trimBodies(withBodies(step.operation, withoutConstants(optimized), operands)) };
  });
  return changed ? programOf({ ...draft, constants, steps }) : program;
}

/** Programs that need not be optimized again. */
const done = new WeakSet<Program>();

/** Programs with the same parameters, of which the last ones stand for the constants of all of them. */
function withoutConstants(bodies: readonly Program[]): readonly Program[] {
  const types = bodies.flatMap(({ constants }) => constants.map(({ dtype, shape }) => ({ dtype, shape })));
  let before = 0;
  return bodies.map((body) => {
    const draft = draftOf(body), count = body.parameters.length, own = new Map<number, number>();
    body.constants.forEach((_, k) => own.set(count + k, before + k));
    before += body.constants.length;
    if (types.length === 0) return body;
    const result = renumbered({ ...draft, constants: [] }, (value) => {
      const constant = own.get(value);
      return value < count ? value : constant !== undefined ? count + constant : value + types.length;
    });
    const program = programOf({ ...result, parameters: [...body.parameters, ...types], constants: [] });
    done.add(program);
    return program;
  });
}
