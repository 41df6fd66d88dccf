/**
 * Plain calls on several threads: products, maps, reductions, searches and rows that take long
 * enough.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Engine, SearchOperands } from "../engine.ts";
import type { Instruction } from "../program/program.ts";
import { hasOwner } from "../recycling.ts";
import type { Reduction } from "../reduction.ts";
import { declareMapMaker, declareRowsMaker, type MakeMap, type MakeRows, type ResultType } from "../result_makers.ts";
import type { Scalar } from "../scalar/scalar.ts";
import type { Rows } from "../rows.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { flatness } from "../simd/elementwise/map_call.ts";
import type { Team } from "../simd/program/team/team.ts";
import { nanosecondsOf } from "../simd/program/team/work.ts";
import { keyOf } from "../simd/rows_kernel.ts";
import { allocateUnset, isContiguous, type MutableView, type View } from "../view.ts";
import { type BlockThreads, blockThreads } from "./blocks.ts";
import { cachedPrograms } from "./cached_programs.ts";
import { type DividedConvolutions, dividedConvolutions } from "./convolutions.ts";
import { dividedMaps, type DivideMap } from "./maps.ts";
import { dividedProducts, type DivideProduct } from "./products.ts";
import { dividedReductions, type DivideReduction } from "./reductions.ts";
import { dividedRows, type DivideRows, type RowsToDivide } from "./rows.ts";
import { dividedSearches, type DivideSearch } from "./searches.ts";
import { inStorageOrder } from "./storage_order.ts";
import { threadChoices } from "./thread_choices.ts";

/** The functions of an engine that are divided among threads. */
export type Divided = Pick<Engine, "gemm" | "gemmBatched" | "map" | "reduce" | "rows" | "search"> & DividedConvolutions;

/** Nanoseconds of work below which a map is left to one thread. */
const SHORT = 100_000;

/** Maps of at most this many elements are left to one thread without an estimate. */
const FEW = 10_000;

/** Rows of fewer elements than this are left to one thread. */
const MANY = 100_000;

/**
 * Nanoseconds of work below which a reduction is left to one thread: most take about as long as copying their operand does, and
 * then gain nothing, while finding that out takes 2 % of their time, and two microseconds.
 */
const SHORT_REDUCED = 200_000;

/**
 * Nanoseconds for an element of a reduction, and for one of a reduction that has instructions to wait for rather than
 * memory: of few elements each, or a maximum of columns.
 */
const REDUCED = 0.1, REDUCED_SLOWLY = 0.3;

/** A number of elements for each result that is small. */
const FEW_EACH = 64;

/** Arrays of fewer elements than this are searched by one thread. */
const MANY_SEARCHED = 100_000;

/** Nanoseconds for copying an element to a program, or back; dividing a map that takes less gains nothing. */
const COPIED = 0.3;

/** Returns functions that divide long calls among threads, and leave the others to an engine. */
export function dividedBy(team: Team, simd: Engine, engine: () => Engine): Divided {
  let divideProduct: DivideProduct | undefined, run: ReturnType<typeof cachedPrograms> | undefined;
  let blocks: BlockThreads | undefined, divideBlocks: DivideMap | undefined, divideRowBlocks: DivideRows | undefined;
  const choose = threadChoices(team);
  /** Returns what the faster one of two functions returns; `divided` returns `undefined` if it cannot compute anything. */
  const chosen = <R>(key: string, divided: () => R | undefined, alone: () => R): R => {
    let result: R | undefined;
    choose(key, () => (result = divided()) !== undefined, () => result = alone());
    return result as R; // one of them has run
  };
  const product = (name: "gemm" | "gemmBatched"): Engine["gemm"] => (operands) => {
    const directly = () => simd[name](operands);
    divideProduct ??= dividedProducts(blocks ??= blockThreads(team));
    if (!divideProduct(operands, directly)) directly();
  };
  /** Computes a map on the threads, into an array or a new one; `undefined` if that would not pay. */
  const divideMap = (
    expression: Scalar,
    inputs: readonly View[],
    output: MutableView | ResultType,
    alone: () => View,
  ): View | undefined => {
    const { dtype, shape } = output, size = sizeOf(shape), given = "data" in output ? output : undefined;
    if (size <= FEW || (given !== undefined && !isContiguous(given))) return undefined;
    const stored = inputs.map(inStorageOrder), operands = stored.map(({ operand }, k) => operand(k));
    const instruction: Instruction = {
      results: [{ dtype, shape }],
      operation: { kind: "map", loop: { shape, operands, expressions: [expression] } },
    };
    const moved = COPIED * stored.reduce((sum, { view }) => sum + view.size, size);
    if (nanosecondsOf(instruction) < Math.max(SHORT, moved)) return undefined;
    blocks ??= blockThreads(team);
    const inBlocks = (divideBlocks ??= dividedMaps(blocks, simd))(expression, inputs, output);
    if (inBlocks !== undefined) {
      const numbers = inputs.map((x) => flatness(x) === 1 ? 1 : 0).join("");
      return chosen(`map ${given === undefined} ${expression.id} ${dtype} ${numbers} ${size}`, inBlocks, alone);
    }
    if (given === undefined) return undefined;
    const directly = (): void => void alone();
    const request = {
      key: `map ${expression.id} ${operands.map(({ stride }) => stride).join("/")} ${shape}`,
      parameters: stored.map(({ type }) => type),
      instruction: () => instruction,
      directly,
    };
    run ??= cachedPrograms(team, engine());
    run(request, stored.map(({ view }) => view), [given]);
    return given;
  };
  /** Computes rows on the threads; `undefined` if that would not pay. */
  const divideRows = (call: RowsToDivide, alone: () => readonly View[]): readonly View[] | undefined => {
    const { rows, shape, inputs } = call, isNew = "results" in call;
    const [{ dtype }] = (isNew ? call.results : call.outputs) as readonly [ResultType]; // it has results
    if (sizeOf(shape) < MANY) return undefined;
    blocks ??= blockThreads(team);
    divideRowBlocks ??= dividedRows(blocks, simd);
    const same = inputs.map(({ stride }) => stride.map((step) => step === 0 ? 0 : 1).join("")).join();
    return chosen(`rows ${isNew} ${keyOf(rows)} ${dtype} ${shape} ${same}`, () => divideRowBlocks!(call), alone);
  };
  let reduction: DivideReduction | undefined;
  const divideReduction = (name: Reduction, input: View, output: MutableView, directly: () => void): boolean => {
    const isSlow = input.size <= FEW_EACH * output.size ||
      ((name === "max" || name === "min") && output.shape.at(-1) !== 1);
    if (input.size * (isSlow ? REDUCED_SLOWLY : REDUCED) < SHORT_REDUCED) return false;
    reduction ??= dividedReductions(blocks ??= blockThreads(team));
    const key = `${name} ${input.dtype} ${input.shape} ${output.shape} ${input.stride}`;
    choose(key, () => reduction!(name, input, output), directly);
    return true;
  };
  let searchBlocks: DivideSearch | undefined;
  const divideSearch = (operands: SearchOperands<DType>, directly: () => void): boolean => {
    const { extremum, x, y, regions } = operands;
    if (x.size < MANY_SEARCHED) return false;
    searchBlocks ??= dividedSearches(blocks ??= blockThreads(team));
    const key = `search ${extremum} ${x.dtype} ${x.shape} ${y.shape} ${regions[0]?.shape}`;
    choose(key, () => searchBlocks!(operands), directly);
    return true;
  };
  let convolution: DividedConvolutions | undefined;
  const convolutions = (): DividedConvolutions => convolution ??= dividedConvolutions(blocks ??= blockThreads(team));
  const map = <D extends DType>(expression: Scalar, inputs: readonly View<D>[], output: MutableView<D>): void => {
    if (sizeOf(output.shape) <= FEW) return simd.map(expression, inputs, output); // calls of few elements feel each closure
    const alone = () => (simd.map(expression, inputs, output), output);
    if (divideMap(expression, inputs, output, alone) === undefined) alone();
  };
  const makeMap: MakeMap = (expression, inputs, result) => {
    if (hasOwner()) return undefined; // it may have an array that waits
    return divideMap(expression, inputs, result, () => {
      const output = allocateUnset(result.dtype, result.shape);
      simd.map(expression, inputs, output);
      return output;
    });
  };
  declareMapMaker(map, makeMap);
  const rows = <D extends DType>(
    rows: Rows,
    shape: Shape,
    inputs: readonly View<D>[],
    outputs: readonly MutableView<D>[],
  ): void => {
    if (sizeOf(shape) < MANY) return simd.rows(rows, shape, inputs, outputs);
    const alone = () => (simd.rows(rows, shape, inputs, outputs), outputs);
    if (divideRows({ rows, shape, inputs, outputs }, alone) === undefined) alone();
  };
  const makeRows: MakeRows = (rows, shape, inputs, results) => {
    if (hasOwner()) return undefined;
    return divideRows({ rows, shape, inputs, results }, () => {
      const outputs = results.map(({ dtype, shape }) => allocateUnset(dtype, shape));
      simd.rows(rows, shape, inputs, outputs);
      return outputs;
    });
  };
  declareRowsMaker(rows, makeRows);
  return {
    conv2d: (operands) => convolutions().conv2d(operands),
    conv2dInput: (operands) => convolutions().conv2dInput(operands),
    conv2dWeight: (operands) => convolutions().conv2dWeight(operands),
    rows,
    reduce: (name, input, output) => {
      if (input.size <= FEW) return simd.reduce(name, input, output);
      const directly = () => simd.reduce(name, input, output);
      if (!divideReduction(name, input, output, directly)) directly();
    },
    search: (operands) => {
      if (operands.x.size < MANY_SEARCHED) return simd.search(operands);
      const directly = () => simd.search(operands);
      if (!divideSearch(operands, directly)) directly();
    },
    gemm: product("gemm"),
    gemmBatched: product("gemmBatched"),
    map,
  };
}
