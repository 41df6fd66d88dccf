/**
 * Rows as WebAssembly functions: for each row, or for a few columns side by side, one pass after the other.
 *
 * Sums are added as reductions add them: see `reduce_function.ts`.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { IDENTITY } from "../../reduction.ts";
import { isNeverMinusZero } from "../../scalar/minus_zero.ts";
import { constantScalar, type Scalar, substitute } from "../../scalar/scalar.ts";
import { reducedShape, sizeOf } from "../../shape.ts";
import { type RowsOperation, stageOf } from "../../program/operations/rows.ts";
import { type FunctionBuilder, i32, i32x4, i8x16, v128 } from "../../wasm/mod.ts";
import { computing } from "../elementwise/emit.ts";
import type { Vector } from "../lane_instructions.ts";
import type { SlowPaths } from "../math/slow_paths.ts";
import type { VectorFunctions } from "../math/vector_functions.ts";
import { constantsOf, vectorMathOf } from "../math/vector_math.ts";
import { accumulatorOf, groupOf } from "./accumulator.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { isExactStage } from "./exactness.ts";
import { loadLanes, storeApart } from "./lane_access.ts";
import { emitLoop } from "./loop_function.ts";
import { pointersTo, type Source } from "./pointers.ts";
import { emitReducedLevels } from "./reduced_levels.ts";
import { type RowPass, type RowsPlan, rowsPlan } from "./rows_plan.ts";
import { emitUnits, shareFunction, type UnitRange } from "./shares.ts";
import { elementsAlong } from "./touched.ts";

/** The specification of the code for rows. */
export type RowsSpec = {
  readonly operation: RowsOperation;
  readonly dtype: DType;
  /** Whether to use relaxed SIMD. */
  readonly relaxed: boolean;
  readonly slowPaths?: SlowPaths | undefined;
  /** The functions that its expressions consist of. */
  readonly functions: VectorFunctions;
  /** Returns the address of element 0 of a value. */
  readonly place: (value: number) => Pick<Source, "base" | "start">;
  /** The address of each output, row-major. Outputs must not overlap operands. */
  readonly results: readonly Pick<Source, "base" | "start">[];
};

/** The most instructions, and the most vectors, of straight code in place of a loop. */
const STRAIGHT = 128, STRAIGHT_VECTORS = 16;

/** The number of columns that are computed together, in vectors: a cache line. */
const WIDEST = 4;

/**
 * Counts the units of rows that are computed in shares: indices of the outermost kept level, or ranges of that level if
 * a vector holds several rows.
 */
export function rowsUnits(operation: RowsOperation, dtype: DType): number {
  if (sizeOf(operation.loop.shape) === 0) return 1;
  const plan = rowsPlan(operation, dtype), length = plan.lengths[0]!;
  return plan.byRows || plan.kept > 1 ? length : Math.ceil(length / widthOf(plan));
}

/** Returns what units of rows read and write. */
function touchedByRows(operation: RowsOperation, dtype: DType): Phase["touched"] {
  if (sizeOf(operation.loop.shape) === 0) return undefined;
  const plan = rowsPlan(operation, dtype), { lengths, strides, operands } = plan;
  const width = plan.byRows || plan.kept > 1 ? 1 : widthOf(plan);
  return (first, last) => {
    const from = first * width, to = Math.min(last * width, lengths[0]!);
    const along = (value: number, offset: number, source: number) =>
      elementsAlong({ value, offset, shape: lengths, stride: strides[source]! }, 0, from, to);
    return {
      reads: operands.map(({ value, offset }, k) => along(value, offset, k)),
      writes: operation.perRow.map((_, k) => along(k, 0, operands.length + k)),
      workspace: undefined,
    };
  };
}

/** Returns the number of adjacent rows that are computed together. */
const widthOf = ({ lengths, kept, lanes, passes }: RowsPlan): number =>
  Math.min(Math.ceil(lengths[kept - 1]! / lanes), passes.every(({ weight }) => weight <= 24) ? WIDEST : 2) * lanes;

/** Rows that are computed together: the contents of a vector's lanes at each step along the innermost level. */
type Side = {
  /** The number of rows in the lanes; 1 if the lanes hold elements of one row. */
  readonly rows: number;
  /** Returns for every source the bytes between its pointer and each row. */
  readonly origin: (source: number) => readonly number[];
  readonly values: Map<number, Vector>;
};

/** Emits all rows, or some units of them; none of the lengths is 0. */
export function emitRows(f: FunctionBuilder, spec: RowsSpec, range?: UnitRange): void {
  const { operation, dtype, relaxed, slowPaths = {}, functions } = spec;
  const plan = rowsPlan(operation, dtype), { lengths, strides, kept, byRows, lanes, operands, passes } = plan;
  const bytes = BYTES_PER_ELEMENT[dtype], last = lengths.length - 1, across = kept - 1;
  const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths, functions });
  const sources = [
    ...operands.map((operand) => {
      const { base, start } = spec.place(operand.value);
      return { base: base + operand.offset * bytes, ...start && { start } };
    }),
    ...spec.results,
  ].map((place, k): Source => ({ ...place, strides: strides[k]!.map((step) => step * bytes) }));
  const pointers = pointersTo(f, sources, { moves: () => true });
  const n = lengths[last]!, full = byRows ? Math.floor(n / lanes) : n, steps = byRows ? Math.ceil(n / lanes) : n;
  const perStep = byRows ? lanes : 1;

  /** Returns the offsets of the lanes of adjacent rows at a step along the innermost level. */
  function lanesAt({ origin }: Side, step: number) {
    return (source: number): readonly number[] => {
      const stride = sources[source]!.strides[last]!;
      if (!byRows) return origin(source).map((offset) => offset + step * stride);
      const offsets: number[] = [];
      for (let k = step * lanes; k < n && k < (step + 1) * lanes; k++) offsets.push(k * stride);
      return offsets;
    };
  }
  function values(side: Side, offsets: (source: number) => readonly number[], known?: ReadonlyMap<Scalar, Vector>) {
    return computing(math, (index) => {
      const read = plan.argumentOf(index);
      if ("stage" in read) return side.values.get(read.stage)!;
      return loadLanes((offset) => pointers.place(read.source, offset), offsets(read.source), bytes);
    }, known);
  }
  function store(output: number, offsets: (source: number) => readonly number[], v: Vector) {
    const source = operands.length + output;
    f.do(...storeApart((offset) => pointers.place(source, offset), math.keep(v), offsets(source), bytes));
  }
  function filledUp(v: Vector, count: number, identity: number): Vector {
    const inside = i32x4.const(...[0, 1, 2, 3].map((lane) => lane * 4 < count * bytes ? -1 : 0));
    return v128.bitselect(v, math.constant(identity), f.constant(inside));
  }

  function emitPass({ stages, outputs, parts, weight }: RowPass, sides: readonly Side[]): void {
    const exact = stages.map((stage) => isExactStage(plan, stage));
    const groups = dtype === "float32" && stages.some(({ reduction }) => reduction === "sum");
    const registers = Math.min(steps, waysOf(weight, sides.length, stages.length));
    const ways = groups ? Math.min(steps, groupOf(weight)) : registers;
    const straight = steps * sides.length <= STRAIGHT_VECTORS && steps * sides.length * weight <= STRAIGHT;
    const iterations = straight ? 0 : Math.floor(full / ways), done = iterations * ways;
    const prepared = sides.map((side) => {
      const ahead = values(side, byRows ? () => [0] : side.origin), known = new Map<Scalar, Vector>();
      for (const [x, level] of parts) if (level < kept && x.kind !== "constant") known.set(x, ahead.value(x));
      return known;
    });
    const accumulators = sides.map(() =>
      stages.map(({ reduction, expression, divisor }, k) => {
        const minusZero = !isNeverMinusZero(expression);
        return accumulatorOf(f, { reduction, dtype, ways: registers, minusZero, exact: exact[k]!, divisor });
      })
    );
    function absorb(step: number) {
      sides.forEach((side, s) => {
        const offsets = lanesAt(side, step), computed = values(side, offsets, prepared[s]);
        const count = byRows ? Math.min(lanes, n - step * lanes) : lanes;
        stages.forEach(({ expression, reduction, keptIn }, k) => {
          const v = computed.value(expression);
          if (keptIn !== undefined) store(keptIn, offsets, v);
          accumulators[s]![k]!.absorb(count < lanes ? filledUp(v, count, IDENTITY[reduction]) : v, step % registers);
        });
        // All results are computed before any is stored.
        const results = outputs.map(({ expression }) => computed.value(expression));
        outputs.forEach(({ output }, k) => store(output, offsets, results[k]!));
      });
    }
    const absorbAll = (from: number, to: number) => {
      for (let step = from; step < to; step++) absorb(step);
    };
    emitReducedLevels({ pointers, lengths, kept, accumulators: accumulators.flat() }, {
      iterations,
      step: ways * perStep,
      iteration: () => absorbAll(0, ways),
      rest: () => absorbAll(done, steps),
    });
    sides.forEach((side, s) =>
      stages.forEach(({ stage }, k) => {
        const accumulator = accumulators[s]![k]!;
        side.values.set(stage, byRows ? math.keep(lowestEverywhere(accumulator.lowest(), bytes)) : accumulator.lanes());
      })
    );
  }
  function emitSides(sides: readonly Side[]): void {
    for (const pass of passes) emitPass(pass, sides);
    for (const side of sides) {
      const computed = values(side, side.origin);
      for (const { output, expression } of plan.perRow) store(output, side.origin, computed.value(expression));
    }
  }
  const row = () => emitSides([{ rows: 1, origin: () => [0], values: new Map() }]);
  function columns(first: number, width: number) {
    return emitSides(Array.from({ length: Math.ceil(width / lanes) }, (_, v): Side => {
      const from = first + v * lanes, rows = Math.min(lanes, first + width - from);
      return {
        rows,
        origin: (source) =>
          Array.from({ length: rows }, (_, lane) => (from + lane) * sources[source]!.strides[across]!),
        values: new Map(),
      };
    }));
  }

  const widest = widthOf(plan);
  function allColumns() {
    const width = lengths[across]!, blocks = Math.floor(width / widest), looped = blocks > 1 ? blocks : 0;
    pointers.loop(across, looped, widest, () => columns(0, widest));
    for (let done = looped * widest; done < width; done += widest) columns(done, Math.min(widest, width - done));
  }
  function inside(level: number): void {
    if (level === (byRows ? kept : across)) return byRows ? row() : allColumns();
    pointers.loop(level, lengths[level]!, 1, () => inside(level + 1));
  }
  if (range === undefined) return inside(0);
  if (byRows || across > 0) {
    pointers.skip(0, range.from);
    return f.for({ from: range.from, to: range.to }, () => {
      inside(1);
      pointers.advance(0, 1);
    });
  }
  pointers.skip(0, f.let(i32.mul(range.from, widest)));
  const rest = lengths[0]! % widest;
  const unit = () => {
    columns(0, widest);
    pointers.advance(0, widest);
  };
  emitUnits(f, range, Math.ceil(lengths[0]! / widest), unit, rest > 0 ? () => columns(0, rest) : undefined);
}

/** Returns the number of vectors of adjacent rows in one iteration. */
export function waysOf(weight: number, sides: number, stages: number): number {
  const most = stages === 0 ? weight <= 8 ? 4 : weight <= 16 ? 2 : 1 : weight <= 8 ? 8 : weight <= 16 ? 4 : 2;
  return Math.max(1, Math.floor(most / (sides * Math.max(1, stages))));
}

/** Returns the lowest lane in all lanes. */
export const lowestEverywhere = (v: Vector, bytes: 4 | 8): Vector => i8x16.shuffle(v, v, LOWEST[bytes]);

/** The shuffles that repeat the lowest 4 and 8 bytes. */
const LOWEST = {
  4: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3],
  8: [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7],
};

/** Emits the outputs of rows without elements that have one number for each row. */
function emitEmptyRows(f: FunctionBuilder, { operation, ...spec }: RowsSpec, range?: UnitRange): void {
  const { loop, axes, reductions, perRow } = operation, shape = reducedShape(loop.shape, axes);
  function valueOf(expression: Scalar): Scalar {
    return substitute(expression, (part) => {
      const stage = part.kind === "argument" ? stageOf(loop.operands[part.index]!) : undefined;
      return stage === undefined ? undefined : constantScalar(IDENTITY[reductions[stage]!]);
    });
  }
  function fill() {
    return perRow.forEach((one, k) => {
      if (!one) return;
      const operands = loop.operands.map((operand) => ({ ...operand, shape }));
      const expressions = [valueOf(loop.expressions[reductions.length + k]!)];
      const address = (value: number) => spec.place(value).base;
      emitLoop(f, { ...spec, loop: { shape, operands, expressions }, address, results: [spec.results[k]!.base] });
    });
  }
  if (range === undefined) fill();
  else f.if(i32.lt_s(range.from, range.to), fill);
}

/** Prepares rows for emission. */
export function lowerRows(operation: RowsOperation, dtype: DType): Lowered {
  function spec({ relaxed, functions, slowPaths, results, address }: EmitterContext): RowsSpec {
    return {
      operation,
      dtype,
      relaxed,
      slowPaths,
      functions,
      place: (value) => ({ base: address(value) }),
      results: results.map((base) => ({ base })),
    };
  }
  const emit = sizeOf(operation.loop.shape) === 0 ? emitEmptyRows : emitRows;
  return {
    workspace: 0,
    emit: (context) => context.module.function({ parameters: {} }, (f) => emit(f, spec(context))),
    get shares() {
      const share: Phase["emit"] = (context) =>
        shareFunction(context.module, (f, range) => emit(f, spec(context), range));
      const touched = touchedByRows(operation, dtype);
      return {
        workspace: 0,
        scratch: 0,
        phases: [{ units: rowsUnits(operation, dtype), emit: share, ...touched && { touched } }],
      };
    },
  };
}
