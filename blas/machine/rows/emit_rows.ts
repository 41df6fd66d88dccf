/**
 * Rows as machine code: for each row, or for a few columns side by side, one pass after the other.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import { computing } from "../../simd/elementwise/emit.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import { ALL_FUNCTIONS } from "../../simd/math/mod.ts";
import { vectorMathOf } from "../../simd/math/vector_math.ts";
import type { RowPass, RowsPlan } from "../../simd/program/rows_plan.ts";
import type { Code, Move } from "../code/code.ts";
import { type Edge, Lanes } from "../code/lanes.ts";
import { type Access, at, type Counter, type Pointer } from "../code/regions.ts";
import { Recorder } from "../maps/recorder.ts";
import { Translator } from "../maps/translator.ts";
import { type Accumulator, accumulatorOf, type MachineReduction } from "./accumulator.ts";

/** Rows to be written. */
export type RowsRequest = {
  readonly plan: RowsPlan;
  readonly dtype: DType;
  /** Makes a pointer to the first element of an operand, of an output, and of the memory for stages. */
  readonly operand: (k: number) => Pointer;
  readonly output: (k: number) => Pointer;
  readonly slots: () => Pointer;
};

/** Bytes of the memory for the results of a stage, for each vector of columns. */
export const SLOT = 64;

/** The most vectors of columns that are computed together. */
export const WIDEST = 4;

/** Additions of float32 in a lane, from which on sums are added in float64. */
const LONG = 16;

/** Rows that are computed together: one, or those in the lanes of a vector. */
type Side = {
  readonly v: number;
  /** The bytes from the pointers of columns to these. */
  readonly offset: number;
  readonly edge?: Edge;
};

/** Where a value is read: at an offset along the innermost level. */
type Step = { readonly offset: number; readonly counter?: Counter; readonly edge?: Edge };

/** Writes rows. */
export function emitRows(code: Code, { plan, dtype, operand, output, slots }: RowsRequest): void {
  const { lengths, strides, kept, byRows, operands, passes, perRow, argumentOf } = plan, lanes = new Lanes(code, dtype);
  const last = lengths.length - 1, across = kept - 1, { bytes } = lanes, n = lengths[last]!;
  const pointers = strides.map((_, k) => k < operands.length ? operand(k) : output(k - operands.length)),
    slot = slots();
  const recorder = new Recorder(), translator = new Translator(code);
  const constants = { get: (_: string, make: () => Vector) => make() };
  const math = vectorMathOf({ f: recorder, dtype, relaxed: true, constants, slowPaths: {}, functions: ALL_FUNCTIONS });
  const movesAlong = (level: number, steps = 1): readonly Move[] =>
    pointers.map((pointer, k): Move => [pointer, strides[k]![level]! * bytes * steps]).filter(([, by]) => by !== 0);
  const back = (moves: readonly Move[], turns: number) =>
    moves.forEach(([pointer, by]) => code.move(pointer, -turns * by));
  const slotOf = (stage: number, { v }: Side): Access => at(slot, (stage * WIDEST + v) * SLOT);

  const values = (side: Side, step: Step | undefined, known?: ReadonlyMap<Scalar, Vector>) =>
    computing(
      math,
      (index) => {
        const read = argumentOf(index);
        return recorder.load((to) => {
          if ("stage" in read) {
            return byRows ? lanes.repeat(to, slotOf(read.stage, side)) : lanes.load(to, slotOf(read.stage, side));
          }
          const pointer = pointers[read.source]!, own = strides[read.source]!;
          if (byRows) {
            if (step === undefined || own[last] === 0) lanes.repeat(to, at(pointer));
            else lanes.load(to, at(pointer, step.offset, step.counter), step.edge);
          } else if (own[across] === 0) lanes.repeat(to, at(pointer));
          else lanes.load(to, at(pointer, side.offset), side.edge);
        });
      },
      known,
    );
  const store = (k: number, value: Vector, side: Side, step: Step) =>
    recorder.store(value, (from) => {
      const pointer = pointers[operands.length + k]!;
      if (byRows) lanes.store(at(pointer, step.offset, step.counter), from, step.edge);
      else lanes.store(at(pointer, side.offset), from, side.edge);
    });

  const emitPass = ({ stages, outputs, parts }: RowPass, sides: readonly Side[]): void => {
    const ways = byRows && stages.length === 1 ? 2 : 1,
      steps = sizeOf(lengths.slice(kept)) / (byRows ? lanes.count * ways : 1);
    const accumulators = sides.map(() =>
      Array.from(
        { length: ways },
        () => stages.map(({ reduction }) => accumulatorOf(code, lanes, reduction as MachineReduction, steps > LONG)),
      )
    );
    const all: readonly Accumulator[] = accumulators.flat(2);
    all.forEach(({ begin }) => begin());
    const held: number[] = [];
    const prepared = sides.map((side) => {
      const ahead = values(side, undefined), known = new Map<Scalar, Vector>();
      for (const [x, level] of parts) {
        if (level >= kept || x.kind === "constant") continue;
        const value = recorder.let(ahead.value(x));
        held.push(value.index);
        known.set(x, value);
      }
      return known;
    });
    translator.run(recorder.take(), held);
    const absorb = (step: Step, way: number) => {
      sides.forEach((side, s) => {
        const computed = values(side, step, prepared[s]);
        stages.forEach(({ expression, keptIn }, k) => {
          const value = computed.value(expression);
          if (keptIn !== undefined) store(keptIn, value, side, step);
          // A copy, since the accumulator changes it.
          recorder.store(value, (from) => {
            const copy = code.vector();
            lanes.move(copy, from);
            accumulators[s]![way]![k]!.absorb(copy, byRows ? step.edge : undefined);
            code.free(copy);
          });
        });
        const results = outputs.map(({ expression }) => computed.value(expression));
        outputs.forEach(({ output }, k) => store(output, results[k]!, side, step));
      });
      translator.run(recorder.take());
    };
    const inner = () => {
      if (!byRows) return absorb({ offset: 0 }, 0);
      const turns = Math.floor(n / (ways * lanes.count));
      code.count(turns, ways * lanes.width, (counter) => {
        for (let way = 0; way < ways; way++) absorb({ offset: way * lanes.width, counter }, way);
      });
      let offset = turns * ways * lanes.width;
      for (let left = n - turns * ways * lanes.count; left > 0; left -= lanes.count, offset += lanes.width) {
        const edge = left < lanes.count ? lanes.edge(left) : undefined;
        absorb({ offset, ...edge && { edge } }, 0);
        if (edge !== undefined) lanes.release(edge);
      }
    };
    const reduced = (level: number): void => {
      if (level === (byRows ? last : last + 1)) return inner();
      const moves = movesAlong(level);
      code.loop(lengths[level]!, moves, () => reduced(level + 1));
      back(moves, lengths[level]!);
    };
    reduced(kept);
    translator.release(held);
    sides.forEach((side, s) =>
      stages.forEach(({ stage }, k) => {
        const [first, second] = [accumulators[s]![0]![k]!, accumulators[s]![1]?.[k]];
        const to = slotOf(stage, side);
        if (second !== undefined) first.join(second);
        if (byRows) first.storeOne(to);
        else first.storeLanes(to);
      })
    );
    all.forEach(({ free }) => free());
  };
  const emitSides = (sides: readonly Side[]): void => {
    for (const pass of passes) emitPass(pass, sides);
    for (const side of sides) {
      const computed = values(side, undefined);
      perRow.forEach(({ output, expression }) => {
        recorder.store(computed.value(expression), (from) => {
          const pointer = pointers[operands.length + output]!;
          if (byRows) lanes.storeOne(at(pointer), from);
          else lanes.store(at(pointer, side.offset), from, side.edge);
        });
      });
      translator.run(recorder.take());
    }
  };
  const columns = (width: number) => {
    const rest = width % lanes.count,
      edge = rest === 0 ? undefined : lanes.edge(rest),
      vectors = Math.ceil(width / lanes.count);
    emitSides(Array.from({ length: vectors }, (_, v): Side => {
      return { v, offset: v * lanes.width, ...v === vectors - 1 && edge && { edge } };
    }));
    if (edge !== undefined) lanes.release(edge);
  };
  const allColumns = () => {
    const width = lengths[across]!, most = widthOf(plan) * lanes.count, blocks = Math.floor(width / most);
    const moves = movesAlong(across, most);
    code.loop(blocks, moves, () => columns(most));
    if (width % most > 0) columns(width % most);
    back(moves, blocks);
  };
  const inside = (level: number): void => {
    if (level === (byRows ? kept : across)) return byRows ? emitSides([{ v: 0, offset: 0 }]) : allColumns();
    const moves = movesAlong(level);
    code.loop(lengths[level]!, moves, () => inside(level + 1));
    back(moves, lengths[level]!);
  };
  inside(0);
  code.free(...pointers, slot);
}

/** Returns the vectors of columns that are computed together. */
const widthOf = ({ passes }: RowsPlan): number =>
  passes.every(({ weight, stages }) => weight <= 24 && stages.length <= 1) ? 2 : 1;
