/**
 * The derivative of the step of a scan: the values that the forward pass keeps of each step, and the backward step.
 *
 * @module
 */
import { runAbstractly } from "../abstract_view.ts";
import { pullBack } from "../backward.ts";
import { add } from "../ops/arithmetic.ts";
import type { View } from "../../blas/view.ts";
import { type Tensor, variableOf } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";
import { type Deferred, deferredSum } from "./scan_deferral.ts";
import { type Equation, needed, type RecordedFunction, Recorder, replay, typeOf } from "./recorded_function.ts";

/** The backward step, and the origins of its arguments. Sequences and captured tensors are numbered as in the scan. */
export type Backward = {
  /**
   * A function from the cotangents of the carry, the sums of cotangents of captured tensors, the cotangents of the
   * outputs, slices of sequences, kept values and captured tensors, to the cotangents of the step's incoming carry, the
   * new sums, and the cotangents of slices.
   */
  readonly step: RecordedFunction;
  /** The captured tensors whose cotangents are summed step by step. */
  readonly accumulated: readonly number[];
  /** The captured tensors whose cotangents are summed after the last step. */
  readonly deferred: readonly { readonly captured: number; readonly sum: Deferred }[];
  /** The values of the forward pass that are kept, in this order. */
  readonly kept: readonly View[];
  /** The additional outputs, after the cotangents of slices, from which sums are computed after the last step. */
  readonly yielded: readonly View[];
  /** The views that stand for the slices and for their cotangents, for the same sums. */
  readonly slices: readonly View[];
  readonly cotangents: readonly View[];
  /** The sequences whose slices are read. */
  readonly sliced: readonly number[];
  /** The number of values of each step that are kept. */
  readonly residuals: number;
  /** The captured tensors that are read. */
  readonly captured: readonly number[];
  /** The sequences whose cotangents are outputs. */
  readonly tracked: readonly number[];
};

/** Operations that cost nothing, so that their operands are kept in place of their results. */
const VIEWS: ReadonlySet<string> = new Set(["reshape", "transpose", "broadcastTo", "alias"]);

/** The step to differentiate: from carry, slices and captured tensors to the next carry and the outputs. */
export type ScanStep = { readonly step: RecordedFunction; readonly carries: number; readonly sequences: number };

/**
 * Differentiates a step.
 *
 * @param tracked For each argument, whether derivatives with respect to it are needed; those of the carry always are.
 * @returns The step that also returns the values to keep, and the backward step.
 */
export function differentiateStep(
  fold: ScanStep,
  tracked: readonly boolean[],
): { readonly forward: RecordedFunction; readonly backward: Backward } {
  const { carries, sequences } = fold, recorder = new Recorder("scanAlong"), start = carries + sequences;
  const pulled = pullStepBack(recorder, fold, tracked), { inputs, outputs, cotangents, boundary } = pulled;
  const views = inputs.map(({ view }) => view), equations = recorder.equations;
  const { deferred, yielded, kept: stacked } = deferredSums(pulled, equations, start);
  const accumulated = [...pulled.shares.keys()].filter((k) => deferred.every(({ captured }) => captured !== k));
  const { sums, added } = runAbstractly(() => {
    const sums = accumulated.map((k) => recorder.argument(typeOf(inputs[start + k]!)));
    return { sums, added: sums.map((t, i) => add(t, pulled.shares.get(accumulated[i]!)!)) };
  });
  const returned = [
    ...pulled.carried,
    ...added,
    ...[...pulled.sliced.values()],
    ...yielded.map((view) => variableOf(view)),
  ];
  const forward = { inputs: views, equations: equations.slice(0, boundary), outputs };
  const { again, kept, places } = whatIsKept(
    forward,
    { inputs: [], equations: recorder.equations.slice(boundary), outputs: returned },
    { given: new Set([...cotangents, ...sums].map(({ view }) => view)), carries, start },
    stacked,
  );
  const sliced = places.filter((k) => k < start).map((k) => k - carries);
  const captured = places.filter((k) => k >= start).map((k) => k - start);
  const step: RecordedFunction = {
    inputs: [
      ...[...cotangents.slice(0, carries), ...sums, ...cotangents.slice(carries)].map(({ view }) => view),
      ...sliced.map((k) => views[carries + k]!),
      ...kept,
      ...captured.map((k) => views[start + k]!),
    ],
    equations: again,
    outputs: returned,
  };
  return {
    forward: needed({ ...forward, outputs: [...outputs, ...kept.map((view) => variableOf(view))] }),
    backward: {
      step,
      accumulated,
      deferred,
      kept,
      yielded,
      slices: views.slice(carries, start),
      cotangents: [...pulled.sliced.values()].map(({ view }) => view),
      sliced,
      residuals: kept.length,
      captured,
      tracked: [...pulled.sliced.keys()],
    },
  };
}

/** A step and its cotangents in one recording. */
type Pulled = {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly cotangents: readonly Tensor[];
  /** The number of equations of the step itself. */
  readonly boundary: number;
  /** The cotangents of the carry. */
  readonly carried: readonly Tensor[];
  /** The cotangents of captured tensors, by their number; tensors without influence have none. */
  readonly shares: ReadonlyMap<number, Tensor>;
  /** The cotangents of slices, by the number of the sequence. */
  readonly sliced: ReadonlyMap<number, Tensor>;
};

function pullStepBack(recorder: Recorder, { step, carries, sequences }: ScanStep, tracked: readonly boolean[]): Pulled {
  const inputs = step.inputs.map((view) => recorder.argument(typeOf(view))), start = carries + sequences;
  return runAbstractly(() => {
    // Within the recording, so that it notes the outputs' own derivatives, such as those of a customOp.
    const outputs = replay(step, inputs).map((t) => recorder.inside(t)), boundary = recorder.equations.length;
    const cotangents = outputs.map((t) => recorder.argument(typeOf(t)));
    const wanted = inputs.filter((_, k) => k < carries || tracked[k]);
    const pulled = pullBack(seedsOf(outputs, cotangents), new Set(wanted));
    // Noted too: a cotangent may be computed by a rule that has its own derivative, such as that of a batched `cond`.
    const noted = (t: Tensor): Tensor => recorder.inside(t);
    const cotangentOf = (t: Tensor): Tensor => noted(pulled.get(t) ?? zeros(t.shape, { dtype: t.dtype }));
    const shares = new Map<number, Tensor>(), sliced = new Map<number, Tensor>();
    inputs.forEach((t, k) => {
      if (k < carries || !tracked[k]) return;
      if (k < start) sliced.set(k - carries, cotangentOf(t));
      else if (pulled.has(t)) shares.set(k - start, noted(pulled.get(t)!));
    });
    return {
      inputs,
      outputs,
      cotangents,
      boundary,
      carried: inputs.slice(0, carries).map(cotangentOf),
      shares,
      sliced,
    };
  });
}

/** The sums that are deferred to the end, and the values of the backward step that are stacked for them. */
function deferredSums(
  { inputs, cotangents, boundary, shares, sliced }: Pulled,
  all: readonly Equation[],
  start: number,
) {
  const makers = new Map(all.slice(boundary).flatMap((equation) => equation.results.map((view) => [view, equation])));
  const changing = new Set([...inputs.slice(0, start), ...cotangents].map(({ view }) => view));
  for (const { inputs, results } of all) {
    if (inputs.some(({ view }) => changing.has(view))) { for (const view of results) changing.add(view); }
  }
  const before = new Set([
    ...inputs.map(({ view }) => view),
    ...all.slice(0, boundary).flatMap(({ results }) => results),
  ]);
  const stacked = new Set([...sliced.values()].map(({ view }) => view)), found = new Map<number, Deferred>();
  const values = {
    maker: (view: View) => makers.get(view),
    isChanging: (view: View) => changing.has(view),
    isStacked: (view: View) => stacked.has(view),
  };
  // Two passes: values stacked for one sum may serve another.
  for (const _ of [1, 2]) {
    for (const [k, share] of shares) {
      const sum = found.get(k) ?? deferredSum(share.view, values);
      if (sum === undefined) continue;
      found.set(k, sum);
      for (const view of sum.needs) stacked.add(view);
    }
  }
  const deferred = [...found].map(([captured, sum]) => ({ captured, sum }));
  const told = new Set([...sliced.values()].map(({ view }) => view));
  const needs = [...new Set(deferred.flatMap(({ sum }) => sum.needs))];
  return {
    deferred,
    yielded: needs.filter((view) => !before.has(view) && !told.has(view)),
    kept: needs.filter((view) => before.has(view)),
  };
}

/** Returns cotangents by tensor; a tensor that is returned twice gets the sum. */
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
  /** The values that the backward step receives from later steps. */
  readonly given: ReadonlySet<View>;
  readonly carries: number;
  /** The number of the first captured argument. */
  readonly start: number;
};

/**
 * Decides which values to keep: those of the forward pass that the backward step reads, unless they are constant
 * arguments, follow from constant arguments alone, or are views of kept values.
 *
 * @param wanted The values that must be kept in any case.
 * @returns The equations of the backward step, including recomputed ones; the kept values; and the numbers of the
 * sequences and captured arguments that are read.
 */
function whatIsKept(
  forward: RecordedFunction,
  { equations, outputs }: RecordedFunction,
  { given, carries, start }: Borders,
  wanted: readonly View[],
): { readonly again: readonly Equation[]; readonly kept: readonly View[]; readonly places: readonly number[] } {
  const arguments_ = new Map(forward.inputs.map((view, k) => [view, k]));
  // A value has two makers if one equation computes it and another defines its derivatives.
  const makers = new Map<View, readonly Equation[]>();
  for (const equation of forward.equations) {
    for (const view of equation.results) makers.set(view, [...makers.get(view) ?? [], equation]);
  }
  const changing = new Set(forward.inputs.slice(0, start));
  for (const { inputs, results } of forward.equations) {
    if (inputs.some(({ view }) => changing.has(view))) { for (const view of results) changing.add(view); }
  }
  const back = needed({ inputs: [], equations, outputs }).equations;
  const made = new Set([...given, ...back.flatMap(({ results }) => results)]);
  const again = new Set<Equation>(), slices = new Set(forward.inputs.slice(carries, start));
  const kept = new Set(wanted.filter((view) => !slices.has(view))), places = new Set<number>();
  const open = [...back.flatMap(({ inputs }) => inputs), ...outputs].map(({ view }) => view);
  for (let view = open.pop(); view !== undefined; view = open.pop()) {
    const place = arguments_.get(view), computing = makers.get(view);
    if (made.has(view) || kept.has(view)) continue;
    if (place !== undefined) {
      if (place < carries) kept.add(view);
      else places.add(place);
    } else if (computing !== undefined) {
      const isCheap = computing.every(({ primitive }) => VIEWS.has(primitive.name));
      if (!isCheap && computing.some(({ results }) => results.some((result) => changing.has(result)))) kept.add(view);
      else {
        for (const equation of computing) {
          if (again.has(equation)) continue;
          again.add(equation);
          for (const input of equation.inputs) open.push(input.view);
        }
      }
    }
  }
  return {
    again: [...forward.equations.filter((equation) => again.has(equation)), ...back],
    kept: [...kept],
    places: [...places].sort((a, b) => a - b),
  };
}

/** Returns the function with zeros in place of some arguments. */
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
