/**
 * Plain calls on several threads: products, maps, reductions, searches and rows that take long
 * enough.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Engine, SearchOperands } from "../engine.ts";
import type { Instruction } from "../program/program.ts";
import type { Reduction } from "../reduction.ts";
import type { Scalar } from "../scalar/scalar.ts";
import { sizeOf } from "../shape.ts";
import { flatness } from "../simd/elementwise/map_call.ts";
import type { Team } from "../simd/program/team/team.ts";
import { nanosecondsOf } from "../simd/program/team/work.ts";
import { keyOf } from "../simd/rows_kernel.ts";
import type { RowsCall } from "../simd/rows_staging.ts";
import { isContiguous, type MutableView, type View } from "../view.ts";
import { type BlockThreads, blockThreads } from "./blocks.ts";
import { cachedPrograms } from "./cached_programs.ts";
import { type DividedConvolutions, dividedConvolutions } from "./convolutions.ts";
import { dividedMaps, type DivideMap } from "./maps.ts";
import { dividedProducts, type DivideProduct } from "./products.ts";
import { dividedReductions, type DivideReduction } from "./reductions.ts";
import { dividedRows, type DivideRows } from "./rows.ts";
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
  const choose = threadChoices();
  const product = (name: "gemm" | "gemmBatched"): Engine["gemm"] => (operands) => {
    const directly = () => simd[name](operands);
    divideProduct ??= dividedProducts(blocks ??= blockThreads(team));
    if (!divideProduct(operands, directly)) directly();
  };
  /** Computes a map on the threads; `false` if that would not pay. */
  const divideMap = (
    expression: Scalar,
    inputs: readonly View[],
    output: MutableView,
    directly: () => void,
  ): boolean => {
    if (output.size <= FEW || !isContiguous(output)) return false;
    const { dtype, shape } = output, stored = inputs.map(inStorageOrder);
    const operands = stored.map(({ operand }, k) => operand(k));
    const instruction: Instruction = {
      results: [{ dtype, shape }],
      operation: { kind: "map", loop: { shape, operands, expressions: [expression] } },
    };
    const moved = COPIED * stored.reduce((sum, { view }) => sum + view.size, output.size);
    if (nanosecondsOf(instruction) < Math.max(SHORT, moved)) return false;
    blocks ??= blockThreads(team);
    const inBlocks = (divideBlocks ??= dividedMaps(blocks, simd))(expression, inputs, output);
    if (inBlocks !== undefined) {
      const numbers = inputs.map((x) => flatness(x) === 1 ? 1 : 0).join("");
      choose(`map ${expression.id} ${dtype} ${numbers} ${output.size}`, () => (inBlocks(), true), directly);
      return true;
    }
    const request = {
      key: `map ${expression.id} ${operands.map(({ stride }) => stride).join("/")} ${shape}`,
      parameters: stored.map(({ type }) => type),
      instruction: () => instruction,
      directly,
    };
    run ??= cachedPrograms(team, engine());
    run(request, stored.map(({ view }) => view), [output]);
    return true;
  };
  const divideRows = (call: RowsCall, directly: () => void): boolean => {
    const { rows, shape, inputs, outputs: [{ dtype }] } = call as RowsCall & { readonly outputs: readonly [View] }; // it has results
    if (sizeOf(shape) < MANY) return false;
    blocks ??= blockThreads(team);
    divideRowBlocks ??= dividedRows(blocks, simd);
    const same = inputs.map(({ stride }) => stride.map((step) => step === 0 ? 0 : 1).join("")).join();
    choose(`rows ${keyOf(rows)} ${dtype} ${shape} ${same}`, () => divideRowBlocks!(call), directly);
    return true;
  };
  let reduction: DivideReduction | undefined;
  const divideReduction = (name: Reduction, input: View, output: MutableView, directly: () => void): boolean => {
    const isSlow = input.size <= FEW_EACH * output.size ||
      ((name === "max" || name === "min") && output.shape.at(-1) !== 1);
    if (input.size * (isSlow ? REDUCED_SLOWLY : REDUCED) < SHORT) return false;
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
  return {
    conv2d: (operands) => convolutions().conv2d(operands),
    conv2dInput: (operands) => convolutions().conv2dInput(operands),
    conv2dWeight: (operands) => convolutions().conv2dWeight(operands),
    rows: (rows, shape, inputs, outputs) => {
      const directly = () => simd.rows(rows, shape, inputs, outputs);
      if (!divideRows({ rows, shape, inputs, outputs }, directly)) directly();
    },
    reduce: (name, input, output) => {
      const directly = () => simd.reduce(name, input, output);
      if (!divideReduction(name, input, output, directly)) directly();
    },
    search: (operands) => {
      const directly = () => simd.search(operands);
      if (!divideSearch(operands, directly)) directly();
    },
    gemm: product("gemm"),
    gemmBatched: product("gemmBatched"),
    map: (expression, inputs, output) => {
      const directly = () => simd.map(expression, inputs, output);
      if (!divideMap(expression, inputs, output, directly)) directly();
    },
  };
}
