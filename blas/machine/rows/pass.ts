/**
 * One pass over the elements of rows as machine code: stages are accumulated, outputs are stored.
 *
 * @module
 */
import { IDENTITY } from "../../reduction.ts";
import { isNeverMinusZero } from "../../scalar/minus_zero.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import { isExact, isExactStage } from "../../simd/program/exactness.ts";
import { waysOf } from "../../simd/program/rows_function.ts";
import type { PlannedStage, RowPass } from "../../simd/program/rows_plan.ts";
import type { Vector as Register } from "../assembler/registers.ts";
import type { Edge } from "../code/lanes.ts";
import type { Counter } from "../code/regions.ts";
import { accumulatorOf, type Exactness, needsSettling, SUM_DEPTH as DEPTH } from "../reductions/accumulator.ts";
import type { RowCode, Side, Step } from "./row_code.ts";

/** The most instructions, and the most vectors, of straight code in place of a loop. */
const STRAIGHT = 128, STRAIGHT_VECTORS = 16;

/**
 * Writes a pass over some rows.
 *
 * @param edge The elements of the last vector of a row, if they are fewer than lanes.
 * @returns The variables that hold the results of its stages.
 */
export function emitPass(
  rows: RowCode,
  pass: RowPass,
  sides: readonly Side[],
  edge: Edge | undefined,
): readonly number[] {
  const { code, lanes, recorder, translator, plan: { lengths, kept }, dtype, byRows, last } = rows;
  const { stages, outputs, weight } = pass, n = lengths[last]!;
  const steps = byRows ? Math.ceil(n / lanes.count) : n, full = byRows ? Math.floor(n / lanes.count) : n;
  const exact = stages.map((stage) => exactnessOf(rows, stage));
  const most = waysOf(weight, sides.length, stages.length);
  // Sums in float64 take two registers each.
  const together = Math.min(rows.ways, exact.includes("each") ? Math.max(1, most >> 1) : most);
  const straight = Math.floor(Math.min(STRAIGHT_VECTORS, STRAIGHT / weight) / (steps * sides.length));
  // Short rows are computed several at a time.
  const unrolled = last === kept ? 1 : Math.max(1, Math.min(straight, lengths[last - 1]!)),
    ways = Math.min(steps * unrolled, together);
  const iterations = straight > 0 ? 0 : Math.floor(full / ways);
  const perRegister = iterations + Math.ceil((steps * unrolled - iterations * ways) / ways);
  const runs = Math.ceil(sizeOf(lengths.slice(kept, last)) / unrolled);
  const settles = stages.map(({ reduction }, k) =>
    exact[k] === undefined && needsSettling(reduction, dtype, perRegister * runs)
  );
  const settling = settles.includes(true), pairs = exact.includes("pairs");

  const prepared = sides.map((side) => prepare(rows, pass, side));
  const accumulators = sides.map((_, s) =>
    stages.map(({ reduction, expression, divisor }, k) => {
      const minusZero = !isNeverMinusZero(expression), place = s * stages.length + k;
      return accumulatorOf(code, {
        reduction,
        dtype,
        ways,
        minusZero,
        exact: exact[k],
        divisor,
        ofReduction: rows.ofReduction,
        ...settles[k] && { totals: rows.total(place) },
      });
    })
  );
  const settle = () => accumulators.flat().forEach((one) => one.settle());
  /** Gives the lanes beyond an edge the identity. */
  const filledUp = (from: Register, { mask }: Edge, identity: number, use: (x: Register) => void) => {
    const filled = code.vector();
    lanes.set(filled, identity);
    lanes.select(filled, mask, from, filled);
    use(filled);
    code.free(filled);
  };
  const shared = byRows || sides.length === 1 ? [] : sharedParts(rows, pass);
  const absorb = (step: Step, way: number) => {
    const first = rows.values(sides[0]!, step, prepared[0]!.known);
    const same = shared.map((x) => [x, first.value(x)] as const);
    sides.forEach((side, s) => {
      const computed = rows.values(side, step, new Map([...prepared[s]!.known, ...same]));
      stages.forEach(({ expression, reduction, keptIn }, k) => {
        const value = computed.value(expression), accumulator = accumulators[s]![k]!;
        if (keptIn !== undefined) rows.store(side, step, keptIn, value);
        recorder.store(value, (from) => {
          if (step.edge === undefined) accumulator.absorb(from, way);
          else filledUp(from, step.edge, IDENTITY[reduction], (x) => accumulator.absorb(x, way));
        });
      });
      // All results are computed before any is stored.
      const results = outputs.map(({ expression }) => computed.value(expression));
      outputs.forEach(({ output }, k) => rows.store(side, step, output, results[k]!));
    });
    translator.run(recorder.take());
  };
  const iteration = (counter?: Counter) => {
    for (let way = 0; way < ways; way++) absorb({ position: way, counter }, way);
    if (pairs) settle();
  };
  const innermost = () => {
    const blocks = settling && iterations > DEPTH ? Math.floor(iterations / DEPTH) : 0,
      left = iterations - blocks * DEPTH;
    const block = DEPTH * ways * (byRows ? lanes.count : 1), base = byRows ? left * ways : 0;
    code.loop(blocks, rows.moves(last, block), () => {
      if (byRows) code.count(DEPTH, ways * lanes.width, iteration);
      else rows.through(last, DEPTH, ways, iteration);
      settle();
    });
    if (byRows) code.count(left, ways * lanes.width, iteration);
    else code.loop(left, rows.moves(last, ways), iteration);
    for (let step = iterations * ways, k = 0; step < steps; step++, k++) {
      absorb({ position: base + k, edge: step === steps - 1 ? edge : undefined }, k % ways);
    }
    if (pairs) settle();
    rows.back(last, blocks * block + (byRows ? 0 : left * ways));
  };
  const group = (count: number) => {
    for (let outer = 0; outer < count; outer++) {
      for (let step = 0; step < steps; step++) {
        absorb({ position: step, outer, edge: step === steps - 1 ? edge : undefined }, (outer * steps + step) % ways);
      }
    }
    if (pairs) settle();
  };
  const run = unrolled > 1 ? () => group(unrolled) : innermost;
  /** Repeats runs along the level around the innermost one; pointers move. */
  const repeat = (level: number, turns: number) => {
    if (!settling) return code.loop(turns, rows.moves(level, unrolled), run);
    // The number of runs before sums must be carried over.
    const most = Math.max(1, Math.floor(DEPTH / perRegister)), blocks = Math.floor(turns / most), rest = turns % most;
    const some = (count: number) => {
      rows.through(level, count, unrolled, run);
      settle();
    };
    code.loop(blocks, rows.moves(level, most * unrolled), () => some(most));
    code.loop(Math.min(1, rest), rows.moves(level, rest * unrolled), () => some(rest));
  };
  const inside = (level: number): void => {
    const length = lengths[level]!;
    if (level === last) innermost();
    else if (level < last - 1) rows.through(level, length, 1, () => inside(level + 1));
    else {
      const turns = Math.floor(length / unrolled), rest = length % unrolled;
      repeat(level, turns);
      if (rest > 0) {
        group(rest);
        if (settling) settle();
      }
      rows.back(level, turns * unrolled);
    }
  };
  accumulators.flat().forEach((one) => one.begin());
  inside(kept);
  prepared.forEach(({ variables }) => translator.release(variables));
  return sides.flatMap((side, s) =>
    stages.map(({ stage }, k) => {
      const accumulator = accumulators[s]![k]!;
      const value = recorder.load((to) => byRows ? accumulator.everywhere(to) : accumulator.lanes(to));
      side.values.set(stage, value);
      translator.run(recorder.take(), [value.index]);
      accumulator.free();
      return value.index;
    })
  );
}

/** Up to this many results, pairs of vectors are added in float64: nothing hides the error of a sum that nearly cancels. */
const FEW_RESULTS = 16;

/** Rows of several axes of which the last is shorter are sums of neighbours that lie apart. */
const SHORT = 16;

/** Returns what a stage adds in float64; `undefined` if groups of vectors, or if it is no sum of float32. */
function exactnessOf({ plan, dtype }: RowCode, stage: PlannedStage): Exactness | undefined {
  if (dtype !== "float32" || stage.reduction !== "sum") return undefined;
  const { lengths, kept, perRow, passes } = plan, elements = sizeOf(lengths), results = sizeOf(lengths.slice(0, kept));
  const isReduction = perRow.length > 0 && passes.length === 1 &&
    passes.every(({ stages, outputs }) => stages.length === 1 && outputs.length === 0);
  // Neighbours in memory may cancel: in groups they would be added with others first.
  const isApart = lengths.length > kept + 1 && lengths.at(-1)! < SHORT;
  if (isReduction ? isApart || isExact(elements, results) : isExactStage(plan, stage)) return "each";
  return results <= FEW_RESULTS ? "pairs" : undefined;
}

/** Lists what other parts of expressions need that changes along a row, but not between adjacent rows. */
function sharedParts({ plan, isShared }: RowCode, { parts }: RowPass): readonly Scalar[] {
  const same = new Set<Scalar>(), read = new Set<Scalar>();
  for (const x of parts.keys()) {
    const isSame = x.kind === "argument" ? isShared(x.index) : !("inputs" in x) || x.inputs.every((y) => same.has(y));
    if (isSame) same.add(x);
    else if ("inputs" in x) x.inputs.forEach((y) => read.add(y));
  }
  return [...read].filter((x) => same.has(x) && x.kind !== "constant" && parts.get(x)! >= plan.kept);
}

/** Computes what expressions need that is the same in all of a row. */
function prepare(
  { recorder, translator, plan, values }: RowCode,
  { parts, stages, outputs }: RowPass,
  side: Side,
): { readonly known: ReadonlyMap<Scalar, Vector>; readonly variables: readonly number[] } {
  const known = new Map<Scalar, Vector>(), variables: number[] = [], computed = values(side, undefined);
  const roots = [...stages, ...outputs].map(({ expression }) => expression);
  const read = [...parts].flatMap(([x, level]) => level >= plan.kept && "inputs" in x ? x.inputs : []);
  for (const x of new Set<Scalar>([...read, ...roots])) {
    if (x.kind === "constant" || parts.get(x)! >= plan.kept) continue;
    const from = x.kind === "argument" ? plan.argumentOf(x.index) : undefined;
    if (from !== undefined && "stage" in from) known.set(x, side.values.get(from.stage)!);
    else {
      const value = recorder.let(computed.value(x));
      known.set(x, value);
      variables.push(value.index);
    }
  }
  translator.run(recorder.take(), variables);
  return { known, variables };
}
