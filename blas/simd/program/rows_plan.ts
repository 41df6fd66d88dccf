/**
 * Plans of rows: the passes over each row, and the levels of their loops.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Operand } from "../../program/program.ts";
import { type RowsOperation, stageOf, stagesIn } from "../../program/operations/rows.ts";
import type { Reduction } from "../../reduction.ts";
import { dividedStage, divisorsOf } from "../../rows.ts";
import { FUNCTION_COSTS } from "../../scalar/functions.ts";
import { argument, type Scalar, subexpressions, substitute } from "../../scalar/scalar.ts";
import { rowMajorStrides, type Shape } from "../../shape.ts";
import { argumentsIn, inLoops, type Parts, partsOf, weightOf } from "./loop_expressions.ts";
import { type ReductionLevels, reductionLevels } from "./reduction_levels.ts";

/** A stage of a pass. */
export type PlannedStage = {
  readonly stage: number;
  readonly reduction: Reduction;
  readonly expression: Scalar;
  /** The number that a sum of float32 is divided by before it is rounded, if nothing reads it undivided. */
  readonly divisor: number | undefined;
  /**
   * The output whose memory holds the elements of the expression for later passes; `undefined` if they are not kept.
   */
  readonly keptIn: number | undefined;
};

/** An output of a pass. */
export type PlannedOutput = { readonly output: number; readonly expression: Scalar };

/** One pass over the elements of a row. */
export type RowPass = {
  readonly stages: readonly PlannedStage[];
  readonly outputs: readonly PlannedOutput[];
  /** The parts of all its expressions, each with the innermost level along which it changes. */
  readonly parts: Parts;
  /** The approximate number of instructions for one vector. */
  readonly weight: number;
};

/** The origin of an argument: a source, or a stage. */
export type RowArgument = { readonly source: number } | { readonly stage: number };

/** The plan of rows, made before code is emitted. */
export type RowsPlan = ReductionLevels & {
  /** The operands, which are the sources of the same numbers. The outputs are the sources after them. */
  readonly operands: readonly Operand[];
  /** The origins of the arguments of the passes' expressions. */
  readonly argumentOf: (index: number) => RowArgument;
  readonly passes: readonly RowPass[];
  /** The outputs with one number for each row, computed after the passes. */
  readonly perRow: readonly PlannedOutput[];
  /** The number of elements in a vector. */
  readonly lanes: number;
};

/** Expressions that cost at least this much are kept for later passes: reading them takes less time. */
const WORTH_KEEPING = 8;

/** The plans made so far: counting units and emitting code both ask for the plan. */
const plans: { readonly [D in DType]: WeakMap<RowsOperation, RowsPlan> } = {
  float32: new WeakMap(),
  float64: new WeakMap(),
};

/** Plans rows. No length may be 0. */
export function rowsPlan(operation: RowsOperation, dtype: DType): RowsPlan {
  const found = plans[dtype].get(operation);
  if (found !== undefined) return found;
  const made = makePlan(operation, dtype);
  plans[dtype].set(operation, made);
  return made;
}

/**
 * Returns the levels of rows, with the steps of the operands that are read and then of the outputs.
 *
 * @param operands The steps of each operand along the axes of the shape.
 * @param perRow For each output, whether it has one number for each row.
 */
export function rowLevels(
  shape: Shape,
  axes: readonly number[],
  operands: readonly (readonly number[])[],
  perRow: readonly boolean[],
  lanes: number,
): ReductionLevels {
  const whole = rowMajorStrides(shape), perElement = perRow.flatMap((one, k) => one ? [] : [k]);
  const levels = reductionLevels(shape, axes, [...operands, ...perElement.map(() => whole)], lanes);
  const { lengths, kept } = levels;
  const ofRow = [...rowMajorStrides(lengths.slice(0, kept)), ...lengths.slice(kept).map(() => 0)];
  return {
    ...levels,
    strides: [
      ...levels.strides.slice(0, operands.length),
      ...perRow.map((one, k) => one ? ofRow : levels.strides[operands.length + perElement.indexOf(k)]!),
    ],
  };
}

function makePlan(operation: RowsOperation, dtype: DType): RowsPlan {
  const { loop, axes, reductions, perRow } = operation, { shape } = loop, count = reductions.length;
  const lanes = 16 / BYTES_PER_ELEMENT[dtype];
  const used = argumentsIn(loop.expressions).filter((k) => stageOf(loop.operands[k]!) === undefined);
  const operands = used.map((k) => loop.operands[k]!);
  const perElement = perRow.flatMap((one, k) => one ? [] : [k]);
  const levels = rowLevels(shape, axes, operands.map(({ stride }) => stride), perRow, lanes);
  const { lengths, kept, strides } = levels;

  // Arguments beyond those of the loop stand for elements that are kept in the memory of an output.
  const keeping = loop.operands.length, sourceOf = new Map(used.map((k, i) => [k, i]));
  function argumentOf(index: number): RowArgument {
    if (index >= keeping) return { source: operands.length + index - keeping };
    const stage = stageOf(loop.operands[index]!);
    return stage === undefined ? { source: sourceOf.get(index)! } : { stage };
  }
  function levelOf(index: number): number {
    const read = argumentOf(index);
    return "stage" in read ? kept - 1 : strides[read.source]!.findLastIndex((step) => step !== 0);
  }

  const known = new Map<Scalar, number>();
  function passOf(expression: Scalar): number {
    const found = known.get(expression);
    if (found !== undefined) return found;
    const pass = Math.max(0, ...stagesIn(operation, expression).map((stage) => 1 + passOf(loop.expressions[stage]!)));
    known.set(expression, pass);
    return pass;
  }
  const keptIn = keptExpressions(operation, passOf);
  const stageIn = (x: Scalar) => x.kind === "argument" ? stageOf(loop.operands[x.index]!) : undefined;
  const divisors = dtype === "float32" ? divisorsOf(loop.expressions, reductions, stageIn) : new Map<number, number>();
  const divided = (part: Scalar) => dividedStage(part, divisors, stageIn);
  const last = Math.max(
    0,
    ...loop.expressions.map((expression, k) => k < count || !perRow[k - count] ? passOf(expression) : 0),
  );
  const passes = Array.from({ length: last + 1 }, (_, pass): RowPass => {
    function read(expression: Scalar): Scalar {
      return keptIn.size + divisors.size === 0 ? expression : substitute(expression, (part) => {
        const found = [...keptIn].find(([stage]) => loop.expressions[stage] === part && passOf(part) < pass);
        return found === undefined ? divided(part) : argument(keeping + found[1]);
      });
    }
    const ofPass = (k: number) => passOf(loop.expressions[k]!) === pass;
    const stages = reductions.flatMap((_, k) => ofPass(k) ? [k] : []);
    const outputs = perElement.filter((k) => ofPass(count + k));
    const expressions = inLoops(
      [...stages, ...outputs.map((k) => count + k)].map((k) => read(loop.expressions[k]!)),
      (index) => levelOf(index) >= kept,
    );
    const parts = partsOf(expressions, levelOf);
    return {
      stages: stages.map((stage, i) => ({
        stage,
        reduction: reductions[stage]!,
        expression: expressions[i]!,
        divisor: divisors.get(stage),
        keptIn: keptIn.get(stage),
      })),
      outputs: outputs.map((output, i) => ({ output, expression: expressions[stages.length + i]! })),
      parts,
      weight: lengths.slice(kept).reduce((sum, _, i) => sum + weightOf(parts, kept + i) - 1, 1),
    };
  });
  return {
    ...levels,
    operands,
    argumentOf,
    passes: passes.filter(({ stages, outputs }) => stages.length + outputs.length > 0),
    perRow: perRow.flatMap((one, output) =>
      one ? [{ output, expression: substitute(loop.expressions[count + output]!, divided) }] : []
    ),
    lanes,
  };
}

/**
 * Returns, for stages with a costly expression that occurs again in a later pass, the output in whose memory it is
 * kept.
 */
function keptExpressions(
  operation: RowsOperation,
  passOf: (expression: Scalar) => number,
): ReadonlyMap<number, number> {
  const { loop: { expressions }, reductions, perRow } = operation, result = new Map<number, number>();
  perRow.forEach((one, output) => {
    const expression = expressions[reductions.length + output]!, parts = new Set(subexpressions(expression));
    const stage = reductions.findIndex((_, k) =>
      !result.has(k) && parts.has(expressions[k]!) && timeOf(expressions[k]!) >= WORTH_KEEPING &&
      passOf(expressions[k]!) < passOf(expression)
    );
    if (!one && stage >= 0) result.set(stage, output);
  });
  return result;
}

const timeOf = (expression: Scalar): number =>
  subexpressions(expression).reduce((sum, part) => sum + ("name" in part ? FUNCTION_COSTS[part.name].time : 0), 0);
