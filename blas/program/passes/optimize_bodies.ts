/**
 * Programs inside instructions: each is optimized by itself, and invariant instructions move out of it.
 *
 * @module
 */
import { plainOperand } from "../operand.ts";
import type { Operation, Program } from "../program.ts";
import { bodiesOf, withBodies } from "../bodies.ts";
import { type Draft, type DraftInstruction, draftOf, programOf, withOperation } from "./draft.ts";
import { hoistInvariants } from "./hoist_invariants.ts";
import { moveProducts } from "./loop_products.ts";
import { renumbered, trimBodies } from "./trim_bodies.ts";

/**
 * Optimizes the programs that instructions hold, and makes their constants operands of the instruction: all runs of the
 * program then share one array. Arguments that they do not need are left out.
 *
 * @param optimize Optimizes a program; called once for each.
 * @param clean Called for each program before, so that its invariant instructions are found.
 */
export function optimizeBodies(
  draft: Draft,
  optimize: (body: Program) => Program,
  clean: (body: Program) => Program = (body) => body,
): Draft {
  if (draft.steps.every(({ operation }) => bodiesOf(operation).length === 0)) return draft;
  let { next } = draft;
  const constants: Draft["constants"][number][] = [...draft.constants];
  let changed = false;
  const steps = draft.steps.flatMap((step): readonly DraftInstruction[] => {
    const bodies = bodiesOf(step.operation);
    if (bodies.length === 0) return [step];
    if (bodies.every((body) => done.has(body))) {
      const operation = trimBodies(step.operation);
      if (operation !== step.operation) changed = true;
      return [withOperation(step, operation)];
    }
    changed = true;
    const before: DraftInstruction[] = [];
    /** Returns the operation with other programs, whose constants and invariant instructions have moved out. */
    const replaced = (operation: Operation, bodies: readonly Program[]): Operation => {
      const moved = bodies.flatMap((body) => body.constants).map((view) => ({ value: next++, view }));
      constants.push(...moved);
      const operands = moved.map(({ value, view }) => plainOperand(value, view.shape));
      const whole = withBodies(operation, withoutConstants(bodies), operands);
      const hoisted = hoistInvariants(whole, () => next++);
      before.push(...hoisted.steps);
      return withBodies(whole, hoisted.bodies, hoisted.operands);
    };
    const each = (pass: (body: Program) => Program) => (body: Program): Program => done.has(body) ? body : pass(body);
    // Once before loops are fused, which joins invariant instructions with others; and once after, for what inner loops have moved out.
    const apart = replaced(step.operation, bodies.map(each(clean)));
    const moved = moveProducts({ ...step, operation: apart }, () => next++);
    before.push(...moved.before);
    const operation = trimBodies(replaced(moved.step.operation, bodiesOf(moved.step.operation).map(each(optimize))));
    for (const body of bodiesOf(operation)) done.add(body);
    return [...before, { ...moved.step, operation }, ...moved.after];
  });
  return changed ? { ...draft, constants, steps, next } : draft;
}

/** Programs that need not be optimized again. */
const done = new WeakSet<Program>();

/** Returns the programs with equal parameters, the last of which stand for the constants of all of them. */
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
    return programOf({ ...result, parameters: [...body.parameters, ...types], constants: [] });
  });
}
