/**
 * Joining rows: what several rows read is read once, and what they all reduce is reduced once.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { divisorsOf } from "../../rows.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sameShape } from "../../shape.ts";
import { readsEachOnce } from "./join_loops.ts";
import { sameOperand } from "../operand.ts";
import { type RowsOperation, stageOf, stageOperand } from "../operations/rows.ts";
import type { Operand } from "../program.ts";
import type { Draft, DraftInstruction } from "./draft.ts";
import { graphOf } from "./graph.ts";
import { argumentFor, argumentsReplaced, fits } from "./loops.ts";

/**
 * Joins rows with the previous rows over the same elements that read one of their arrays in the same way, such as a loss and
 * its derivative, or the derivatives of a normalization with respect to its operands.
 */
export function joinRows(draft: Draft): Draft {
  const { steps } = draft, pairs: (readonly [early: number, late: number])[] = [], latest = new Map<number, number>();
  for (let late = 0; late < steps.length; late++) {
    const { operation } = steps[late]!;
    if (operation.kind !== "rows") continue;
    let early: number | undefined;
    for (const operand of operation.loop.operands) {
      if (!readsEachOnce(operand)) continue;
      const other = latest.get(operand.value); // or these rows themselves, by another operand
      if (other !== undefined && other !== late && areAlike(steps[other]!, steps[late]!, operand)) early = other;
      latest.set(operand.value, late);
    }
    if (early !== undefined) pairs.push([early, late]);
  }
  if (pairs.length === 0) return draft;
  const graph = graphOf(draft), nodes = graph.nodes();
  let changed = false;
  for (const [early, late] of pairs) {
    const first = nodes[early]!, second = nodes[late]!;
    if (first.position >= 0 && graph.join(first, second, () => joined(first.step, second.step))) changed = true;
  }
  return changed ? graph.draft() : draft;
}

/** Tells whether the rows of two steps are the same elements, and the first ones read an operand as well. */
function areAlike(first: DraftInstruction, second: DraftInstruction, operand: Operand): boolean {
  const a = first.operation, b = second.operation;
  return a.kind === "rows" && b.kind === "rows" &&
    sameShape(a.loop.shape, b.loop.shape) && sameShape(a.axes, b.axes) &&
    a.loop.operands.some((own) => sameOperand(own, operand)) && !reads(b, first);
}

/** Tells whether rows read what a step computes. */
const reads = ({ loop }: RowsOperation, { values }: DraftInstruction): boolean =>
  loop.operands.some(({ value }) => values.includes(value));

/**
 * Returns the rows of both steps, with stages that both have once; `undefined` if they are too large, or the second read the first.
 *
 * Sums of float32 that are divided by different numbers stay apart: variances with and without correction are finite where the sum
 * of squares is not, since each is divided before it is rounded.
 */
function joined(first: DraftInstruction, second: DraftInstruction): DraftInstruction | undefined {
  const a = first.operation as RowsOperation, b = second.operation as RowsOperation; // only rows are alike
  if (reads(b, first)) return undefined; // by way of rows that have been joined with the first
  const operands = [...a.loop.operands], reductions = [...a.reductions], places: number[] = [];
  const stages = a.loop.expressions.slice(0, reductions.length);
  const { dtype } = first.results[0]!, divisors = [...divisorsIn(a, dtype)], ofSecond = divisorsIn(b, dtype);
  // Stages read earlier ones only, whose places are known by then.
  const replaced = argumentsReplaced((index) => {
    const operand = b.loop.operands[index]!, stage = stageOf(operand);
    return argumentFor(stage === undefined ? operand : stageOperand(places[stage]!, b.loop.shape), operands);
  });
  b.reductions.forEach((reduction, k) => {
    const expression = replaced(b.loop.expressions[k]!);
    const known = stages.findIndex((own, stage) =>
      own === expression && reductions[stage] === reduction && divisors[stage] === ofSecond[k]
    );
    places.push(known >= 0 ? known : stages.push(expression) - 1);
    if (known >= 0) return;
    reductions.push(reduction);
    divisors.push(ofSecond[k]);
  });
  const outputs = a.loop.expressions.slice(a.reductions.length);
  const others = b.loop.expressions.slice(b.reductions.length).map(replaced);
  const loop = { shape: a.loop.shape, operands, expressions: [...stages, ...outputs, ...others] };
  return fits(loop)
    ? {
      values: [...first.values, ...second.values],
      results: [...first.results, ...second.results],
      operation: { kind: "rows", axes: a.axes, reductions, perRow: [...a.perRow, ...b.perRow], loop },
    }
    : undefined;
}

/** Returns what the sum of each stage is divided by before it is rounded; `undefined` for all others. */
function divisorsIn({ reductions, loop }: RowsOperation, dtype: DType): readonly (number | undefined)[] {
  const { expressions, operands } = loop;
  const stageIn = (x: Scalar) => x.kind === "argument" ? stageOf(operands[x.index]!) : undefined;
  const found = dtype === "float32" ? divisorsOf(expressions, reductions, stageIn) : undefined;
  return reductions.map((_, k) => found?.get(k));
}
