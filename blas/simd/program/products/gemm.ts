/**
 * Matrix products in a program's memory.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../../dtype.ts";
import { toLines } from "../../../alignment.ts";
import type { Operation } from "../../../program/program.ts";
import { sizeOf } from "../../../shape.ts";
import { call, type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import { laneInstructionsOf } from "../../lane_instructions.ts";
import type { Ahead, EmitterContext, Lowered, Shift } from "../emitter.ts";
import { indivisible } from "../shares.ts";
import { advance, type BatchAxis, emitBatches } from "./gemm_batches.ts";
import {
  afterPacking,
  type GemmLowering,
  type GemmPlan,
  type GemmProblem,
  isBlocked,
  planOf,
  problemOf,
  transposed,
} from "./gemm_plan.ts";
import type { gemmShares } from "./gemm_shares.ts";
import { matrixEmitter, sumBytes } from "./matrix_emitter.ts";
import { linesBytes } from "./line_pack.ts";
import { packedElements } from "./pack.ts";
import { type PackedPointers, packMatrices, packSecond } from "./pack_matrices.ts";
import { repeat } from "./repeat.ts";

/** The bytes of a product that are computed before its epilogue runs on them: they stay in the first-level cache. */
const BLOCK = 40_000;

type Gemm = Extract<Operation, { readonly kind: "gemm" }>;

/**
 * Prepares a product for emission.
 *
 * @param inShares Divides it. Default: it is not divided.
 */
export function lowerGemm(operation: Gemm, dtype: DType, inShares?: typeof gemmShares): Lowered {
  const { a, b, epilogue } = operation,
    problem = problemOf(a, b),
    plan = planOf(problem, dtype, epilogue !== undefined);
  const made = prepared(operation, dtype, problem, plan), { lowering, stagedBytes, workspace } = made;
  const emit = (context: EmitterContext) => emitWhole(context, lowering, stagedBytes);
  const ahead = aheadOf(made);
  return {
    workspace,
    inPlace: epilogue !== undefined,
    canMove: true,
    emit,
    get shares() {
      return inShares?.(lowering, workspace, emit) ?? indivisible(workspace, emit);
    },
    ...ahead && { ahead },
  };
}

/** Returns the product in two parts, if its second matrix is packed: that matrix may be the same in all steps of a loop. */
function aheadOf({ lowering, stagedBytes, workspace }: Prepared): Ahead | undefined {
  const { a, b, plan, problem, packedBytes, bytes, dtype } = lowering;
  if (packedBytes === 0 || problem.batch.length > 0) return undefined;
  const { value, offset } = plan.transposed ? a : b;
  return {
    value,
    bytes: toLines(packedBytes),
    first({ module, address, relaxed }, kept) {
      return module.function({ parameters: {} }, (f) => {
        const from = f.let(i32.add(address(value) + offset * bytes, 0)), to = f.let(i32.add(kept, 0));
        packSecond(f, laneInstructionsOf(dtype, relaxed), lowering, from, to);
      });
    },
    workspace: workspace - packedBytes,
    second: (context, kept) => emitWhole(context, lowering, stagedBytes, kept),
  };
}

type Prepared = {
  readonly lowering: GemmLowering;
  /** Bytes at the start of the workspace, for what is computed before the epilogue. */
  readonly stagedBytes: number;
  readonly workspace: number;
};

/** Derives from a product's plan what emitting it needs. */
function prepared({ a, b, epilogue }: Gemm, dtype: DType, problem: GemmProblem, plan: GemmPlan): Prepared {
  const { m, n, k, batch } = problem, bytes = BYTES_PER_ELEMENT[dtype];
  const shape = [...a.shape.slice(0, -1), n], size = sizeOf(shape);
  const oriented = plan.transposed ? transposed(problem) : problem;
  const unit = batch.length > 0 ? 0 : epilogue === undefined ? 1 : problem.unit, blocked = isBlocked(plan, epilogue);
  const rows = unit === 0 ? 0 : blockRows(m, n * bytes, unit, !blocked);
  const first = shape[0]!, staged = epilogue === undefined || size === 0 ? 0 : unit === 0 ? size / first : rows * n;
  const lowering: GemmLowering = {
    a,
    b,
    dtype,
    bytes,
    problem,
    oriented,
    computed: afterPacking(oriented, plan, bytes),
    plan,
    shape,
    size,
    blockRows: rows,
    packedBytes: size === 0 || k === 0 ? 0 : packedBytes(oriented, plan, dtype),
    uprightBytes: size === 0 || k === 0 || !plan.upright ? 0 : linesBytes(oriented.m, k, bytes),
    ...epilogue && { epilogue },
  };
  const stagedBytes = toLines(staged * bytes), sums = size === 0 ? 0 : sumBytes(plan, (unit === 0 ? m : rows) * n);
  return { lowering, stagedBytes, workspace: stagedBytes + lowering.packedBytes + lowering.uprightBytes + sums };
}

/** Returns the number of rows of a block: whole indices of axis 0, if possible a multiple of a tile. */
function blockRows(m: number, rowBytes: number, unit: number, whole: boolean): number {
  if (whole) return m;
  const most = Math.max(1, Math.floor(BLOCK / Math.max(1, rowBytes)));
  if (most >= m) return m;
  for (const step of [12, 6, 4]) {
    if (step % unit === 0 || unit % step === 0) {
      const least = Math.max(step, unit);
      return Math.min(m, Math.max(least, Math.floor(most / least) * least));
    }
  }
  return Math.min(m, Math.max(unit, Math.floor(most / unit) * unit));
}

/** Returns the bytes of the packed second matrix. */
function packedBytes(oriented: GemmProblem, { packed }: GemmPlan, dtype: DType): number {
  const bytes = BYTES_PER_ELEMENT[dtype];
  if (packed === "columns") return linesBytes(oriented.n, oriented.k, bytes);
  return packed === "panels" ? toLines(packedElements(oriented, dtype) * bytes) : 0;
}

/**
 * Emits the function of a whole product; packed matrices follow the staged product in the workspace.
 *
 * @param kept The address of the packed second matrix, if it was packed before.
 */
function emitWhole(context: EmitterContext, lowering: GemmLowering, stagedBytes: number, kept?: number) {
  const { a, b, dtype, bytes, problem, computed, plan, size, blockRows: rows, epilogue } = lowering;
  const { m, n, k, batch, unit } = problem,
    { module, workspace } = context,
    lanes = laneInstructionsOf(dtype, context.relaxed);
  const from = context.address(a.value) + a.offset * bytes, other = context.address(b.value) + b.offset * bytes;
  const target = context.results[0]!, ownBytes = kept === undefined ? lowering.packedBytes : 0;
  const loop = epilogue && context.loop({ loop: epilogue, dtype, results: context.results, shifts: context.shifts });
  if (size === 0) return module.function({ parameters: {} }, () => {});
  const compute = k === 0 ? undefined : matrixEmitter(module, lanes, computed, plan);
  const [ofA, ofB] = [a, b].map(({ value }) => context.shiftOf?.(value)), ofTarget = context.shifts[0];
  const at = (f: FunctionBuilder, address: number, shift?: Shift) =>
    f.let(i32.add(address, shift === undefined ? 0 : i32.load(shift)));
  /**
   * Emits the packing of matrices `p` and `q`, as the plan says, and returns the addresses at which tiles read them.
   */
  function prepare(f: FunctionBuilder, p: Local<"i32">, q: Local<"i32">) {
    return packMatrices(
      f,
      lanes,
      lowering,
      plan.transposed ? { a: q, b: p } : { a: p, b: q },
      at(f, workspace + stagedBytes),
      kept === undefined ? undefined : at(f, kept),
    );
  }
  /** Emits some rows of one product; all rows if the product is computed transposed. */
  function emit(f: FunctionBuilder, count: number, { a, b }: PackedPointers, c: Local<"i32">) {
    if (compute === undefined) return f.do(memory.fill(c, 0, count * n * bytes));
    const sums = at(f, workspace + stagedBytes + ownBytes + lowering.uprightBytes);
    compute(f, plan.transposed ? n : count, { a, b, c, sums });
  }
  return module.function({ parameters: {} }, (f) => {
    if (batch.length > 0) {
      const step = (p: Local<"i32">, q: Local<"i32">, c: Local<"i32">) => emit(f, m, prepare(f, p, q), c);
      const product = loop === undefined ? at(f, target, ofTarget) : at(f, workspace);
      const pointers = [at(f, from, ofA), at(f, other, ofB), product];
      if (loop === undefined) return emitBatches(f, batch, pointers, bytes, step);
      // Not called without axes.
      const [axis, ...inner] = batch as [BatchAxis, ...BatchAxis[]], index = f.local("i32");
      return repeat(f, axis.length, () => {
        emitBatches(f, inner, pointers, bytes, step);
        const next = f.let(i32.add(index, 1));
        f.do(call(loop, i32.sub(workspace, i32.mul(index, axis.c * bytes)), index, next));
        f.set(index, next);
        advance(f, pointers, [axis.a, axis.b, 0], bytes);
      });
    }
    const packed = prepare(f, at(f, from, ofA), at(f, other, ofB));
    const blocks = Math.floor(m / rows), rest = m % rows, index = f.local("i32"), source = f.let(packed.a);
    const result = at(f, target, ofTarget);
    function step(count: number) {
      emit(f, count, { a: f.let(source), b: packed.b }, loop === undefined ? f.let(result) : at(f, workspace));
      f.increment(source, count * computed.a.row * bytes);
      if (loop === undefined) return f.increment(result, count * n * bytes);
      const next = f.let(i32.add(index, count / unit));
      f.do(call(loop, i32.sub(workspace, i32.mul(index, unit * n * bytes)), index, next));
      f.set(index, next);
    }
    repeat(f, blocks, () => step(rows));
    if (rest > 0) step(rest);
  });
}
