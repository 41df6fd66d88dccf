/**
 * Plain products of matrices on several threads: the kernel of the `simd` engine, called for some rows by each thread, so that
 * every element has the same bits.
 *
 * @module
 */
import { CACHE_LINE, roundUp } from "../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { GemmOperands } from "../engine.ts";
import { DEFAULT_BLOCKS, passOf, rowsOf } from "../simd/block_sizes.ts";
import { importEngineMemory } from "../simd/engine_memory.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import { isSpecial, stagedGemm } from "../simd/gemm.ts";
import { buildGemm, GEMM_PARAMETERS } from "../simd/gemm_kernel.ts";
import { laneInstructionsOf } from "../simd/lane_instructions.ts";
import { TILE_ROWS, TILE_VECTORS } from "../simd/micro_kernel.ts";
import { controlBytes } from "../simd/program/team/control.ts";
import { Scratch } from "../simd/scratch.ts";
import { copyIn, copyOut, type CopyPlan, densePlan, plan } from "../simd/staging.ts";
import type { Segment, Team, TeamStep } from "../simd/program/team/team.ts";
import { call, i32, ModuleBuilder } from "../wasm/mod.ts";
import { threadChoices } from "./thread_choices.ts";

/** The arguments of the kernel, except the factors, which are 1 and 0. */
type Call = { readonly [name in keyof typeof GEMM_PARAMETERS]: number };

// These are all the keys of that record.
const NAMES = /* @__PURE__ */ (() => Object.keys(GEMM_PARAMETERS) as (keyof typeof GEMM_PARAMETERS)[])();

/** Bytes of the arguments of a call in memory, whole cache lines. */
const CALL_BYTES = 128;

/** Nanoseconds for a multiplication and addition; and for a product, below which it is left to one thread. */
const MULTIPLIED = 0.05, SHORT = 100_000;

/** Computes a product `c = a * b` on the threads; `false` if it is left to one. */
export type DivideProduct = <D extends DType>(operands: GemmOperands<D>, directly: () => void) => boolean;

/** Returns the function that divides products among the threads of a team. */
export function dividedProducts(team: Team): DivideProduct {
  const scratch = new Scratch(undefined, true), control = scratch.reserve(controlBytes(team.size));
  const table = scratch.reserve(CACHE_LINE + team.size * CALL_BYTES), choose = threadChoices();
  const callers = new Map<DType, (calls: readonly Call[]) => void>();
  const callerFor = (dtype: DType) => {
    const found = callers.get(dtype) ?? callerOf(team, scratch, { dtype, control, table });
    callers.set(dtype, found);
    return found;
  };
  return (operands, directly) => {
    const { alpha, beta, a: { shape }, c } = operands, depth = shape[shape.length - 1]!;
    if (alpha !== 1 || beta !== 0 || c.size * depth * MULTIPLIED < SHORT) return false;
    const problem = stagedGemm(operands);
    if (isSpecial(problem)) return false;
    const { a, b, c: to } = problem;
    const key = [c.dtype, to.batch, to.rows, to.columns, a.columns, a.rowStride, a.columnStride, b.columnStride].join(
      " ",
    );
    choose(key, () => divide(scratch, team.size, problem, callerFor(c.dtype)), directly);
    return true;
  };
}

/** Returns the function that runs calls of the kernel for a dtype, one on each thread. */
function callerOf(
  team: Team,
  scratch: Scratch,
  { dtype, control, table }: { readonly dtype: DType; readonly control: number; readonly table: number },
): (calls: readonly Call[]) => void {
  const m = new ModuleBuilder(), lanes = laneInstructionsOf(dtype, hasRelaxedSimd());
  importEngineMemory(m, undefined, undefined, true);
  const gemm = buildGemm(m, lanes), first = table + CACHE_LINE;
  m.function(
    { name: "calls", parameters: { thread: "i32", threads: "i32" } },
    (f, { thread, threads }) =>
      f.for({ from: thread, to: i32.load(table), step: threads }, (k) => {
        const at = f.let(i32.add(first, i32.mul(k, CALL_BYTES)));
        f.do(call(gemm, ...NAMES.map((_, i) => i32.load(at, 4 * i)), 1, 0));
      }),
  );
  const module = new WebAssembly.Module(m.toBytes()), { memory } = scratch;
  const { exports } = new WebAssembly.Instance(module, { engine: { memory } });
  const calls = exports.calls as Segment; // as declared above
  const run: (steps: readonly TeamStep[]) => void = team.prepare({
    module,
    memory,
    control,
    names: ["calls"],
    segments: [calls],
    always: true,
  });
  return (list) => {
    const words = new Int32Array(memory.buffer);
    words[table / 4] = list.length;
    list.forEach((one, k) => NAMES.forEach((name, i) => words[(first + k * CALL_BYTES) / 4 + i] = one[name]));
    if (list.length === 1) calls(0, 1);
    else run([0]);
  };
}

/** Computes a product in shared memory; `false` if the memory is too small. */
function divide<D extends DType>(
  scratch: Scratch,
  threads: number,
  { a, b, c, target }: ReturnType<typeof stagedGemm<D>>,
  calls: (calls: readonly Call[]) => void,
): boolean {
  const { batch, rows: m, columns: n } = c, k = a.columns, bytes = BYTES_PER_ELEMENT[c.dtype];
  const planA = plan(a), planB = plan(b), planC = densePlan(c), width = TILE_VECTORS * 16 / bytes;
  const rows = Math.min(m, rowsOf(Math.max(k, n / 2) * bytes, DEFAULT_BLOCKS)), step = roundUp(k, 16) + 16;
  const packedB = k * roundUp(n, width) * bytes, packedA = planA.columnStride === 1 ? 0 : rows * step * bytes;
  const staged = (planA.elements + planB.elements + planC.elements) * bytes;
  const each = packedA + TILE_ROWS * width * bytes + (batch > 1 ? packedB : 0);
  if (staged + packedB + threads * each + 16 * LARGEST_GAP > scratch.maximumBytes) return false;
  const mark = scratch.mark();
  try {
    // `map` returns as many as it is given: three.
    const [atA, atB, atC] = [planA, planB, planC].map(({ elements }) => scratch.reserve(elements * bytes)) as [
      number,
      number,
      number,
    ];
    const panels = batch > 1 ? 0 : scratch.reserve(packedB);
    copyIn(scratch, atA, a, planA);
    copyIn(scratch, atB, b, planB);
    const at = (address: number, how: CopyPlan, row: number, index: number): number =>
      address + (how.origin + row * how.rowStride + index * how.batchStride) * bytes;
    const common = {
      n,
      k,
      aBatch: planA.batchStride * bytes,
      aRow: planA.rowStride * bytes,
      aColumn: planA.columnStride * bytes,
      b: at(atB, planB, 0, 0),
      bBatch: planB.batchStride * bytes,
      bRow: planB.rowStride * bytes,
      bColumn: planB.columnStride * bytes,
      cBatch: planC.batchStride * bytes,
      cRow: planC.rowStride * bytes,
      blockM: rows,
      blockK: passOf(k, DEFAULT_BLOCKS.depth[c.dtype]),
      rowsStep: step * bytes,
    };
    /** Returns the call for some rows of some matrices, with memory of its own. */
    const part = (row: number, count: number, index: number, matrices: number, packed: number): Call => ({
      ...common,
      batch: matrices,
      m: count,
      a: at(atA, planA, row, index),
      b: common.b + index * common.bBatch,
      c: at(atC, planC, row, index),
      rowsA: scratch.reserve(packedA),
      panelsB: batch > 1 ? scratch.reserve(packedB) : panels,
      spare: scratch.reserve(TILE_ROWS * width * bytes),
      packed,
    });
    if (batch > 1) {
      const bounds = Array.from({ length: threads + 1 }, (_, t) => Math.floor(t * batch / threads));
      calls(
        bounds.slice(0, -1).flatMap((from, t) =>
          from < bounds[t + 1]! ? [part(0, m, from, bounds[t + 1]! - from, 0)] : []
        ),
      );
    } else {
      calls([part(0, 0, 0, 1, 0)]); // packs b
      const tiles = Math.ceil(m / TILE_ROWS),
        bound = (t: number) => Math.min(m, Math.floor(t * tiles / threads) * TILE_ROWS);
      calls(
        Array.from({ length: threads }, (_, t) => t).filter((t) => bound(t) < bound(t + 1)).map((t) =>
          part(bound(t), bound(t + 1) - bound(t), 0, 1, 1)
        ),
      );
    }
    copyOut(scratch, atC, c, target);
  } finally {
    scratch.release(mark);
  }
  return true;
}

/** The most bytes that a reservation loses to alignment. */
const LARGEST_GAP = 4096 + CACHE_LINE;
