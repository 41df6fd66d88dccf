/**
 * The vocabulary of the code for rows: pointers to what is read and written, and vectors of expressions.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import { type Computed, computing } from "../../simd/elementwise/emit.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import { ALL_FUNCTIONS } from "../../simd/math/mod.ts";
import { inlineConstants, vectorMathOf } from "../../simd/math/vector_math.ts";
import type { RowsPlan } from "../../simd/program/rows_plan.ts";
import type { Code, Move } from "../code/code.ts";
import { type Edge, Lanes } from "../code/lanes.ts";
import { type Access, at, type Counter, type Pointer } from "../code/regions.ts";
import { Recorder } from "../maps/recorder.ts";
import { Translator } from "../maps/translator.ts";
import { needsSettling } from "../reductions/accumulator.ts";

/** Rows to be written. */
export type RowsRequest = {
  readonly plan: RowsPlan;
  readonly dtype: DType;
  /** Whether vectors run along rows; otherwise their lanes are adjacent rows. */
  readonly byRows: boolean;
  /** The most vectors of adjacent rows that are computed together. */
  readonly sides: number;
  /** The most vectors that are accumulated in registers of their own. */
  readonly ways: number;
  /** Whether they are a reduction, whose sum is rounded before what follows reads it. */
  readonly ofReduction: boolean;
  /** The indices of the outermost level that are computed. Default: all. */
  readonly part?: { readonly from: number; readonly to: number };
  /** Makes a pointer to the first element of a source: the plan's operands, and then its outputs. */
  readonly pointer: (source: number) => Pointer;
  /** Makes a pointer to the memory for totals, `TOTAL` bytes for each sum of each vector of rows. */
  readonly totals: () => Pointer;
};

/** The bytes of the float64 totals of a vector of sums. */
export const TOTAL = 128;

/** Rows that are computed together: one, or as many as a vector has lanes. */
export type Side = {
  /** The position of its vector among those that are computed together. */
  readonly position: number;
  /** The rows that there are, if they are fewer than lanes. */
  readonly edge: Edge | undefined;
  /** The results of its stages so far. */
  readonly values: Map<number, Vector>;
};

/** A place along the innermost level: its distance from the pointers, in vectors or in elements down a column. */
export type Step = {
  readonly position: number;
  /** The distance along the level around the innermost one. Default: 0. */
  readonly outer?: number;
  readonly counter?: Counter | undefined;
  /** The elements of a row that are left, if they are fewer than lanes. */
  readonly edge?: Edge | undefined;
};

/** The vocabulary. */
export type RowCode = RowsRequest & {
  readonly code: Code;
  readonly lanes: Lanes;
  readonly recorder: Recorder;
  readonly translator: Translator;
  /** The innermost level, and that of adjacent rows. */
  readonly last: number;
  readonly across: number;
  /** Returns the moves of all pointers by so many indices of a level. */
  readonly moves: (level: number, indices: number) => readonly Move[];
  /** Repeats a body for so many indices of a level, by steps; pointers are as before afterwards. */
  readonly through: (level: number, turns: number, step: number, body: () => void) => void;
  /** Moves all pointers back by so many indices of a level. */
  readonly back: (level: number, indices: number) => void;
  /** Computes expressions of elements, or where there is no step, of what is the same in all of a row. */
  readonly values: (side: Side, step: Step | undefined, known?: ReadonlyMap<Scalar, Vector>) => Computed;
  /** Stores a vector of an output. */
  readonly store: (side: Side, step: Step | undefined, output: number, value: Vector) => void;
  /** Tells whether an argument is the same in adjacent rows. */
  readonly isShared: (index: number) => boolean;
  /** Returns the place of a total. */
  readonly total: (number: number) => Access;
  /** Gives all pointers back. */
  readonly free: () => void;
};

/** Makes the pointers, and what is written with them. */
export function rowCode(code: Code, request: RowsRequest): RowCode {
  const { plan, dtype, byRows } = request, { lengths, kept, operands } = plan, lanes = new Lanes(code, dtype);
  const last = lengths.length - 1, across = kept - 1, { bytes, width } = lanes;
  const steps = plan.strides.map((stride) => stride.map((step, level) => lengths[level] === 1 ? 0 : step * bytes));
  const pointers = plan.strides.map((_, source) => request.pointer(source));
  pointers.forEach((pointer, source) => code.move(pointer, (request.part?.from ?? 0) * steps[source]![0]!));
  const totals = mayTotal(request) ? request.totals() : undefined;
  const recorder = new Recorder(), translator = new Translator(code);
  // Constants are operands of the instructions that use them.
  const constants = inlineConstants();
  const math = vectorMathOf({ f: recorder, dtype, relaxed: true, constants, slowPaths: {}, functions: ALL_FUNCTIONS });
  const moves = (level: number, indices: number): readonly Move[] =>
    pointers.flatMap((pointer, source) => {
      const by = steps[source]![level]! * indices;
      return by === 0 ? [] : [[pointer, by] as const];
    });
  const back = (level: number, indices: number) => moves(level, indices).forEach(([one, by]) => code.move(one, -by));
  const place = (side: Side, step: Step | undefined, source: number): Access => {
    const pointer = pointers[source]!, along = steps[source]![last]!;
    const around = step?.outer === undefined ? 0 : step.outer * steps[source]![last - 1]!;
    if (byRows) {
      if (along === 0 || step === undefined) return at(pointer, around);
      return at(pointer, around + step.position * width, step.counter);
    }
    const beside = steps[source]![across] === 0 ? 0 : side.position * width;
    return at(pointer, around + beside + (step === undefined ? 0 : step.position * along));
  };
  const load = (side: Side, step: Step | undefined, source: number): Vector =>
    recorder.load((to) => {
      const from = place(side, step, source), level = byRows ? last : across;
      if (steps[source]![level] === 0 || (byRows && step === undefined)) lanes.repeat(to, from);
      else lanes.load(to, from, byRows ? step!.edge : side.edge);
    });
  return {
    ...request,
    code,
    lanes,
    recorder,
    translator,
    last,
    across,
    moves,
    through: (level, turns, step, body) => {
      code.loop(turns, moves(level, step), body);
      back(level, turns * step);
    },
    back,
    values: (side, step, known) =>
      computing(math, (index) => {
        const read = plan.argumentOf(index);
        return "stage" in read ? side.values.get(read.stage)! : load(side, step, read.source);
      }, known),
    store: (side, step, output, value) => {
      const to = place(side, step, operands.length + output);
      recorder.store(value, (from) => {
        if (byRows && step === undefined) lanes.storeOne(to, from);
        else lanes.store(to, from, byRows ? step!.edge : side.edge);
      });
    },
    isShared: (index) => {
      const read = plan.argumentOf(index);
      return "source" in read && steps[read.source]![across] === 0;
    },
    total: (number) => at(totals!, number * TOTAL), // there if sums are long
    free: () => code.free(...pointers, ...totals === undefined ? [] : [totals]),
  };
}

/** Tells whether rows have sums so long that they are carried over to float64 on the way. */
export function mayTotal({ plan, dtype, byRows }: Pick<RowsRequest, "plan" | "dtype" | "byRows">): boolean {
  const { lengths, kept, lanes, passes } = plan, n = lengths.at(-1)!;
  const vectors = sizeOf(lengths.slice(kept, -1)) * (byRows ? Math.ceil(n / lanes) : n);
  return passes.some(({ stages }) => stages.some(({ reduction }) => needsSettling(reduction, dtype, vectors)));
}
