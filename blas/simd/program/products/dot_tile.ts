/**
 * Functions that compute some rows of a matrix product where both matrices are contiguous along the axis of sums: sums
 * are vectors along that axis until the end, so that neither matrix needs to be packed or transposed.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { type Callable, type FunctionBuilder, i32, type Local, type ModuleBuilder } from "../../../wasm/mod.ts";
import { loadLane, loadPartialVector, scatter, sums } from "./partial_vector.ts";
import { type Accumulate, addWideLane } from "./wide_sums.ts";

/** The specification of the function. All strides are in bytes. */
export type DotSpec = {
  /** The rows of the first matrix, and the bytes between neighbours. */
  readonly rows: number;
  readonly aRow: number;
  /** The columns of the second matrix, and the bytes between neighbours. */
  readonly columns: number;
  readonly bColumn: number;
  /** The number of terms of each sum. */
  readonly depth: number;
  /** Columns of a full panel; see {@link columnsFor}. */
  readonly panel: number;
  /** Bytes between rows and columns of the product. */
  readonly target: { readonly row: number; readonly column: number };
  readonly accumulate: Accumulate;
};

/** Returns the number of columns for this many rows: V8 leaves 15 registers. */
export const columnsFor = (rows: number): number => rows === 1 ? 8 : rows === 2 ? 6 : rows === 3 ? 3 : 2;

/** The fewest sums that keep both multipliers busy. */
const BUSY = 8;

/** Builds a function of the addresses of both matrices and the product. */
export function buildDotTile(m: ModuleBuilder, lanes: LaneInstructions, spec: DotSpec): Callable<"none"> {
  return m.function({ parameters: { a: "i32", b: "i32", c: "i32" } }, (f, at) => emitDotTile(f, lanes, spec, at));
}

/** The addresses of the matrices. All of these locals are changed. */
export type DotAddresses = { readonly a: Local<"i32">; readonly b: Local<"i32">; readonly c: Local<"i32"> };

/** Emits what {@link buildDotTile}'s function does. */
export function emitDotTile(f: FunctionBuilder, lanes: LaneInstructions, spec: DotSpec, at: DotAddresses): void {
  const { columns, panel, bColumn, target } = spec, full = Math.floor(columns / panel), rest = columns % panel;
  if (full > 0) {
    const body = () => {
      emitDots(f, lanes, spec, panel, at);
      f.increment(at.b, panel * bColumn);
      f.increment(at.c, panel * target.column);
    };
    if (full === 1) body();
    else f.for({ to: full }, body);
  }
  if (rest > 0) emitDots(f, lanes, spec, rest, at);
}

/** Emits the code of one panel. */
function emitDots(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  spec: DotSpec,
  columns: number,
  { a, b, c }: DotAddresses,
): void {
  const { rows, aRow, bColumn, depth, target, accumulate } = spec, { count, vector, multiplyAdd } = lanes;
  const vectors = Math.floor(depth / count), rest = depth % count, pairs = rows * columns;
  // If there are few pairs, each has several sums, which are used in rotation.
  const sets = Math.max(1, Math.min(vectors, Math.floor(BUSY / pairs)));
  const unroll = Math.max(sets, 2 * sets <= 4 ? 2 * sets : sets), iterations = Math.floor(vectors / unroll);
  const accumulators = Array.from(
    { length: sets },
    () => Array.from({ length: rows }, () => Array.from({ length: columns }, () => f.local("v128"))),
  );
  const used = new Set<unknown>();
  if (iterations > 1) accumulators.flat(2).forEach((sum) => (f.set(sum, vector.const(0)), used.add(sum)));
  // Rows are addressed by the offsets of instructions, which cannot be negative.
  const fromFirst = Math.min(0, (rows - 1) * aRow), toFirst = Math.min(0, (columns - 1) * bColumn);
  const from = f.let(i32.add(a, fromFirst)), to = f.let(i32.add(b, toFirst));
  const step = (k: number, width: number) => {
    const own = accumulators[k % sets]!;
    const x = (r: number) => loadPartialVector(lanes, width, from, r * aRow - fromFirst + 16 * k);
    const y = (j: number) => loadPartialVector(lanes, width, to, j * bColumn - toFirst + 16 * k);
    const add = (r: number, j: number, p: Local<"v128">, q: Local<"v128">) => {
      const sum = own[r]![j]!;
      // A sum begins with 0: a product of -0 alone does not make it -0.
      f.set(sum, multiplyAdd(p, q, used.has(sum) ? sum : vector.const(0)));
      used.add(sum);
    };
    if (rows <= columns) {
      const held = Array.from({ length: rows }, (_, r) => f.let(x(r)));
      for (let j = 0; j < columns; j++) {
        const q = f.let(y(j));
        held.forEach((p, r) => add(r, j, p, q));
      }
    } else {
      const held = Array.from({ length: columns }, (_, j) => f.let(y(j)));
      for (let r = 0; r < rows; r++) {
        const p = f.let(x(r));
        held.forEach((q, j) => add(r, j, p, q));
      }
    }
  };
  if (iterations > 1) {
    const left = f.local("i32");
    f.set(left, iterations);
    f.loop((again) => {
      for (let k = 0; k < unroll; k++) step(k, count);
      f.increment(from, 16 * unroll);
      f.increment(to, 16 * unroll);
      f.set(left, i32.sub(left, 1));
      f.branchIf(again, left);
    });
  }
  const done = iterations > 1 ? iterations * unroll : 0;
  for (let k = 0; k < vectors - done; k++) step(k, count);
  if (rest > 0) step(vectors - done, rest);
  const totals = Array.from({ length: pairs }, (_, i) => {
    const r = Math.floor(i / columns), j = i % columns;
    const own = accumulators.map((set) => set[r]![j]!).filter((sum) => used.has(sum));
    return { sum: own.length === 1 ? own[0]! : own.reduce((x, y) => f.let(vector.add(x, y))), r, j };
  });
  for (let i = 0; i < pairs; i += count) {
    const group = totals.slice(i, i + count), value = sums(f, lanes, group.map(({ sum }) => sum));
    const offsets = group.map(({ r, j }) => r * target.row + j * target.column);
    if (accumulate === "wide") {
      f.do(...offsets.map((offset, lane) => addWideLane(c, value, lane, offset)));
      continue;
    }
    if (accumulate) {
      const known = f.local("v128");
      offsets.forEach((offset, lane) => f.set(known, loadLane(lanes, c, known, lane, offset)));
      f.set(value, vector.add(value, known));
    }
    f.do(...scatter(lanes, c, value, offsets));
  }
}
