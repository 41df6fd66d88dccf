/**
 * Reductions as WebAssembly functions: an expression is computed for every element, and accumulated along axes.
 *
 * Sums of float32 are accumulated in float64: groups of a few vectors, which are added in pairs before, or one by one where there
 * are few elements. Products are accumulated in float64. The order depends only on the shape and the strides, so the same numbers give the same
 * result.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { ReduceOperation } from "../../program/operations/reduce.ts";
import type { ValueType } from "../../program/program.ts";
import { IDENTITY } from "../../reduction.ts";
import { constantScalar } from "../../scalar/scalar.ts";
import { reducedShape, sizeOf } from "../../shape.ts";
import type { Vector } from "../lane_instructions.ts";
import { call, type Callable, type FunctionBuilder, i32, i32x4, type ModuleBuilder, v128 } from "../../wasm/mod.ts";
import { groupOf } from "./accumulator.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { emitLoop, loopUnits, touchedByLoop } from "./loop_function.ts";
import {
  type Known,
  type Offsets,
  type ReduceCode,
  reduceCode,
  type ReducePlan,
  reducePlan,
  type ReduceSpec,
} from "./reduce_code.ts";
import { emitUnits, shareFunction, type UnitRange } from "./shares.ts";
import { ALL_BYTES, elementsAlong, rowsOfResult } from "./touched.ts";

/**
 * Lowers a reduction. With an epilogue, reduced values go to the workspace, and the epilogue is a separate phase: it
 * has few elements, so that means are divided by their count rather than multiplied by its reciprocal.
 */
export function lowerReduce(
  { reduction, axes, loop, epilogue }: ReduceOperation,
  { shape, dtype }: ValueType,
): Lowered {
  function spec(context: EmitterContext): ReduceSpec {
    return {
      ...context,
      reduction,
      axes,
      loop,
      dtype,
      result: epilogue === undefined ? context.results[0]! : context.workspace,
    };
  }
  function reducing(): Phase {
    return {
      units: reduceUnits({ axes, loop, dtype }),
      emit: (context) => buildReduceShare(context.module, spec(context)),
      ...sizeOf(loop.shape) > 0 && { touched: touchedByReduce({ axes, loop, dtype }, epilogue !== undefined) },
    };
  }
  if (epilogue === undefined) {
    return {
      workspace: 0,
      emit: (context) => buildReduce(context.module, spec(context)),
      get shares() {
        return { workspace: 0, scratch: 0, phases: [reducing()] };
      },
    };
  }
  const workspace = sizeOf(shape) * BYTES_PER_ELEMENT[dtype];
  return {
    workspace,
    inPlace: true,
    emit(context) {
      const { module, wholeLoop, results, workspace } = context, reduced = buildReduce(module, spec(context));
      const rest = wholeLoop({ loop: epilogue, dtype, results, divides: true }, workspace);
      return module.function({ parameters: {} }, (f) => f.do(call(reduced), call(rest)));
    },
    get shares() {
      const finishing: Phase = {
        units: loopUnits(epilogue),
        emit: ({ loopShare, results, workspace }) =>
          loopShare({ loop: epilogue, dtype, results, divides: true }, workspace),
        touched: touchedByLoop(epilogue),
      };
      return { workspace, scratch: 0, phases: [reducing(), finishing] };
    },
  };
}

/** Builds the function that computes a reduction; it has no parameters. */
export function buildReduce(m: ModuleBuilder, spec: ReduceSpec): Callable<"none"> {
  return m.function({ parameters: {} }, (f) => emitReduce(f, spec));
}

/** Builds the function that computes some units of a reduction, as described at `Phase.emit`. */
function buildReduceShare(m: ModuleBuilder, spec: ReduceSpec): Callable<"none"> {
  return shareFunction(m, (f, range) => emitReduce(f, spec, range));
}

/**
 * Counts the units of a reduction that runs in shares: indices of its outermost kept level, or ranges of that level if
 * a vector holds several results. A reduction to one number is indivisible: its order of addition is that of one
 * worker.
 */
function reduceUnits(spec: Pick<ReduceSpec, "loop" | "axes" | "dtype">): number {
  if (sizeOf(spec.loop.shape) === 0) return 1;
  const plan = reducePlan(spec), length = plan.lengths[0]!;
  return plan.byRows || plan.kept > 1 ? length : Math.ceil(length / widthOf(plan));
}

/** Returns what units of a reduction read and write: the workspace, if an epilogue follows. */
function touchedByReduce(
  spec: Pick<ReduceSpec, "loop" | "axes" | "dtype">,
  staged: boolean,
): NonNullable<Phase["touched"]> {
  const plan = reducePlan(spec), { lengths, strides, operands, kept } = plan;
  const width = plan.byRows || kept > 1 ? 1 : widthOf(plan);
  return (first, last) => {
    const from = first * width, to = Math.min(last * width, lengths[0]!);
    return {
      reads: operands.map(({ value, offset }, k) =>
        elementsAlong({ value, offset, shape: lengths, stride: strides[k]! }, 0, from, to)
      ),
      writes: staged ? [] : [rowsOfResult(0, lengths.slice(0, kept), from, to)],
      workspace: staged ? ALL_BYTES : undefined,
    };
  };
}

function emitReduce(f: FunctionBuilder, spec: ReduceSpec, range?: UnitRange): void {
  const { loop: { shape }, axes, reduction, result } = spec;
  if (sizeOf(shape) > 0) {
    const code = reduceCode(f, spec);
    return (code.byRows ? reduceRows : reduceColumns)(code, range);
  }
  const loop = { shape: reducedShape(shape, axes), operands: [], expressions: [constantScalar(IDENTITY[reduction])] };
  const fill = () => emitLoop(f, { ...spec, loop, results: [result] });
  if (range === undefined) fill();
  else f.if(i32.lt_s(range.from, range.to), fill);
}

/** Returns the number of adjacent results that are computed together: as many as fit in the registers. */
const widthOf = ({ lengths, kept, lanes, weight }: Pick<ReducePlan, "lengths" | "kept" | "lanes" | "weight">): number =>
  Math.min(Math.ceil(lengths[kept - 1]! / lanes), weight <= 16 ? 4 : 2) * lanes;

/** Emits a loop over the outermost level, or over a range of it. */
function outermost({ f, pointers, lengths }: ReduceCode, range: UnitRange | undefined, body: () => void): void {
  if (range === undefined) return pointers.loop(0, lengths[0]!, 1, body);
  pointers.skip(0, range.from);
  f.for({ from: range.from, to: range.to }, () => {
    body();
    pointers.advance(0, 1);
  });
}

/** The most instructions, and the most vectors, of straight code in place of a loop. */
const STRAIGHT = 128, STRAIGHT_VECTORS = 16;

const isStraight = (vectors: number, weight: number): boolean =>
  vectors <= STRAIGHT_VECTORS && vectors * weight <= STRAIGHT;

const ORIGIN: Offsets = () => [0];

/** Emits a reduction along rows: each number of the result from vectors along the innermost level. */
function reduceRows(code: ReduceCode, range?: UnitRange): void {
  const { math, reduction, lanes, lengths, kept, weight, pointers, along, vector, store } = code;
  const last = lengths.length - 1, n = lengths[last]!, vectors = Math.ceil(n / lanes);
  const ways = Math.min(vectors, groupOf(weight)), step = ways * lanes;
  const iterations = isStraight(vectors, weight) ? 0 : Math.floor(n / step), done = iterations * step;
  const uniform = code.hoisted(-1, -1, ORIGIN, new Map());
  const accumulator = code.accumulator(ways);
  function row() {
    const known = code.hoisted(0, kept - 1, ORIGIN, uniform);
    function absorb(from: number, to: number) {
      for (let i = from, v = 0; i < to; i += lanes, v++) {
        const count = Math.min(lanes, to - i), x = vector(along(last, i, count), known);
        accumulator.absorb(count === lanes ? x : filledUp(code, x, count), v % ways);
      }
    }
    code.reduceLevels([accumulator], {
      iterations,
      step,
      iteration: () => absorb(0, step),
      rest: () => absorb(done, n),
    });
    store(accumulator.lowest(), 0, 1);
  }
  const inside = (level: number): void =>
    level === kept ? row() : pointers.loop(level, lengths[level]!, 1, () => inside(level + 1));
  outermost(code, range, () => inside(1));

  function filledUp({ bytes }: ReduceCode, x: Vector, count: number): Vector {
    const inside = i32x4.const(...[0, 1, 2, 3].map((lane) => lane * 4 < count * bytes ? -1 : 0));
    const mask = math.f.constant(inside);
    return reduction === "sum" ? v128.and(x, mask) : v128.bitselect(x, math.constant(IDENTITY[reduction]), mask);
  }
}

/** Emits a reduction down columns: several numbers of the result at a time, adjacent in vectors. */
function reduceColumns(code: ReduceCode, range?: UnitRange): void {
  const { lanes, lengths, kept, weight, pointers, along, vector, store } = code;
  const level = kept - 1, last = lengths.length - 1, n = lengths[level]!, rows = lengths[last]!;
  const widest = widthOf(code);
  const uniform = code.hoisted(-1, -1, ORIGIN, new Map());
  function columns(first: number, width: number) {
    const vectors = Math.ceil(width / lanes);
    const ways = Math.min(rows, code.groups ? groupOf(weight) : Math.max(1, Math.floor(4 / vectors)));
    const iterations = isStraight(rows * vectors, weight) ? 0 : Math.floor(rows / ways), done = iterations * ways;
    const sides = Array.from({ length: vectors }, (_, v) => {
      const from = first + v * lanes, count = Math.min(lanes, first + width - from);
      const here = along(level, from, count);
      const known: Known = code.hoisted(0, level, here, uniform);
      return { from, count, here, known, accumulator: code.accumulator(ways) };
    });
    function absorb(from: number, to: number) {
      for (const { here, known, accumulator } of sides) {
        for (let row = from; row < to; row++) {
          const offsets: Offsets = (source) => {
            const [down] = along(last, row, 1)(source) as [number]; // at least one lane
            return here(source).map((offset) => offset + down);
          };
          accumulator.absorb(vector(offsets, known), (row - from) % ways);
        }
      }
    }
    code.reduceLevels(sides.map(({ accumulator }) => accumulator), {
      iterations,
      step: ways,
      iteration: () => absorb(0, ways),
      rest: () => absorb(done, rows),
    });
    for (const { from, count, accumulator } of sides) store(accumulator.lanes(), from * code.bytes, count);
  }
  const blocks = Math.floor(n / widest), looped = blocks > 1 ? blocks : 0;
  function across() {
    pointers.loop(level, looped, widest, () => columns(0, widest));
    for (let done = looped * widest; done < n; done += widest) columns(done, Math.min(widest, n - done));
  }
  const inside = (at: number): void =>
    at === level ? across() : pointers.loop(at, lengths[at]!, 1, () => inside(at + 1));
  if (range === undefined) return inside(0);
  if (level > 0) return outermost(code, range, () => inside(1));
  pointers.skip(0, code.f.let(i32.mul(range.from, widest)));
  const rest = n % widest;
  const unit = () => {
    columns(0, widest);
    pointers.advance(0, widest);
  };
  emitUnits(code.f, range, Math.ceil(n / widest), unit, rest > 0 ? () => columns(0, rest) : undefined);
}
