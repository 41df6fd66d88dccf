/**
 * The derivative of a step that is folded: what the forward pass must keep of each step, and the step back.
 *
 * @module
 */
import { runAbstractly } from "../abstract_view.ts";
import { pullBack } from "../backward.ts";
import { add } from "../ops/arithmetic.ts";
import type { View } from "../../blas/view.ts";
import { type Tensor, variableOf } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";
import { type Equation, needed, type RecordedFunction, Recorder, replay, typeOf } from "./recorded_function.ts";

/** The step back, and where its arguments come from. Numbers of sequences and of captured tensors are those of the fold. */
export type Backward = {
  /**
   * From cotangents of the carry, sums of cotangents of captured tensors, cotangents of what was yielded, slices of
   * sequences, kept values and captured tensors, to cotangents of the carry that the step was given, sums, and cotangents of
   * slices.
   */
  readonly step: RecordedFunction;
  /** The captured tensors whose cotangents are summed. */
  readonly accumulated: readonly number[];
  /** The sequences whose slices are read. */
  readonly sliced: readonly number[];
  /** How many values of each step are kept. */
  readonly residuals: number;
  /** The captured tensors that are read. */
  readonly captured: readonly number[];
  /** The sequences whose cotangents are yielded. */
  readonly tracked: readonly number[];
};

/** Operations that cost nothing, so that what they are applied to is kept in place of their results. */
const VIEWS: ReadonlySet<string> = new Set(["reshape", "transpose", "broadcastTo", "alias"]);

/** What is differentiated: a step from carry, slices and captured tensors to the next carry and what is yielded. */
export type Step = { readonly step: RecordedFunction; readonly carries: number; readonly sequences: number };

/**
 * Differentiates a step.
 *
 * @param tracked For each argument whether derivatives with respect to it are wanted; the carry's always are.
 * @returns The step that also yields what is kept, and the step back.
 */
export function differentiateStep(
  { step, carries, sequences }: Step,
  tracked: readonly boolean[],
): { readonly forward: RecordedFunction; readonly backward: Backward } {
  const recorder = new Recorder("scanAlong"), inputs = step.inputs.map((view) => recorder.argument(typeOf(view)));
  const start = carries + sequences,
    numbers = (from: number, to: number): readonly number[] =>
      inputs.slice(from, to).flatMap((_, k) => tracked[from + k] ? [k] : []);
  const trackedSequences = numbers(carries, start), accumulated = numbers(start, inputs.length);
  const sums = accumulated.map((k) => recorder.argument(typeOf(inputs[start + k]!)));
  const { outputs, cotangents, boundary, returned } = runAbstractly(() => {
    const outputs = replay(step, inputs), boundary = recorder.equations.length;
    const cotangents = outputs.map((t) => recorder.argument(typeOf(t)));
    const wanted = [
      ...inputs.slice(0, carries),
      ...trackedSequences.map((k) => inputs[carries + k]!),
      ...accumulated.map((k) => inputs[start + k]!),
    ];
    const pulled = pullBack(seedsOf(outputs, cotangents), new Set(wanted));
    const cotangentOf = (t: Tensor): Tensor => pulled.get(t) ?? zeros(t.shape, { dtype: t.dtype });
    const returned = [
      ...inputs.slice(0, carries).map(cotangentOf),
      ...accumulated.map((k, i) => {
        const share = pulled.get(inputs[start + k]!);
        return share === undefined ? sums[i]! : add(sums[i]!, share);
      }),
      ...trackedSequences.map((k) => cotangentOf(inputs[carries + k]!)),
    ];
    return { outputs, cotangents, boundary, returned };
  });
  const given = new Set([...cotangents, ...sums].map(({ view }) => view));
  const { equations, kept, places } = whatIsKept(
    { inputs: inputs.map(({ view }) => view), equations: recorder.equations.slice(0, boundary), outputs },
    { inputs: [], equations: recorder.equations.slice(boundary), outputs: returned },
    { given, carries, start },
  );
  const sliced = places.filter((k) => k < start).map((k) => k - carries);
  const captured = places.filter((k) => k >= start).map((k) => k - start);
  const forward = needed({
    inputs: inputs.map(({ view }) => view),
    equations: recorder.equations.slice(0, boundary),
    outputs: [...outputs, ...kept.map((view) => variableOf(view))],
  });
  const backward: RecordedFunction = {
    inputs: [
      ...[...cotangents.slice(0, carries), ...sums, ...cotangents.slice(carries)].map(({ view }) => view),
      ...sliced.map((k) => inputs[carries + k]!.view),
      ...kept,
      ...captured.map((k) => inputs[start + k]!.view),
    ],
    equations,
    outputs: returned,
  };
  return {
    forward,
    backward: { step: backward, accumulated, sliced, residuals: kept.length, captured, tracked: trackedSequences },
  };
}

/** Cotangents by tensor; what is returned twice gets both. */
function seedsOf(outputs: readonly Tensor[], cotangents: readonly Tensor[]): ReadonlyMap<Tensor, Tensor> {
  const seeds = new Map<Tensor, Tensor>();
  outputs.forEach((t, k) => {
    if (!t.requiresGrad) return;
    const present = seeds.get(t);
    seeds.set(t, present === undefined ? cotangents[k]! : add(present, cotangents[k]!));
  });
  return seeds;
}

type Borders = {
  /** What the step back is given by the steps that come after it. */
  readonly given: ReadonlySet<View>;
  readonly carries: number;
  /** The number of the first captured argument. */
  readonly start: number;
};

/**
 * Decides what is kept: what the step back reads of the forward pass, unless it is an argument that does not change, or
 * follows from such arguments alone, or from what is kept by merely seeing it otherwise.
 *
 * @returns The equations of the step back, those that are computed again among them; what is kept; and the numbers of the
 * sequences and captured arguments that are read.
 */
function whatIsKept(
  forward: RecordedFunction,
  { equations, outputs }: RecordedFunction,
  { given, carries, start }: Borders,
): { readonly equations: readonly Equation[]; readonly kept: readonly View[]; readonly places: readonly number[] } {
  const arguments_ = new Map(forward.inputs.map((view, k) => [view, k]));
  const makers = new Map(forward.equations.flatMap((equation) => equation.results.map((view) => [view, equation])));
  const changing = new Set(forward.inputs.slice(0, start));
  for (const { inputs, results } of forward.equations) {
    if (inputs.some(({ view }) => changing.has(view))) { for (const view of results) changing.add(view); }
  }
  const back = needed({ inputs: [], equations, outputs }).equations;
  const made = new Set([...given, ...back.flatMap(({ results }) => results)]);
  const again = new Set<Equation>(), kept = new Set<View>(), places = new Set<number>();
  const open = [...back.flatMap(({ inputs }) => inputs), ...outputs].map(({ view }) => view);
  for (let view = open.pop(); view !== undefined; view = open.pop()) {
    const place = arguments_.get(view), maker = makers.get(view);
    if (made.has(view) || kept.has(view)) continue;
    if (place !== undefined) {
      if (place < carries) kept.add(view);
      else places.add(place);
    } else if (maker !== undefined) {
      if (!VIEWS.has(maker.primitive.name) && maker.results.some((result) => changing.has(result))) kept.add(view);
      else if (!again.has(maker)) {
        again.add(maker);
        for (const input of maker.inputs) open.push(input.view);
      }
    }
  }
  return {
    equations: [...forward.equations.filter((equation) => again.has(equation)), ...back],
    kept: [...kept],
    places: [...places].sort((a, b) => a - b),
  };
}

/** The function with zeros in place of some arguments. */
export function withoutInputs(recorded: RecordedFunction, absent: readonly number[]): RecordedFunction {
  if (absent.length === 0) return recorded;
  const zerosFor = new Map(absent.map((k) => {
    const { shape, dtype } = recorded.inputs[k]!;
    return [recorded.inputs[k]!, zeros(shape, { dtype })];
  }));
  const replace = (t: Tensor): Tensor => zerosFor.get(t.view) ?? t;
  return {
    inputs: recorded.inputs.filter((_, k) => !absent.includes(k)),
    equations: recorded.equations.map((equation) => ({ ...equation, inputs: equation.inputs.map(replace) })),
    outputs: recorded.outputs.map(replace),
  };
}
