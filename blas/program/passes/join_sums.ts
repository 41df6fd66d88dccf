/**
 * Sums of arrays that are 0 except in regions that do not overlap: one array, written once.
 *
 * @module
 */
import { add, argument, type Scalar } from "../../scalar/scalar.ts";
import { sameShape, type Shape } from "../../shape.ts";
import type { Range } from "../../view.ts";
import { isWhole } from "../operands.ts";
import { sizeOf } from "../../shape.ts";
import type { JoinOperation, JoinPart } from "../operations/join.ts";
import type { Instruction, Loop, Operand } from "../program.ts";
import type { Draft, DraftInstruction } from "./draft.ts";
import { readerCounts } from "./reader_counts.ts";

/**
 * Merges sums of joins into one join if they are filled with 0 and their parts do not overlap, as with the derivatives
 * of slices of one array. Other terms between them are added to the merged join.
 */
export function joinSums(draft: Draft): Draft {
  if (!draft.steps.some(({ operation }) => operation.kind === "join")) return draft;
  const readers = readerCounts(draft.steps, draft.results);
  const joined = joiner(), steps = new Map<number, DraftInstruction>(), gone = new Set<number>();
  const sumOf = ({ operation, results }: Instruction): Sum | undefined => {
    if (operation.kind !== "map" || operation.loop.expressions.length !== 1) return undefined;
    const { operands, expressions: [expression] } = operation.loop, size = sizeOf(results[0]!.shape);
    if (expression !== SUM || operands.length !== 2 || !operands.every((operand) => isWhole(operand, size))) {
      return undefined;
    }
    return { loop: operation.loop, shape: results[0]!.shape };
  };
  /** Returns the step that computes a value, if the value has a single reader. */
  const only = (value: number): DraftInstruction | undefined => readers.get(value) === 1 ? steps.get(value) : undefined;
  const joinAt = (value: number, shape: Shape): JoinOperation | undefined => {
    const operation = only(value)?.operation;
    return operation?.kind === "join" && Object.is(operation.fill, 0) && sameShape(operation.shape, shape)
      ? operation
      : undefined;
  };
  const made: (DraftInstruction | undefined)[] = [];
  const places = new Map<number, number>();
  const put = (step: DraftInstruction): void => {
    for (const value of step.values) {
      steps.set(value, step);
      places.set(value, made.length);
    }
    made.push(step);
  };
  const drop = (value: number): void => {
    made[places.get(value)!] = undefined;
    gone.add(value);
  };
  for (const step of draft.steps) {
    const sum = sumOf(step);
    // A sum of two.
    const [a, b] = sum === undefined ? [] : sum.loop.operands.map(({ value }) => value) as [number, number];
    const first = sum && joinAt(a!, sum.shape), second = sum && joinAt(b!, sum.shape);
    if (sum === undefined || (first === undefined && second === undefined)) {
      put(step);
      continue;
    }
    const both = first && second && joined(first, second);
    if (both !== undefined) {
      drop(a!);
      drop(b!);
      put({ ...step, operation: both });
      continue;
    }
    // (x + one join) + another: x + both.
    const [own, rest, join] = first === undefined ? [b!, a!, second!] : [a!, b!, first], inner = only(rest);
    const before = inner && sumOf(inner);
    const found = before?.loop.operands.map(({ value }) => joinAt(value, sum.shape)) ?? [];
    const at = found.findIndex((other) => other !== undefined), all = at < 0 ? undefined : joined(found[at]!, join);
    if (before === undefined || all === undefined) {
      put(step);
      continue;
    }
    drop(own);
    drop(rest);
    drop(before.loop.operands[at]!.value);
    put({ values: [rest], results: inner!.results, operation: all });
    const kept = before.loop.operands[1 - at]!, whole: Operand = { ...kept, value: rest };
    put({ ...step, operation: { kind: "map", loop: { ...before.loop, operands: [kept, whole] } } });
  }
  return gone.size === 0 ? draft : { ...draft, steps: made.filter((step) => step !== undefined) };
}

/** A loop that adds two whole values. */
type Sum = { readonly loop: Loop; readonly shape: Shape };

const SUM = /* @__PURE__ */ (() => add(argument(0), argument(1)))();

/**
 * Merges two joins that are filled with 0. The parts of merged joins are collected in one growing list, so that a sum
 * of many takes time in proportion to their number, unless their regions interleave.
 */
function joiner(): (a: JoinOperation, b: JoinOperation) => JoinOperation | undefined {
  const made = new WeakMap<JoinOperation, JoinPart[]>(), bounds = new WeakMap<JoinOperation, Bounds>();
  const boundsOf = (join: JoinOperation): Bounds => {
    const known = bounds.get(join) ?? join.parts.map(({ place }): Bounds => place.map(endsOf)).reduce(around);
    bounds.set(join, known);
    return known;
  };
  return (a, b) => {
    if (a.parts.length === 0 || b.parts.length === 0) return undefined;
    const meet = !haveGap(boundsOf(a), boundsOf(b)) &&
      a.parts.some((part) => b.parts.some((other) => !areApart(part.place, other.place)));
    if (meet) return undefined;
    const [more, less] = made.has(b) && !made.has(a) ? [b, a] : [a, b],
      parts = made.get(more) ?? more.parts.map(addedToZero);
    for (const part of less.parts) parts.push(addedToZero(part));
    const join: JoinOperation = { ...a, parts };
    made.set(join, parts);
    bounds.set(join, around(boundsOf(a), boundsOf(b)));
    return join;
  };
}

/** The lowest and the highest index along each axis. */
type Bounds = readonly (readonly [low: number, high: number])[];

const around = (a: Bounds, b: Bounds): Bounds =>
  a.map(([low, high], axis) => [Math.min(low, b[axis]![0]), Math.max(high, b[axis]![1])]);

const haveGap = (a: Bounds, b: Bounds): boolean =>
  a.some(([low, high], axis) => high < b[axis]![0] || b[axis]![1] < low);

/** Adds 0 to the elements of a part, as the sum would: the result is never -0. */
const addedToZero = ({ loop, place }: JoinPart): JoinPart => ({
  loop: { ...loop, expressions: loop.expressions.map(fromZero) },
  place,
});

const fromZero = (x: Scalar): Scalar => add(x, 0);

/** Tells whether two regions share no element. */
function areApart(a: readonly Range[], b: readonly Range[]): boolean {
  return a.some((own, axis) => {
    const other = b[axis]!, [low, high] = endsOf(own), [otherLow, otherHigh] = endsOf(other);
    if (own.count === 0 || other.count === 0 || high < otherLow || otherHigh < low) return true;
    const step = Math.abs(own.step);
    return step === Math.abs(other.step) && (low - otherLow) % step !== 0;
  });
}

function endsOf({ start, step, count }: Range): readonly [number, number] {
  const end = start + step * (count - 1);
  return step < 0 ? [end, start] : [start, end];
}
