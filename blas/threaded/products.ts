/**
 * Plain products of matrices on several threads: the kernel of the `simd` engine, called for some rows, or for some
 * matrices of a batch, by each thread, so that every element has the same bits.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { GemmOperands } from "../engine.ts";
import { blocksFor, DEFAULT_BLOCKS, passOf, rowsOf } from "../simd/block_sizes.ts";
import { importEngineMemory } from "../simd/engine_memory.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import { isSpecial, resultsOf, stagedGemm } from "../simd/gemm.ts";
import { buildGemm, GEMM_PARAMETERS } from "../simd/gemm_kernel.ts";
import type { KernelCall } from "../simd/instantiate.ts";
import { laneInstructionsOf } from "../simd/lane_instructions.ts";
import { TILE_ROWS, TILE_VECTORS } from "../simd/micro_kernel.ts";
import { copyIn, copyOut, type CopyPlan, plan, type Stack } from "../simd/staging.ts";
import { call, ModuleBuilder } from "../wasm/mod.ts";
import type { BlockThreads } from "./blocks.ts";
import { fairShares } from "./fair_shares.ts";
import { threadChoices } from "./thread_choices.ts";

/** Nanoseconds for a multiplication and addition; and for a product, below which it is left to one thread. */
const MULTIPLIED = 0.05, SHORT = 100_000;

/** The fewest tiles in a block of rows, and the bytes of the matrices that a block of a batch has. */
const LEAST_TILES = 2, BATCH_BYTES = 1_048_576;

/** The most bytes that a reservation loses to alignment. */
const LARGEST_GAP = 4096 + 64;

/** Computes a product `c = a * b` on the threads; `false` if it is left to one. */
export type DivideProduct = <D extends DType>(operands: GemmOperands<D>, directly: () => void) => boolean;

/** A product as a kernel sees it. */
type Problem<D extends DType = DType> = ReturnType<typeof stagedGemm<D>>;

/** Returns the function that divides products among threads. */
export function dividedProducts(threads: BlockThreads): DivideProduct {
  const kernels = new Map<DType, KernelCall>(), choose = threadChoices(threads);
  const kernelFor = (dtype: DType): KernelCall => {
    const found = kernels.get(dtype) ?? kernelOf(threads, dtype);
    kernels.set(dtype, found);
    return found;
  };
  return (operands, directly) => {
    const { alpha, beta, a: { shape }, c } = operands, depth = shape[shape.length - 1]!;
    if (alpha !== 1 || beta !== 0 || c.size * depth * MULTIPLIED < SHORT) return false;
    const problem = stagedGemm(operands);
    if (isSpecial(problem)) return false;
    const { a, b, c: to } = problem, sizes = [to.batch, to.rows, to.columns, a.columns];
    const key = [c.dtype, ...sizes, a.rowStride, a.columnStride, b.columnStride].join(" ");
    choose(key, () => divide(threads, problem, kernelFor(c.dtype)), directly);
    return true;
  };
}

/** Makes the kernel for a dtype: its parameters are those of `gemm` without the factors, which are 1 and 0. */
function kernelOf({ instantiate }: BlockThreads, dtype: DType): KernelCall {
  const m = new ModuleBuilder();
  importEngineMemory(m, undefined, undefined, true);
  const gemm = buildGemm(m, laneInstructionsOf(dtype, hasRelaxedSimd()));
  const run = m.function({ name: "run", parameters: GEMM_PARAMETERS }, (f, parameters) => {
    f.do(call(gemm, ...Object.values(parameters), 1, 0));
  });
  return instantiate(m, run);
}

/** The sizes in bytes of what a block needs in memory. */
type Regions = { readonly [name in "a" | "b" | "c" | "rows" | "panels" | "spare"]: number };

/** A block of a product: some rows, or some matrices of a batch, and how they are copied in. */
type Part<D extends DType> = {
  /** The number of the first row. */
  readonly row: number;
  readonly a: Stack<D>;
  readonly b: Stack<D>;
  readonly c: Stack<D>;
  readonly howA: CopyPlan;
  readonly howB: CopyPlan;
};

/** Computes a product in shared memory; `false` if the memory is too small. */
function divide<D extends DType>(threads: BlockThreads, problem: Problem<D>, kernel: KernelCall): boolean {
  const { scratch, slots, size, run } = threads, { a, b, c, target } = problem;
  const { batch, rows: m, columns: n } = c, k = a.columns, bytes = BYTES_PER_ELEMENT[c.dtype];
  const width = TILE_VECTORS * 16 / bytes, blockM = Math.min(m, rowsOf(Math.max(k, n / 2) * bytes, DEFAULT_BLOCKS));
  const rowsStep = (roundUp(k, 16) + 16) * bytes, packedB = k * roundUp(n, width) * bytes;
  // Rows of a column-major matrix are far apart, so it is copied in as a whole.
  const upright = batch === 1 && Math.abs(a.rowStride) < Math.abs(a.columnStride);
  const parts = batch > 1 ? partsOfBatch(problem, size) : partsOfRows(problem, size, blockM);
  const planB = plan(parts[0]!.b),
    planA = plan(a),
    most = (of: (part: Part<D>) => number) => Math.max(...parts.map(of));
  const region: Regions = {
    a: upright ? 0 : most(({ howA }) => howA.elements) * bytes,
    b: batch > 1 ? most(({ howB }) => howB.elements) * bytes : 0,
    c: most(({ c }) => c.batch * c.rows * n) * bytes,
    rows: a.columnStride === 1 ? 0 : blockM * rowsStep,
    panels: batch > 1 ? packedB : 0,
    spare: TILE_ROWS * width * bytes,
  };
  const once = batch > 1 ? 0 : planB.elements * bytes + packedB + (upright ? planA.elements * bytes : 0);
  const each = Object.values(region).reduce((sum, one) => sum + one + LARGEST_GAP, 0);
  if (once + slots * each + 4 * LARGEST_GAP > scratch.maximumBytes - scratch.mark()) return false;
  const mark = scratch.mark();
  try {
    const panels = scratch.reserve(batch > 1 ? 0 : packedB),
      atB = scratch.reserve(batch > 1 ? 0 : planB.elements * bytes);
    const atA = scratch.reserve(upright ? planA.elements * bytes : 0);
    const places = Array.from({ length: slots }, () => {
      const reserve = (name: keyof Regions): number => scratch.reserve(region[name]);
      return {
        a: reserve("a"),
        b: reserve("b"),
        c: reserve("c"),
        rows: reserve("rows"),
        panels: reserve("panels"),
        spare: reserve("spare"),
      };
    });
    const { depth } = blocksFor(resultsOf(c), c.dtype, DEFAULT_BLOCKS);
    const common = { n, k, blockM, blockK: passOf(k, depth[c.dtype]), rowsStep };
    /** Gives the kernel a block. */
    const give = (numbers: { readonly [name in keyof typeof GEMM_PARAMETERS]: number }): void =>
      kernel(...NAMES.map((name) => numbers[name]));
    const ofB = (address: number, how: CopyPlan) => ({
      b: address + how.origin * bytes,
      bBatch: how.batchStride * bytes,
      bRow: how.rowStride * bytes,
      bColumn: how.columnStride * bytes,
    });
    const nothing = { a: 0, aBatch: 0, aRow: 0, aColumn: bytes, c: 0, cBatch: 0, cRow: 0, rowsA: 0, spare: 0 };
    const columns = Math.ceil(n / width), strips = batch > 1 ? 0 : Math.min(columns, 2 * size);
    const bound = (strip: number): number => Math.min(n, Math.floor(strip * columns / strips) * width);
    run({
      count: strips + parts.length,
      begin: () => {
        if (batch === 1) copyIn(scratch, atB, b, planB);
      },
      after: (block) => block < strips ? 0 : strips,
      load: (block, slot) => {
        const { a: ownA, b: ownB, c: to, rows, panels: ownPanels, spare } = places[slot]!;
        if (block < strips) {
          const start = bound(block), at = ofB(atB, planB);
          const from = { ...at, b: at.b + start * at.bColumn, n: bound(block + 1) - start };
          return give({
            ...common,
            ...nothing,
            ...from,
            batch: 1,
            m: 0,
            panelsB: panels + start * k * bytes,
            packed: 0,
          });
        }
        if (upright && block === strips) copyIn(scratch, atA, a, planA);
        const { row, a: partA, b: partB, c: part, howA, howB } = parts[block - strips]!, how = upright ? planA : howA;
        if (!upright) copyIn(scratch, ownA, partA, howA);
        if (batch > 1) copyIn(scratch, ownB, partB, howB);
        give({
          ...common,
          ...batch > 1 ? ofB(ownB, howB) : ofB(atB, planB),
          batch: part.batch,
          m: part.rows,
          a: upright ? atA + (how.origin + row * how.rowStride) * bytes : ownA + how.origin * bytes,
          aBatch: how.batchStride * bytes,
          aRow: how.rowStride * bytes,
          aColumn: how.columnStride * bytes,
          c: to,
          cBatch: m * n * bytes,
          cRow: n * bytes,
          rowsA: rows,
          panelsB: batch > 1 ? ownPanels : panels,
          spare,
          packed: batch > 1 ? 0 : 1,
        });
      },
      store: (block, slot) => {
        if (block >= strips) copyOut(scratch, places[slot]!.c, parts[block - strips]!.c, target);
      },
    });
  } finally {
    scratch.release(mark);
  }
  return true;
}

// These are all the keys of that record.
const NAMES = /* @__PURE__ */ (() => Object.keys(GEMM_PARAMETERS) as (keyof typeof GEMM_PARAMETERS)[])();

/** Cuts a product into blocks of rows, smaller and smaller ones, so that the threads finish at about the same time. */
function partsOfRows<D extends DType>({ a, b, c }: Problem<D>, threads: number, most: number): readonly Part<D>[] {
  const tiles = Math.ceil(c.rows / TILE_ROWS), largest = Math.max(LEAST_TILES, Math.floor(most / TILE_ROWS));
  return fairShares(tiles, threads, LEAST_TILES, largest).map(({ from, to }) => {
    const start = from * TILE_ROWS, rows = Math.min(c.rows, to * TILE_ROWS) - start;
    const cut = (x: Stack<D>): Stack<D> => ({ ...x, rows, offset: x.offset + start * x.rowStride });
    return { row: start, a: cut(a), b, c: cut(c), howA: plan(cut(a)), howB: plan(b) };
  });
}

/** Cuts a batch of products into blocks of whole products. */
function partsOfBatch<D extends DType>({ a, b, c }: Problem<D>, threads: number): readonly Part<D>[] {
  const bytes = (a.rows * a.columns + b.rows * b.columns + c.rows * c.columns) * BYTES_PER_ELEMENT[c.dtype];
  return fairShares(c.batch, threads, 1, Math.max(1, Math.floor(BATCH_BYTES / bytes))).map(({ from, to }) => {
    const cut = (x: Stack<D>): Stack<D> => ({ ...x, batch: to - from, offset: x.offset + from * x.batchStride });
    return { row: 0, a: cut(a), b: cut(b), c: cut(c), howA: plan(cut(a)), howB: plan(cut(b)) };
  });
}
