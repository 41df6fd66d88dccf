/**
 * One pass over the elements of rows as machine code: stages are accumulated, outputs are stored.
 *
 * @module
 */
import { IDENTITY, SUM_DEPTH as DEPTH } from "../../reduction.ts";
import { isNeverMinusZero } from "../../scalar/minus_zero.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import { needsSettling } from "../../simd/program/accumulator.ts";
import { waysOf } from "../../simd/program/rows_function.ts";
import type { RowPass } from "../../simd/program/rows_plan.ts";
import type { Vector as Register } from "../assembler/registers.ts";
import type { Edge } from "../code/lanes.ts";
import type { Counter } from "../code/regions.ts";
import { accumulatorOf } from "../reductions/accumulator.ts";
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
  const together = Math.min(rows.ways, waysOf(weight, sides.length, stages.length)), ways = Math.min(steps, together);
  const isStraight = steps * sides.length <= STRAIGHT_VECTORS && steps * sides.length * weight <= STRAIGHT;
  const iterations = isStraight ? 0 : Math.floor(full / ways);
  const perRegister = iterations + Math.ceil((steps - iterations * ways) / ways);
  const settling = stages.some(({ reduction }) =>
    needsSettling(reduction, dtype, perRegister * sizeOf(lengths.slice(kept, last)))
  );

  const prepared = sides.map((side) => prepare(rows, pass, side));
  const accumulators = sides.map(() =>
    stages.map(({ reduction, expression }) => {
      const minusZero = !isNeverMinusZero(expression), settles = reduction === "sum" && settling;
      return accumulatorOf(code, { reduction, dtype, ways, settles, minusZero });
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
  const absorb = (step: Step, way: number) => {
    sides.forEach((side, s) => {
      const computed = rows.values(side, step, prepared[s]!.known);
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
      translator.run(recorder.take());
    });
  };
  const iteration = (counter?: Counter) => {
    for (let way = 0; way < ways; way++) absorb({ position: way, counter }, way);
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
    rows.back(last, blocks * block + (byRows ? 0 : left * ways));
  };
  // The number of passes before sums must be carried over.
  const passes = Math.floor(DEPTH / perRegister);
  const inside = (level: number): void => {
    if (level === last) {
      innermost();
      if (settling && last > kept && passes <= 1) settle();
    } else if (level === last - 1 && settling && passes > 1) {
      const blocks = Math.floor(lengths[level]! / passes), rest = lengths[level]! % passes;
      const some = (turns: number) => {
        rows.through(level, turns, 1, innermost);
        settle();
      };
      code.loop(blocks, rows.moves(level, passes), () => some(passes));
      if (rest > 0) some(rest);
      rows.back(level, blocks * passes);
    } else rows.through(level, lengths[level]!, 1, () => inside(level + 1));
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
