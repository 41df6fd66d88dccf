/**
 * Kernels for rows: one WebAssembly function for each computation and kind of shape, or for a single shape where a
 * function for many does not do.
 *
 * @module
 */
import { CACHE_LINE } from "../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import { placeRows } from "../program/operations/rows.ts";
import { type Rows, stageOfArgument } from "../rows.ts";
import { rowMajorStrides, type Shape } from "../shape.ts";
import { i32, ModuleBuilder } from "../wasm/mod.ts";
import { importEngineMemory, isShared } from "./engine_memory.ts";
import { type Instantiate, instantiateOn } from "./instantiate.ts";
import { importSlowPaths } from "./math/slow_paths.ts";
import type { VectorFunctions } from "./math/vector_functions.ts";
import { argumentsIn } from "./program/loop_expressions.ts";
import type { ReductionLevels } from "./program/reduction_levels.ts";
import { emitRows } from "./program/rows_function.ts";
import { rowLevels, rowsPlan } from "./program/rows_plan.ts";
import { emitAnyRows, kindOfLevels, numbersOfLevels, suitsAnyLength } from "./rows_any_length.ts";

/** The specification of a kernel. */
export type RowsKernelOptions = {
  readonly rows: Rows;
  /** The shape of all elements; none of its lengths is 0. */
  readonly shape: Shape;
  /** The shapes of the operands, which broadcast to it. */
  readonly own: readonly Shape[];
  readonly dtype: DType;
  /** Whether to use relaxed SIMD. */
  readonly relaxed: boolean;
  /** The functions that its expressions consist of. */
  readonly functions: VectorFunctions;
  /** The memory that it computes in. */
  readonly memory: WebAssembly.Memory;
  /** Makes a function of the kernel's module. Default: an instance on the memory. */
  readonly instantiate?: Instantiate | undefined;
};

/** A computation of rows. */
export type RowsKernel = {
  /** Whether it can be run on some indices of axis 0; otherwise it is run on all of them. */
  readonly splits: boolean;
  /** The number of 32-bit integers that it keeps in memory. */
  readonly words: number;
  /**
   * Computes the first `count` indices of axis 0.
   *
   * @param parameters The address of memory for those integers.
   * @param addresses The byte addresses of the operands and then of the outputs, all row-major.
   */
  readonly run: (count: number, parameters: number, addresses: readonly number[]) => void;
  /** How parts are computed where they lie, if the kernel can do that: indices of the outermost loop over rows. */
  readonly parts?: {
    /** The number of those indices, and how many of them are computed together. */
    readonly length: number;
    readonly width: number;
    /** Computes indices `from` to `to - 1`; the other arguments are those of `run`. */
    readonly run: (from: number, to: number, parameters: number, addresses: readonly number[]) => void;
  };
};

/** Makes kernels, and keeps what they share. */
export type RowsKernels = (options: Pick<RowsKernelOptions, "rows" | "shape" | "own" | "dtype">) => RowsKernel;

/** A function for a kind of shapes; it takes the address of its parameters. */
type AnyRows = (parameters: number) => void;

/** The largest number of functions to keep. */
const LIMIT = 1024;

/**
 * Returns a source of kernels that compute in a memory.
 *
 * @param functions Returns the functions for which vector code has been loaded so far.
 * @param instantiate As in {@link RowsKernelOptions}.
 */
export function rowsKernels(
  memory: WebAssembly.Memory,
  relaxed: boolean,
  functions: () => VectorFunctions,
  instantiate?: Instantiate,
): RowsKernels {
  const known = new Map<string, AnyRows>(), narrow = new Map<string, RowsKernel>();
  let integers = new Int32Array(memory.buffer);
  /** Returns the kernel for matrices with this number of columns and any number of rows. */
  const narrowKernel = (
    given: RowsKernelOptions,
    used: readonly number[],
    { lengths, strides }: ReductionLevels,
  ): RowsKernel => {
    const [rows, columns] = lengths as readonly [number, number], perIndex = rows / given.shape[0]!; // two levels
    const moves = strides.slice(0, used.length).map((steps) => steps.map((step) => step !== 0));
    const key = `${given.dtype} ${keyOf(given.rows)} ${columns} ${moves}`;
    const own = given.own.map((_, k): Shape => {
      const [down, along] = moves[used.indexOf(k)] ?? [false, false];
      return [down ? rows : 1, along ? columns : 1];
    });
    const made = narrow.get(key) ??
      makeRowsKernel({ ...given, rows: { ...given.rows, axes: [1] }, shape: [rows, columns], own });
    narrow.set(key, made);
    if (narrow.size > LIMIT) narrow.delete(narrow.keys().next().value!);
    return { ...made, run: (count, parameters, addresses) => made.run(count * perIndex, parameters, addresses) };
  };
  return ({ rows, shape, own, dtype }) => {
    const bytes = BYTES_PER_ELEMENT[dtype], used = usedOperands(rows);
    const strides = used.map((k) => broadcastStrides(own[k]!, shape));
    const levels = rowLevels(shape, rows.axes, strides, rows.outputs.map(({ perRow }) => perRow), 16 / bytes);
    const shared = { relaxed, functions: functions(), memory, ...instantiate && { instantiate } };
    const given: RowsKernelOptions = { rows, shape, own, dtype, ...shared };
    if (!suitsAnyLength(levels)) return makeRowsKernel(given);
    if (isNarrow(levels, 16 / bytes) && splitsAt(shape, rows, levels)) return narrowKernel(given, used, levels);
    const key = `${dtype} ${keyOf(rows)} ${kindOfLevels(levels)}`, run = known.get(key) ?? anyRows(given);
    known.set(key, run);
    if (known.size > LIMIT) known.delete(known.keys().next().value!);
    const perIndex = levels.lengths[0]! / shape[0]!, arrays = [...used, ...rows.outputs.map((_, k) => own.length + k)];
    const numbers = numbersOfLevels(levels, arrays.map(() => 0), bytes);
    const places = arrays.map((_, k) => levels.lengths.length * (k + 1) + k);
    const splits = splitsAt(shape, rows, levels);
    /** Writes the parameters, and runs the function on some indices of level 0. */
    const runAt = (from: number, count: number, parameters: number, addresses: readonly number[]): void => {
      if (integers.buffer !== memory.buffer) integers = new Int32Array(memory.buffer);
      const first = parameters / 4;
      for (let k = 0; k < numbers.length; k++) integers[first + k] = numbers[k]!;
      integers[first] = count;
      for (let k = 0; k < places.length; k++) {
        integers[first + places[k]!] = addresses[arrays[k]!]! + from * levels.strides[k]![0]! * bytes;
      }
      run(parameters);
    };
    const width = levels.byRows || levels.kept > 1 ? 1 : CACHE_LINE / bytes;
    return {
      splits,
      words: numbers.length,
      run: (count, parameters, addresses) =>
        runAt(0, splits ? count * perIndex : levels.lengths[0]!, parameters, addresses),
      parts: {
        length: levels.lengths[0]!,
        width,
        run: (from, to, parameters, addresses) => runAt(from, to - from, parameters, addresses),
      },
    };
  };
}

/** Rows of up to this many vectors have kernels for their own length: straight code for so few takes two thirds of the time. */
const NARROW = 4;

const isNarrow = ({ byRows, kept, lengths }: ReductionLevels, lanes: number): boolean =>
  byRows && kept === 1 && lengths.length === 2 && lengths[1]! <= NARROW * lanes;

/** The operands that each computation reads, found once. */
const usedBy = new WeakMap<Rows, readonly number[]>();

function usedOperands(rows: Rows): readonly number[] {
  const found = usedBy.get(rows);
  if (found !== undefined) return found;
  const all = argumentsIn([...rows.stages, ...rows.outputs].map(({ expression }) => expression));
  const used = all.filter((index) => stageOfArgument(index) === undefined);
  usedBy.set(rows, used);
  return used;
}

/** Returns the strides of a row-major array that is repeated along its axes of length 1. */
const broadcastStrides = (own: Shape, shape: Shape): readonly number[] =>
  rowMajorStrides(own).map((step, axis) => own[axis] === shape[axis] ? step : 0);

/** Tells whether rows can be computed for some indices of axis 0. */
const splitsAt = (shape: Shape, { axes }: Rows, { byRows, kept }: Pick<ReductionLevels, "byRows" | "kept">): boolean =>
  shape[0]! > 1 && !axes.includes(0) && (byRows || kept > 1);

/** The key of each computation, made once. */
const keys = new WeakMap<Rows, string>();

/** Returns the key of a computation: equal for equal computations, since equal expressions have equal ids. */
export function keyOf(rows: Rows): string {
  const found = keys.get(rows);
  if (found !== undefined) return found;
  const { axes, stages, outputs } = rows;
  const ofStages = stages.map(({ reduction, expression }) => `${reduction} ${expression.id}`);
  const key = `${axes} ${ofStages} ${outputs.map(({ perRow, expression }) => `${perRow} ${expression.id}`)}`;
  keys.set(rows, key);
  return key;
}

/** Makes the function for all shapes of the kind that this one is of. */
function anyRows({ rows, shape, own, dtype, relaxed, functions, memory, instantiate }: RowsKernelOptions): AnyRows {
  const operation = placeRows(rows, own.map((shape, value) => ({ dtype, shape, value })), shape);
  const plan = rowsPlan(operation, dtype), builder = new ModuleBuilder();
  importEngineMemory(builder, undefined, undefined, isShared(memory));
  const slowPaths = importSlowPaths(builder, operation.loop.expressions, functions.slow);
  const kernel = builder.named(
    `rows ${dtype}`,
    () =>
      builder.function(
        { name: "run", parameters: { parameters: "i32" } },
        (f, { parameters }) => emitAnyRows(f, { plan, dtype, relaxed, slowPaths, functions, parameters }),
      ),
  );
  return (instantiate ?? instantiateOn(memory, functions.slow))(builder, kernel);
}

/** Makes a kernel for one shape. */
export function makeRowsKernel(options: RowsKernelOptions): RowsKernel {
  const { rows, shape, own, dtype, relaxed, functions, memory, instantiate } = options;
  const operation = placeRows(rows, own.map((shape, value) => ({ dtype, shape, value })), shape);
  const plan = rowsPlan(operation, dtype), { lengths } = plan, splits = splitsAt(shape, rows, plan);
  const builder = new ModuleBuilder();
  importEngineMemory(builder, undefined, undefined, isShared(memory));
  const slowPaths = importSlowPaths(builder, operation.loop.expressions, functions.slow);
  const names = Array.from({ length: own.length + rows.outputs.length }, (_, k) => `a${k}`);
  const kernel = builder.named(
    `rows ${dtype}`,
    () =>
      builder.function({
        name: "run",
        parameters: { count: "i32", ...Object.fromEntries(names.map((name) => [name, "i32"])) },
      }, (f, parameters) => {
        const at = names.map((name) => ({
          base: 0,
          // The record has these names, by its construction above.
          start: (parameters as { readonly [name: string]: typeof parameters.count })[name]!,
        }));
        const spec = {
          operation,
          dtype,
          relaxed,
          slowPaths,
          functions,
          place: (value: number) => at[value]!,
          results: at.slice(own.length),
        };
        if (!splits) return emitRows(f, spec);
        // Level 0 is axis 0, or axis 0 joined with other kept axes.
        const from = f.local("i32"), to = f.let(i32.mul(parameters.count, lengths[0]! / shape[0]!));
        emitRows(f, spec, { from, to });
      }),
  );
  const run = (instantiate ?? instantiateOn(memory, functions.slow))(builder, kernel);
  return { splits, words: 0, run: (count, _, addresses) => run(count, ...addresses) };
}
