/**
 * Loops whose length is not known beforehand.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { isRunningAbstractly } from "../abstract_view.ts";
import { checkFunction, checkTensor } from "../arguments.ts";
import { stopGradient } from "../stop_gradient.ts";
import { type Tensor, variableOf } from "../tensor.ts";
import { toNumber } from "../values/read.ts";
import { applyBranch } from "./branch_primitive.ts";
import { checkPredicate } from "./cond.ts";
import { record, type Recording, replay, typeOf, withSharedInputs } from "./recorded_function.ts";
import { applyScan } from "./scan_primitive.ts";
import { leavesOf, likeLeaves, type LoopTree, withTensors } from "./tensor_leaves.ts";
import { applyWhile, ended, refusingDerivatives } from "./while_primitive.ts";

/** The options of {@link whileLoop}. */
export type WhileLoopOptions = {
  /** The largest number of steps; with it, the loop can be differentiated. */
  readonly maxSteps?: number | undefined;
};

const ACTION = "apply whileLoop";

/**
 * Runs a function repeatedly as long as a condition holds.
 *
 * A plain call is an ordinary loop; in a compiled function it is one instruction. Without `maxSteps` it cannot be
 * differentiated in reverse mode, since there is no bound on the values that its steps would have to keep. `scanAlong`
 * is for loops whose length is known.
 *
 * @param condition A function from the carry to a tensor of one element; 0 ends the loop.
 * @param body A function from the carry to the next one, of the same structure, shapes and dtypes.
 * @param carry A tree of tensors and keys.
 * @param options `maxSteps`: the largest number of steps. A compiled function that is differentiated always runs that
 * many, of which those after the end do nothing.
 * @returns The carry for which the condition does not hold.
 * @throws {RangeError} If the condition still holds after `maxSteps` steps.
 * @throws {TypeError} If `body` returns a carry unlike the one that it was given; the message names the path.
 *
 * @example Newton's method for the square root of 2
 * ```ts
 * import { abs, add, div, greater, mul, square, sub, tensor64, toNumber, whileLoop } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const two = tensor64(2);
 * const root = whileLoop(
 *   (x) => greater(abs(sub(square(x), two)), 1e-12),
 *   (x) => mul(add(x, div(two, x)), 0.5),
 *   tensor64(1),
 *   { maxSteps: 20 },
 * );
 * assertAlmostEquals(toNumber(root), Math.SQRT2, 1e-12);
 * ```
 */
export function whileLoop<C extends LoopTree<C>>(
  condition: (carry: C) => Tensor,
  body: (carry: C) => C,
  carry: C,
  options: WhileLoopOptions = {},
): C {
  checkFunction(ACTION, "condition", condition);
  checkFunction(ACTION, "body", body);
  checkOptions(ACTION, options, { maxSteps: true });
  const { maxSteps } = options;
  if (maxSteps !== undefined && !(Number.isInteger(maxSteps) && maxSteps >= 0)) {
    throw new RangeError(
      `Cannot ${ACTION} with maxSteps ${describe(maxSteps)}: it must be a whole number of 0 or more; round it`,
    );
  }
  const words = { action: ACTION, subject: "carry" }, leaves = leavesOf(words, carry);
  const holds = (tensors: readonly Tensor[]): Tensor => {
    const answer = condition(withTensors(carry, tensors));
    checkTensor(`${ACTION} with a condition that returns something else`, answer);
    checkPredicate("whileLoop", answer);
    return answer;
  };
  const next = (tensors: readonly Tensor[]): readonly Tensor[] =>
    likeLeaves({ ...words, wanted: "the function was given" }, leaves, body(withTensors(carry, tensors)));
  const run = isRunningAbstractly() ? runRecorded : runPlainly;
  return withTensors(carry, run({ holds, next, given: leaves.map(({ tensor }) => tensor), maxSteps }));
}

type Loop = {
  readonly holds: (carry: readonly Tensor[]) => Tensor;
  readonly next: (carry: readonly Tensor[]) => readonly Tensor[];
  readonly given: readonly Tensor[];
  readonly maxSteps: number | undefined;
};

function runPlainly({ holds, next, given, maxSteps }: Loop): readonly Tensor[] {
  const unbounded = maxSteps === undefined;
  let carry: readonly Tensor[] = unbounded ? given.map(stopGradient) : given, tracked: readonly Tensor[] = given;
  for (let step = 0; toNumber(holds(carry)) !== 0; step++) {
    if (step === maxSteps) throw endlessError(maxSteps);
    const returned = next(carry);
    if (unbounded && returned.some((t) => t.requiresGrad)) tracked = [...given, ...returned];
    carry = unbounded ? returned.map(stopGradient) : returned;
  }
  // Only one step was tracked: it leads to every tensor with respect to which a derivative may be requested.
  return unbounded && tracked.some((t) => t.requiresGrad) ? refusingDerivatives(carry, tracked) : carry;
}

/** Runs condition and body once for all steps. */
function runRecorded({ holds, next, given, maxSteps }: Loop): readonly Tensor[] {
  const types = given.map(typeOf), count = given.length;
  const condition = record("whileLoop", types, (inputs) => [holds(inputs)]);
  const body = record("whileLoop", types, next, { whole: true }); // it may not run at all
  const captured = [...condition.captured, ...body.captured], operands = [...given, ...captured];
  const found = maxSteps !== undefined && operands.some((t) => t.requiresGrad)
    ? scanSteps(condition, body, { given, captured, maxSteps })
    : applyWhile({ functions: withSharedInputs([condition, body], count), carries: count, maxSteps }, operands);
  if (maxSteps === undefined) return found;
  const [still] = replay(condition.recorded, [...found.map(stopGradient), ...condition.captured.map(stopGradient)]);
  return ended(found, still!, () => endlessError(maxSteps));
}

type Bounded = {
  readonly given: readonly Tensor[];
  readonly captured: readonly Tensor[];
  readonly maxSteps: number;
};

/** Runs `maxSteps` steps, of which those after the end do nothing. */
function scanSteps(condition: Recording, body: Recording, { given, captured, maxSteps }: Bounded): readonly Tensor[] {
  const count = given.length, split = count + condition.captured.length;
  const types = [...given, ...captured].map(typeOf);
  const { recorded } = record("whileLoop", types, (all) => {
    const [holds] = replay(condition.recorded, [...all.slice(0, count), ...all.slice(count, split)]);
    const carry = all.slice(0, count), inputs = [...carry, ...all.slice(split)], views = inputs.map(({ view }) => view);
    const stay = {
      inputs: body.recorded.inputs,
      equations: [],
      outputs: body.recorded.inputs.slice(0, count).map(variableOf),
    };
    const tracked = views.map(() => true), branches = [body.recorded, stay];
    return applyBranch({ name: "whileLoop", branches, tracked }, [stopGradient(holds!), ...inputs]);
  });
  return applyScan({ step: recorded, carries: count, sequences: 0, length: maxSteps, reverse: false }, [
    ...given,
    ...captured,
  ]);
}

const endlessError = (maxSteps: number): RangeError =>
  new RangeError(
    `Cannot apply whileLoop: the condition still holds after ${maxSteps} steps: it must end by then; raise maxSteps, or ` +
      "correct the condition",
  );
