/**
 * Matrix products in shares: by indices of a batch, by rows, or by columns where there are few rows.
 *
 * Every unit computes its elements as the whole product does. Where vectors run along the axis of sums, the number of rows
 * and columns of a tile decides the order of addition, so units are cut between the tiles of the whole.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import { call, type FunctionBuilder, i32, type Local } from "../../../wasm/mod.ts";
import { laneInstructionsOf } from "../../lane_instructions.ts";
import type { EmitterContext, Lowered, Phase, Shares } from "../emitter.ts";
import { emitUnits, indivisible, type Share, shareFunction } from "../shares.ts";
import { columnsFor } from "./dot_tile.ts";
import { advance, emitBatches } from "./gemm_batches.ts";
import { type GemmLowering, isBlocked, tileRows } from "./gemm_plan.ts";
import { isSmall, matrixEmitter, sumBytes } from "./matrix_emitter.ts";
import { packMatrices, packPhases } from "./pack_matrices.ts";
import { vectorsFor } from "./tile.ts";

/** The desired number of units, unless they would be too small. */
const UNITS = 32;

/** The rows of a tile, and the fewest of one that is nearly as fast. */
const TILE = 6, SHORT_TILE = 4;

/** The rows of two tiles: where the tiles decide the order of addition, units are such pairs. */
const PAIR = 2 * TILE;

/** With fewer pairs or units of rows than this, columns are divided if they give more units. */
const FEW = 4;

/** Equal pieces of an axis, and the rest. */
type Cut = { readonly size: number; readonly full: number; readonly rest: number };

const unitsIn = ({ full, rest }: Cut): number => full + (rest > 0 ? 1 : 0);

const largest = ({ size, full, rest }: Cut): number => Math.max(full > 0 ? size : 0, rest);

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
        { units: batch[axis]!.length, emit: (context) => emitBatchShare(context, lowering, { axis, apart, staged }) },
        ...apart ? [epiloguePhase(lowering)] : [],
      ],
    };
  }
  const rows = cutRows(lowering), columns = cutColumns(lowering);
  const few = Math.min(unitsIn(rows), Math.ceil(oriented.m / PAIR)) < FEW;
  const byColumns = few && unitsIn(columns) > unitsIn(rows);
  const apart = epilogue !== undefined && (byColumns || plan.transposed), staged = apart ? all : 0;
  const product: Phase = byColumns
    ? { units: unitsIn(columns), emit: (context) => emitColumnShare(context, lowering, columns, staged) }
    : { units: unitsIn(rows), emit: (context) => emitRowShare(context, lowering, rows, staged) };
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

/** Cuts rows, in the orientation in which the product is computed, into whole indices of axis 0 if the epilogue needs them. */
function cutRows({ oriented: { m }, problem, plan, blockRows, epilogue }: GemmLowering): Cut {
  const whole = !isBlocked(plan, epilogue), unit = whole || epilogue === undefined ? 1 : problem.unit;
  const cut = (size: number, full = Math.floor(m / size)): Cut => ({ size, full, rest: m - full * size });
  if (plan.form === "outer") {
    const most = Math.min(Math.ceil(m / UNITS), whole ? m : blockRows);
    if (unit > 1) return cut(Math.ceil(Math.max(PAIR, most) / unit) * unit);
    const size = Math.ceil(Math.max(TILE, most) / TILE) * TILE, full = Math.floor(m / size), rest = m % size % TILE;
    // A few rows that are left over are slow as a tile of their own, so they go with the last units.
    const joined = rest === 0 || rest >= SHORT_TILE ? 0 : rest === 1 && size === TILE ? 2 : 1;
    return cut(size, Math.max(0, full - joined));
  }
  // The tiles of the whole product: its blocks of rows each begin with tiles of 6.
  const block = whole || blockRows >= m ? m : blockRows;
  if (unit > 1 || (block < m && block % PAIR !== 0)) return cut(block);
  const before = block < m ? Math.floor(m / block) * block : 0;
  const sixes = m === before ? 0 : tileRows(m - before).find(({ rows }) => rows === 6)?.count ?? 0;
  return cut(PAIR, before / PAIR + Math.floor(sixes / 2));
}

/** Cuts columns between the panels of the whole product. */
function cutColumns(lowering: GemmLowering): Cut {
  const { oriented: { n }, plan, bytes } = lowering, lanes = 16 / bytes;
  const widths = rowBlocks(lowering).flatMap((count) => tileRows(count)).map(({ rows }) =>
    plan.form === "dot" ? columnsFor(rows) : (plan.packed === "panels" ? 2 : vectorsFor(rows)) * lanes
  );
  const width = widths.reduce(leastCommonMultiple), size = width * Math.ceil(Math.max(n / UNITS, 16) / width);
  return { size, full: Math.floor(n / size), rest: n % size };
}

const leastCommonMultiple = (a: number, b: number): number => {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
};

/** Returns the rows of the blocks in which the whole product is computed. */
function rowBlocks({ oriented: { m }, plan, blockRows, epilogue }: GemmLowering): readonly number[] {
  if (!isBlocked(plan, epilogue) || blockRows >= m) return [m];
  const rest = m % blockRows, blocks = new Array<number>(Math.floor(m / blockRows)).fill(blockRows);
  return rest > 0 ? [...blocks, rest] : blocks;
}

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

/** Units are columns of all rows. */
function emitColumnShare(context: EmitterContext, lowering: GemmLowering, cut: Cut, staged: number) {
  const { computed, plan, dtype, bytes } = lowering, { module, workspace } = context, { size, full, rest } = cut;
  const lanes = laneInstructionsOf(dtype, context.relaxed), addresses = packedAddressesOf(context, lowering, staged);
  const { a: { row }, b: { column }, m, n, k } = computed, [cRow, cColumn] = plan.transposed ? [1, m] : [n, 1];
  const bStep = plan.packed === "panels" ? size * k : size * column;
  const [compute, computeRest] = [size, rest].map((columns) => matrixEmitter(module, lanes, computed, plan, columns));
  return shareFunction(module, (f, share) => {
    const b = f.let(i32.add(addresses.b, i32.mul(share.from, bStep * bytes)));
    const start = staged > 0 ? workspace : context.results[0]!;
    const to = f.let(i32.add(start, i32.mul(share.from, size * cColumn * bytes)));
    const step = (emit: typeof compute) => {
      const a = at(f, addresses.a), c = f.let(to);
      for (const rows of rowBlocks(lowering)) {
        emit!(f, rows, { a, b, c, sums: share.scratch });
        advance(f, [a, c], [rows * row, rows * cRow], bytes);
      }
      advance(f, [b, to], [bStep, size * cColumn], bytes);
    };
    emitUnits(f, share, full + (rest > 0 ? 1 : 0), () => step(compute), rest > 0 ? () => step(computeRest) : undefined);
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
