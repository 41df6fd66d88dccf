/**
 * Matrix products in shares: by indices of a batch, by rows, or by columns where there are few rows.
 *
 * Every unit computes its elements as the whole product does.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import { rowMajorStrides } from "../../../shape.ts";
import { call, type Callable, type FunctionBuilder, i32, type Local } from "../../../wasm/mod.ts";
import { laneInstructionsOf } from "../../lane_instructions.ts";
import type { EmitterContext, Lowered, Phase, Shares } from "../emitter.ts";
import { emitUnits, indivisible, type Share, shareFunction } from "../shares.ts";
import { advance, emitBatches } from "./gemm_batches.ts";
import { type Cut, cutColumns, cutRows, largest, PAIR, rowBlocks, unitsIn } from "./gemm_cuts.ts";
import type { GemmLowering } from "./gemm_plan.ts";
import { touchedByBatch, touchedByRows } from "./gemm_touched.ts";
import { isSmall, matrixEmitter, sumBytes } from "./matrix_emitter.ts";
import { packMatrices, packPhases } from "./pack_matrices.ts";

/** With fewer pairs or units of rows than this, columns are divided if they give more units. */
const FEW = 4;

/** The bytes of the rows of a unit that wait for their epilogue; sums in float64 follow. */
const fusedBytes = ({ epilogue, oriented: { n }, bytes }: GemmLowering, staged: number, rows: Cut): number =>
  epilogue === undefined || staged > 0 ? 0 : toLines(largest(rows) * n * bytes);

/** Divides a product into units; if dividing gains nothing, `emit` is its only unit. */
export function gemmShares(lowering: GemmLowering, workspace: number, emit: Lowered["emit"]): Shares {
  const { problem: { batch, m, n, k }, oriented, plan, shape, size, bytes, packedBytes, uprightBytes, epilogue } =
    lowering;
  if (size === 0 || k === 0 || (batch.length === 0 && isSmall(oriented))) return indivisible(workspace, emit);
  const all = toLines(epilogue === undefined ? 0 : size * bytes);
  if (batch.length > 0) {
    const axis = Math.max(0, batch.findIndex(({ length }) => length > 1)), apart = epilogue !== undefined && axis > 0;
    const staged = epilogue === undefined || apart ? 0 : toLines(size / shape[0]! * bytes);
    return {
      workspace: apart ? all : 0,
      scratch: staged + packedBytes + uprightBytes + sumBytes(plan, m * n),
      phases: [
        {
          units: batch[axis]!.length,
          emit: (context) => emitBatchShare(context, lowering, { axis, apart, staged }),
          ...!apart && { touched: touchedByBatch(lowering, axis) },
        },
        ...apart ? [epiloguePhase(lowering)] : [],
      ],
    };
  }
  const rows = cutRows(lowering), columns = cutColumns(lowering);
  const few = Math.min(unitsIn(rows), Math.ceil(oriented.m / PAIR)) < FEW;
  const byColumns = (few && unitsIn(columns) > unitsIn(rows)) || (isHeavy(lowering) && unitsIn(columns) >= FEW);
  const apart = epilogue !== undefined && plan.transposed;
  const staged = apart || (epilogue !== undefined && byColumns) ? all : 0;
  const product: Phase = byColumns
    ? { units: unitsIn(columns), emit: (context) => emitColumnShare(context, lowering, columns, staged) }
    : {
      units: unitsIn(rows),
      emit: (context) => emitRowShare(context, lowering, rows, staged),
      ...!apart && { touched: touchedByRows(lowering, rows) },
    };
  const elements = byColumns ? Math.max(...rowBlocks(lowering)) * largest(columns) : largest(rows) * oriented.n;
  return {
    workspace: staged + packedBytes + uprightBytes,
    scratch: fusedBytes(lowering, staged, rows) + sumBytes(plan, elements),
    phases: [
      ...packPhases(lowering, (context) => addressesOf(context, lowering), staged),
      product,
      ...apart ? [epiloguePhase(lowering)] : [],
    ],
  };
}

/**
 * Tells whether threads divide the second matrix, and each reads the first one whole: where that is no larger, and each
 * column of the second lies by itself, as in `x * transpose(weight)`. So a thread has the part of a weight that it
 * updates later, and the smaller matrix is what travels between cores.
 */
const isHeavy = ({ plan, oriented: { m, n, b } }: GemmLowering): boolean =>
  plan.form === "dot" && !plan.transposed && plan.packed === false && b.row === 1 && n >= m;

/** Runs the epilogue on a whole product in the workspace. */
function epiloguePhase({ epilogue: loop, dtype, shape }: GemmLowering): Phase {
  return {
    units: shape[0]!,
    emit: ({ module, loop: build, results, workspace }) => {
      const part = build({ loop: loop!, dtype, results });
      return shareFunction(module, (f, { from, to }) => f.do(call(part, workspace, from, to)));
    },
  };
}

const at = (f: FunctionBuilder, address: number): Local<"i32"> => f.let(i32.add(address, 0));

/** Returns the addresses at which tiles read both matrices: in the workspace, if they are packed. */
function packedAddressesOf(context: EmitterContext, lowering: GemmLowering, staged: number) {
  const { a, b } = addressesOf(context, lowering), { plan, packedBytes } = lowering, start = context.workspace + staged;
  return { a: plan.upright ? start + packedBytes : a, b: plan.packed === false ? b : start };
}

/** Returns the addresses of both matrices, in the orientation in which the product is computed. */
function addressesOf({ address }: EmitterContext, { a, b, bytes, plan }: GemmLowering) {
  const [p, q] = [a, b].map(({ value, offset }) => address(value) + offset * bytes) as [number, number]; // two operands
  return plan.transposed ? { a: q, b: p } : { a: p, b: q };
}

/** Units are rows; each runs the epilogue on its rows, unless the product is `staged` for a separate phase. */
function emitRowShare(context: EmitterContext, lowering: GemmLowering, cut: Cut, staged: number) {
  const { computed, problem: { unit }, plan, dtype, bytes, epilogue } = lowering, { module, workspace } = context;
  const lanes = laneInstructionsOf(dtype, context.relaxed), compute = matrixEmitter(module, lanes, computed, plan);
  const addresses = packedAddressesOf(context, lowering, staged), fused = epilogue !== undefined && staged === 0;
  const loop = fused ? context.loop({ loop: epilogue, dtype, results: context.results }) : undefined;
  const { size, full, rest } = cut, aRow = computed.a.row * bytes, cRow = (plan.transposed ? 1 : computed.n) * bytes;
  return shareFunction(module, (f, share) => {
    const { from, scratch } = share, b = at(f, addresses.b);
    const a = f.let(i32.add(addresses.a, i32.mul(from, size * aRow)));
    const c = fused
      ? scratch
      : f.let(i32.add(staged > 0 ? workspace : context.results[0]!, i32.mul(from, size * cRow)));
    const index = f.let(i32.mul(from, fused ? size / unit : 0));
    const sums = f.let(i32.add(scratch, fusedBytes(lowering, staged, cut)));
    const step = (rows: number) => {
      compute(f, rows, { a, b, c, sums });
      f.increment(a, rows * aRow);
      if (loop === undefined) return f.increment(c, rows * cRow);
      const next = f.let(i32.add(index, rows / unit));
      f.do(call(loop, i32.sub(scratch, i32.mul(index, unit * cRow)), index, next));
      f.set(index, next);
    };
    emitUnits(f, share, full + (rest > 0 ? 1 : 0), () => step(size), rest > 0 ? () => step(rest) : undefined);
  });
}

/** Units are columns of all rows; each runs the epilogue on its columns, unless that is a separate phase. */
function emitColumnShare(context: EmitterContext, lowering: GemmLowering, cut: Cut, staged: number) {
  const { computed, plan, dtype, bytes } = lowering, { module, workspace } = context, { size, full, rest } = cut;
  const lanes = laneInstructionsOf(dtype, context.relaxed), addresses = packedAddressesOf(context, lowering, staged);
  const { a: { row }, b: { column }, m, n, k } = computed, [cRow, cColumn] = plan.transposed ? [1, m] : [n, 1];
  const bStep = plan.packed === "panels" ? size * k : size * column;
  const [compute, computeRest] = [size, rest].map((columns) => matrixEmitter(module, lanes, computed, plan, columns));
  const fused = lowering.epilogue !== undefined && !plan.transposed;
  const finish = (first: number, columns: number, count: number) =>
    fused && count > 0 && columns > 0 ? buildColumnEpilogue(context, lowering, { first, columns, count }) : undefined;
  const epilogues = [finish(0, size, full), finish(full * size, rest, 1)];
  return shareFunction(module, (f, share) => {
    const b = f.let(i32.add(addresses.b, i32.mul(share.from, bStep * bytes)));
    const start = staged > 0 ? workspace : context.results[0]!;
    const to = f.let(i32.add(start, i32.mul(share.from, size * cColumn * bytes)));
    const step = (emit: typeof compute, epilogue: Callable<"none"> | undefined, index: Local<"i32"> | number) => {
      const a = at(f, addresses.a), c = f.let(to);
      for (const rows of rowBlocks(lowering)) {
        emit!(f, rows, { a, b, c, sums: share.scratch });
        advance(f, [a, c], [rows * row, rows * cRow], bytes);
      }
      advance(f, [b, to], [bStep, size * cColumn], bytes);
      if (epilogue !== undefined) f.do(call(epilogue, workspace, index, i32.add(index, 1)));
    };
    const last = () => step(computeRest, epilogues[1], 0);
    emitUnits(
      f,
      share,
      full + (rest > 0 ? 1 : 0),
      (index) => step(compute, epilogues[0], index),
      rest > 0 ? last : undefined,
    );
  });
}

/** Blocks of adjacent columns: where they begin, how many each has, and the number of blocks. */
type ColumnBlocks = { readonly first: number; readonly columns: number; readonly count: number };

/** Builds the function that runs the epilogue on blocks of columns of a product in the workspace. */
function buildColumnEpilogue(
  context: EmitterContext,
  { epilogue, shape: all, dtype, bytes }: GemmLowering,
  { first, columns, count }: ColumnBlocks,
): Callable<"none"> {
  const axis = all.length - 1, shape = [count, ...all.slice(0, axis), columns];
  const along = (stride: readonly number[]) => [columns * stride[axis]!, ...stride];
  const operands = epilogue!.operands.map((operand) => ({
    ...operand,
    shape,
    stride: along(operand.stride),
    offset: operand.offset + first * operand.stride[axis]!,
  }));
  return context.loop({
    loop: { ...epilogue!, shape, operands },
    dtype,
    results: context.results.map((address) => address + first * bytes),
    resultStride: along(rowMajorStrides(all)),
  });
}

/** How a batch is divided. */
type BatchCut = {
  /** Which axis; those before it have length 1. */
  readonly axis: number;
  /** Whether the epilogue is a separate phase. */
  readonly apart: boolean;
  /** The bytes of scratch memory for products that wait for their epilogue; packed matrices follow. */
  readonly staged: number;
};

/** Units are indices of an axis of the batch. */
function emitBatchShare(context: EmitterContext, lowering: GemmLowering, { axis, apart, staged }: BatchCut) {
  const { problem: { batch, m, n }, computed, plan, dtype, bytes, packedBytes, uprightBytes, epilogue } = lowering;
  const { module } = context;
  const lanes = laneInstructionsOf(dtype, context.relaxed), compute = matrixEmitter(module, lanes, computed, plan);
  const loop = epilogue && !apart ? context.loop({ loop: epilogue, dtype, results: context.results }) : undefined;
  const { length, ...step } = batch[axis]!, inner = batch.slice(axis + 1);
  const [from, other] = [lowering.a, lowering.b].map(({ value, offset }) => context.address(value) + offset * bytes);
  return shareFunction(module, (f, share: Share) => {
    const start = (address: number, step: number) => f.let(i32.add(address, i32.mul(share.from, step * bytes)));
    const product = loop !== undefined
      ? f.let(share.scratch)
      : start(apart ? context.workspace : context.results[0]!, step.c);
    const pointers = [start(from!, step.a), start(other!, step.b), product];
    const packed = f.let(i32.add(share.scratch, staged)), sums = f.let(i32.add(packed, packedBytes + uprightBytes));
    emitUnits(f, share, length, (index) => {
      emitBatches(f, inner, pointers, bytes, (p, q, c) => {
        const pointers = packMatrices(f, lanes, lowering, plan.transposed ? { a: q, b: p } : { a: p, b: q }, packed);
        compute(f, plan.transposed ? n : m, { ...pointers, c, sums });
      });
      if (loop !== undefined) {
        f.do(call(loop, i32.sub(share.scratch, i32.mul(index, step.c * bytes)), index, f.let(i32.add(index, 1))));
      }
      advance(f, pointers, [step.a, step.b, loop === undefined ? step.c : 0], bytes);
    });
  });
}
