/**
 * The batching rules of loops and branches: their functions are run once for all examples.
 *
 * @module
 */
import type { ValueType } from "../../blas/program/program.ts";
import type { BatchContext, BatchOperand, BatchResult } from "../batch.ts";
import { sub } from "../ops/arithmetic.ts";
import { cast } from "../ops/cast.ts";
import { where } from "../ops/choice.ts";
import { equal } from "../ops/comparison.ts";
import { reshape } from "../ops/reshape.ts";
import { sum } from "../ops/sum.ts";
import { transpose } from "../ops/transpose.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import {
  record,
  type RecordedFunction,
  type Recording,
  replay,
  typeOf,
  withSharedInputs,
} from "./recorded_function.ts";

type Context<A> = BatchContext<A, readonly Tensor[]>;

/** Returns the types of a recorded function's arguments for batches. */
const typesOf = (views: RecordedFunction["inputs"], isBatched: readonly boolean[], size: number): ValueType[] =>
  views.map((view, k) => {
    const { dtype, shape } = typeOf(view);
    return { dtype, shape: isBatched[k] ? [size, ...shape] : shape };
  });

/** A function of batches, and which of its results are batched. */
type BatchRecording = Recording & { readonly isBatched: readonly boolean[] };

/**
 * Records a function of single examples for batches.
 *
 * @param forced The results that are repeated if they are the same for all examples.
 * @param whole Whether everything is computed inside, since the function may not run at all.
 */
function recordBatched<A>(
  name: string,
  views: RecordedFunction["inputs"],
  flags: readonly boolean[],
  { size, map, repeated }: Context<A>,
  f: (examples: readonly Tensor[]) => readonly Tensor[],
  forced: (k: number) => boolean,
  whole = true,
): BatchRecording {
  let isBatched: readonly boolean[] = [];
  const recording = record(name, typesOf(views, flags, size), (inputs) => {
    const results = map(inputs.map((tensor, k) => ({ tensor, isBatched: flags[k]! })), f);
    isBatched = results.map((result, k) => result.isBatched || forced(k));
    return results.map((result, k) => isBatched[k] ? repeated(result) : result.tensor);
  }, { whole });
  return { ...recording, isBatched };
}

/** Finds which tensors of a carry differ between examples: those that do so at first, and those that do so after some steps. */
function stableFlags<R extends { readonly isBatched: readonly boolean[] }>(
  start: readonly boolean[],
  attempt: (flags: readonly boolean[]) => R,
): { readonly flags: readonly boolean[]; readonly found: R } {
  for (let flags = start;;) {
    const found = attempt(flags), next = flags.map((is, k) => is || found.isBatched[k]!);
    if (next.every((is, k) => is === flags[k])) return { flags, found };
    flags = next;
  }
}

/** Returns an operand, as a batch if it must be one. */
const asFlagged = (operand: BatchOperand, isBatched: boolean): Tensor => isBatched ? operand.whole() : operand.tensor;

/** Returns `[size, length, ...]` as `[length, size, ...]`, or the other way round. */
const toSteps = (t: Tensor): Tensor => transpose(t, [1, 0, ...innerShape(t).slice(2).map((_, k) => k + 2)]);

/** The attributes of a scan that its rule needs. */
type ScanFacts = {
  readonly step: RecordedFunction;
  readonly carries: number;
  readonly sequences: number;
};

/** The batching rule of a scan: one scan, each step of which computes the step of all examples. */
export function batchScan<A extends ScanFacts>(
  operands: readonly BatchOperand[],
  context: Context<A>,
): readonly Tensor[] {
  const { attributes, repeated, again } = context,
    { step, carries, sequences } = attributes,
    start = carries + sequences;
  const others = operands.slice(carries).map(({ isBatched }) => isBatched);
  const { flags, found: { recorded, captured, isBatched } } = stableFlags(
    operands.slice(0, carries).map((operand) => operand.isBatched),
    (flags) =>
      recordBatched(
        "scanAlong",
        step.inputs,
        [...flags, ...others],
        context,
        (examples) => replay(step, examples),
        (k) => k < carries && flags[k]!,
        false,
      ),
  );
  const given = [
    ...operands.slice(0, carries).map((operand, k) => asFlagged(operand, flags[k]!)),
    // The first axis is that of the examples, but a scan runs along the first axis.
    ...operands.slice(carries, start).map(({ tensor, isBatched }) => isBatched ? toSteps(tensor) : tensor),
    ...operands.slice(start).map(({ tensor }) => tensor),
  ];
  return again({ ...attributes, step: recorded }, [...given, ...captured]).map((tensor, k) =>
    k < carries || !isBatched[k] ? repeated({ tensor, isBatched: k < carries ? flags[k]! : false }) : toSteps(tensor)
  );
}

/** Returns 1 where a tensor is not 0, and 0 elsewhere. */
const isTrue = (t: Tensor): Tensor => sub(1, equal(t, 0));

/** The attributes of a while loop that its rule needs. */
type WhileFacts = { readonly functions: readonly RecordedFunction[]; readonly carries: number };

/** The batching rule of a while loop: it runs until all examples are done; examples that are done stay as they are. */
export function batchWhile<A extends WhileFacts>(
  operands: readonly BatchOperand[],
  context: Context<A>,
): readonly Tensor[] {
  const { attributes, repeated, again } = context, { functions, carries } = attributes;
  const [condition, body] = functions as readonly [RecordedFunction, RecordedFunction]; // a while loop has these two
  const others = operands.slice(carries).map(({ isBatched }) => isBatched), views = condition.inputs;
  const holds = (examples: readonly Tensor[]): Tensor => isTrue(reshape(replay(condition, examples)[0]!, []));
  const { flags, found } = stableFlags(operands.slice(0, carries).map(({ isBatched }) => isBatched), (flags) => {
    const all = [...flags, ...others];
    const test = recordBatched("whileLoop", views, all, context, (examples) => [holds(examples)], () => false);
    const isForEach = test.isBatched[0]!; // whether some examples are done before others
    const step = recordBatched("whileLoop", views, all, context, (examples) => {
      const next = replay(body, examples);
      if (!isForEach) return next;
      const goesOn = holds(examples);
      return next.map((t, k) => where(cast(goesOn, t.dtype), t, examples[k]!));
    }, (k) => flags[k]!);
    return { test, step, isForEach, isBatched: step.isBatched };
  });
  const { test, step, isForEach } = found;
  const any = record("whileLoop", typesOf(views, [...flags, ...others], context.size), (inputs) => {
    const [answer] = replay(test.recorded, [...inputs, ...test.captured]);
    return [isForEach ? sum(answer!) : answer!];
  });
  const given = [
    ...operands.slice(0, carries).map((operand, k) => asFlagged(operand, flags[k]!)),
    ...operands.slice(carries).map(({ tensor }) => tensor),
  ];
  const recordings = [any, step], captured = recordings.flatMap((recording) => recording.captured);
  return again({ ...attributes, functions: withSharedInputs(recordings, given.length) }, [...given, ...captured]).map((
    tensor,
    k,
  ) => repeated({ tensor, isBatched: flags[k]! }));
}

/** The attributes of a branch that its rule needs. */
type BranchFacts = { readonly branches: readonly RecordedFunction[]; readonly tracked: readonly boolean[] };

/**
 * The batching rule of a branch: one branch, if the predicate is the same for all examples; otherwise all functions are
 * run, and each example takes the results of its function.
 */
export function batchBranch<A extends BranchFacts & { readonly name: string }>(
  operands: readonly BatchOperand[],
  context: Context<A>,
): readonly Tensor[] {
  const { attributes, map, repeated, again, withOwnDerivative } = context, { name, branches } = attributes;
  const start = branches.length - 1;
  if (start > 0 && operands[0]!.isBatched) {
    const constants = operands.map(({ tensor, isBatched }): BatchResult => ({
      tensor: stopGradient(tensor),
      isBatched,
    }));
    const chosen = map(constants, ([predicate, ...given]) => {
      const isFirst = isTrue(reshape(predicate!, [])), [a, b] = branches.map((branch) => replay(branch, given));
      return a!.map((t, k) => where(cast(isFirst, t.dtype), t, b![k]!));
    });
    return withOwnDerivative(chosen.map(repeated));
  }
  const given = operands.slice(start), flags = given.map(({ isBatched }) => isBatched);
  const recordings = branches.map((branch) =>
    recordBatched(name, branch.inputs, flags, context, (examples) => replay(branch, examples), () => true)
  );
  const all = [
    ...given.map(({ tensor }) => tensor),
    ...recordings.flatMap(({ captured }) => captured),
  ];
  const functions = withSharedInputs(recordings, given.length), tracked = all.map((t) => t.requiresGrad);
  const predicates = operands.slice(0, start).map(({ tensor }) => tensor);
  return again({ ...attributes, branches: functions, tracked }, [...predicates, ...all]);
}

/** The batching rule of the end of a loop: 0, once it is certain that the loops of all examples have ended. */
export const batchEnd = <A>(
  [still]: readonly BatchOperand[],
  { attributes, again, repeated }: BatchContext<A, Tensor>,
): Tensor => repeated({ tensor: again(attributes, [sum(isTrue(still!.tensor))]), isBatched: false });

/** The batching rule of waiting: the result has the shape of the first operand. */
export const batchWait = (
  [t, zero]: readonly BatchOperand[],
  { attributes, again }: BatchContext<Readonly<Record<never, never>>, Tensor>,
): Tensor => again(attributes, [t!.whole(), zero!.aligned(t!.shape.length)]);
