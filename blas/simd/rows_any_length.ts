/**
 * Rows of any lengths and strides as one WebAssembly function, so that a new shape needs no new code.
 *
 * A plan says which levels of loops there are and along which of them each array moves; lengths, steps and addresses
 * are read from memory when the code runs.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import { IDENTITY } from "../reduction.ts";
import { isNeverMinusZero } from "../scalar/minus_zero.ts";
import type { Scalar } from "../scalar/scalar.ts";
import { type FunctionBuilder, i32, i32x4, type Local, v128 } from "../wasm/mod.ts";
import { computing } from "./elementwise/emit.ts";
import type { Vector } from "./lane_instructions.ts";
import type { SlowPaths } from "./math/slow_paths.ts";
import type { VectorFunctions } from "./math/vector_functions.ts";
import { constantsOf, vectorMathOf } from "./math/vector_math.ts";
import { accumulatorOf, groupOf } from "./program/accumulator.ts";
import { exactTerms } from "./program/exactness.ts";
import type { ReductionLevels } from "./program/reduction_levels.ts";
import { lowestEverywhere, waysOf } from "./program/rows_function.ts";
import type { RowPass, RowsPlan } from "./program/rows_plan.ts";

/** The number of vectors of columns that are computed together. */
const SIDES = 4, FEWER_SIDES = 2;

/** A pass of more instructions for a vector than this is computed for fewer columns at a time. */
const HEAVY = 24;

/** Tells whether lanes always lie side by side, or are one number, so that vectors can be loaded whole. */
export function suitsAnyLength({ strides, kept, byRows, lengths }: ReductionLevels): boolean {
  const along = byRows ? lengths.length - 1 : kept - 1;
  return strides.every((steps) => steps[along] === 0 || steps[along] === 1);
}

/** Returns everything about levels that the code depends on, as a key: levels with equal keys can share a function. */
export function kindOfLevels({ strides, kept, byRows, lengths }: ReductionLevels): string {
  const moves = strides.map((steps) => steps.map((step) => step === 0 ? "0" : "1").join("")).join(" ");
  return `${kept} ${lengths.length} ${byRows} ${moves}`;
}

/** Lists the 32-bit integers that the function reads: the length of each level; for each array its address and its steps in bytes. */
export function numbersOfLevels(
  { lengths, strides }: ReductionLevels,
  addresses: readonly number[],
  bytes: number,
): readonly number[] {
  return [...lengths, ...strides.flatMap((steps, k) => [addresses[k]!, ...steps.map((step) => step * bytes)])];
}

/** The specification of a function for rows of any length. */
export type AnyRowsSpec = {
  /** A plan for some shape; the operands that are read come first among the arrays, then the outputs. */
  readonly plan: RowsPlan;
  readonly dtype: DType;
  /** Whether to use relaxed SIMD. */
  readonly relaxed: boolean;
  readonly slowPaths: SlowPaths;
  /** The functions that its expressions consist of. */
  readonly functions: VectorFunctions;
  /** The address of the numbers. */
  readonly parameters: Local<"i32">;
};

/** A vector of columns `origin` bytes after the pointers, and the results of its stages so far. */
type Side = { readonly origin: number; readonly values: Map<number, Vector> };

/** Emits the function's body. Vectors are read up to 16 bytes beyond the last element, and never written there. */
export function emitAnyRows(f: FunctionBuilder, spec: AnyRowsSpec): void {
  const { plan, dtype, relaxed, slowPaths, functions, parameters } = spec;
  const { kept, byRows, lanes, operands, passes, strides } = plan, levels = plan.lengths.length, last = levels - 1;
  const bytes = BYTES_PER_ELEMENT[dtype], along = byRows ? last : kept - 1;
  const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths, functions });
  const word = (k: number): Local<"i32"> => f.let(i32.load(parameters, 4 * k));
  const lengths = plan.lengths.map((_, level) => word(level));
  const moves = (source: number, level: number): boolean => strides[source]![level] !== 0;
  const terms = lengths.slice(kept).reduce((product, length) => f.let(i32.mul(product, length)));
  const pointers = strides.map((_, source) => word(levels + source * (levels + 1)));
  const steps = strides.map((own, source) =>
    own.map((_, l) => moves(source, l) ? word(levels + source * (levels + 1) + 1 + l) : 0)
  );

  /** Emits code that moves pointers along a level, and restores them after it. */
  const moving = (level: number, body: (advance: (step?: number) => void) => void): void => {
    const moved = pointers.flatMap((pointer, source) =>
      moves(source, level) ? [{ pointer, step: steps[source]![level]! }] : []
    );
    const before = moved.map(({ pointer }) => f.let(pointer));
    body((step) => moved.forEach((one) => f.increment(one.pointer, step ?? one.step)));
    moved.forEach(({ pointer }, k) => f.set(pointer, before[k]!));
  };
  const loop = (level: number, body: () => void): void =>
    moving(level, (advance) =>
      f.for({ to: lengths[level]! }, () => {
        body();
        advance();
      }));

  const values = (side: Side, offset: number, known?: ReadonlyMap<Scalar, Vector>) =>
    computing(math, (index) => {
      const read = plan.argumentOf(index);
      if ("stage" in read) return side.values.get(read.stage)!;
      const pointer = pointers[read.source]!;
      if (moves(read.source, along)) return v128.load(pointer, side.origin + offset);
      return bytes === 4 ? v128.load32_splat(pointer) : v128.load64_splat(pointer);
    }, known);
  const storeLane = (pointer: Local<"i32">, v: Vector, lane: number, offset: number) =>
    f.do(bytes === 4 ? v128.store32_lane(pointer, v, lane, offset) : v128.store64_lane(pointer, v, lane, offset));
  /** Stores a vector of an output; with `left`, only as many of its lanes as elements are left. */
  const store = (output: number, offset: number, made: Vector, left?: Local<"i32">): void => {
    const pointer = pointers[operands.length + output]!, v = math.keep(made);
    if (left === undefined) return f.do(v128.store(pointer, v, offset));
    f.if(i32.ge_s(left, lanes), () => f.do(v128.store(pointer, v, offset)), () => {
      for (let lane = 0; lane < lanes - 1; lane++) {
        f.if(i32.gt_s(left, lane), () => storeLane(pointer, v, lane, offset + lane * bytes));
      }
    });
  };
  /** Returns a mask with all bits set in the lanes below `left`. */
  const inside = (left: Local<"i32">): Vector =>
    i32x4.lt_s(i32x4.const(...[0, 1, 2, 3].map((part) => Math.floor(part * 4 / bytes))), i32x4.splat(left));

  const emitPass = (
    { stages, outputs, parts, weight }: RowPass,
    sides: readonly Side[],
    columns?: Local<"i32">,
  ): void => {
    const groups = dtype === "float32" && stages.some(({ reduction }) => reduction === "sum");
    const registers = byRows ? waysOf(weight, 1, stages.length) : 1, ways = groups ? groupOf(weight) : registers;
    // Of few terms, none are added in float32.
    const exact = stages.map((stage) => stage.reduction === "sum" ? exactTerms(plan, stage) : 0);
    const few = groups ? f.let(i32.le_s(terms, Math.max(...exact))) : undefined;
    // Of the vectors that are left, four are added in pairs, too.
    const isLight = groups && ways === 8 && sides.length === 1;
    const prepared = sides.map((side) => {
      const ahead = values(side, 0), known = new Map<Scalar, Vector>();
      for (const [x, level] of parts) if (level < kept && x.kind !== "constant") known.set(x, ahead.value(x));
      return known;
    });
    const accumulators = sides.map(() =>
      stages.map(({ reduction, expression, divisor }) => {
        const minusZero = !isNeverMinusZero(expression);
        return accumulatorOf(f, { reduction, dtype, ways: registers, minusZero, exact: false, divisor });
      })
    );
    /** Computes a vector of each side; with `left`, only that many elements of the row are left. */
    const absorb = (way: number, left?: Local<"i32">): void =>
      sides.forEach((side, s) => {
        const offset = byRows ? 16 * way : 0,
          computed = values(side, offset, prepared[s]),
          mask = left && f.let(inside(left));
        stages.forEach(({ expression, reduction, keptIn }, k) => {
          const v = computed.value(expression);
          if (keptIn !== undefined) store(keptIn, side.origin + offset, v, left ?? columns);
          const own = mask === undefined ? v : v128.bitselect(v, math.constant(IDENTITY[reduction]), mask);
          accumulators[s]![k]!.absorb(own, way % registers);
        });
        // All results are computed before any is stored.
        const results = outputs.map(({ expression }) => computed.value(expression));
        outputs.forEach(({ output }, k) => store(output, side.origin + offset, results[k]!, left ?? columns));
      });
    const settle = () => accumulators.flat().forEach((one) => one.settle());
    /** Emits a loop that takes `each` elements in every iteration until fewer are left. */
    const repeated = (left: Local<"i32">, each: number, iteration: () => void): void =>
      f.while(i32.ge_s(left, each), () => {
        iteration();
        settle();
        f.increment(left, -each);
      });
    accumulators.flat().forEach((one) => one.begin());
    const reduced = (level: number): void => {
      if (level < last) return loop(level, () => reduced(level + 1));
      moving(level, (advance) => {
        const left = f.let(lengths[level]!);
        const width = byRows ? lanes : 1;
        const vectorsOf = (vectors: number) =>
          repeated(left, vectors * width, () => {
            for (let way = 0; way < vectors; way++) {
              absorb(way);
              if (!byRows) advance();
            }
            if (byRows) advance(16 * vectors);
          });
        const several = () => (isLight ? [8, 4] : ways > 1 ? [ways] : []).forEach(vectorsOf);
        if (few === undefined) several();
        else f.if(i32.eqz(few), several);
        vectorsOf(1);
        if (byRows) {
          f.if(i32.gt_s(left, 0), () => {
            absorb(0, left);
            settle();
          });
        }
      });
    };
    reduced(kept);
    sides.forEach((side, s) =>
      stages.forEach(({ stage }, k) => {
        const accumulator = accumulators[s]![k]!;
        side.values.set(stage, byRows ? math.keep(lowestEverywhere(accumulator.lowest(), bytes)) : accumulator.lanes());
      })
    );
  };
  const emitSides = (count: number, columns?: Local<"i32">): void => {
    const sides = Array.from({ length: count }, (_, k): Side => ({ origin: 16 * k, values: new Map() }));
    for (const pass of passes) emitPass(pass, sides, columns);
    for (const side of sides) {
      const computed = values(side, 0);
      for (const { output, expression } of plan.perRow) {
        const v = computed.value(expression);
        if (byRows) storeLane(pointers[operands.length + output]!, math.keep(v), 0, 0);
        else store(output, side.origin, v, columns);
      }
    }
  };
  const allColumns = (): void =>
    moving(along, (advance) => {
      const count = passes.every(({ weight }) => weight <= HEAVY) ? SIDES : FEWER_SIDES, left = f.let(lengths[along]!);
      f.while(i32.ge_s(left, count * lanes), () => {
        emitSides(count);
        advance(16 * count);
        f.increment(left, -count * lanes);
      });
      f.while(i32.gt_s(left, 0), () => {
        emitSides(1, left);
        advance(16);
        f.increment(left, -lanes);
      });
    });
  const visit = (level: number): void => {
    if (level < (byRows ? kept : along)) return loop(level, () => visit(level + 1));
    return byRows ? emitSides(1) : allColumns();
  };
  visit(0);
}
