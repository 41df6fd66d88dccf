/**
 * Functions that compute some rows of a matrix product where both matrices are contiguous along the axis of sums: sums
 * are vectors along that axis until the end, so that neither matrix needs to be packed or transposed.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { type Callable, type FunctionBuilder, i32, type Local, type ModuleBuilder } from "../../../wasm/mod.ts";
import { loadLane, loadPartialVector, scatter, sums } from "./partial_vector.ts";
import { repeat } from "./repeat.ts";
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
  /** Whether the sums of `CHAIN` vectors are added apart from each other. Default: all are one chain of additions. */
  readonly chains?: boolean | undefined;
};

/** The vectors of a chain of additions in float32, a multiple of all numbers of vectors in one iteration. */
const CHAIN = 32;

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
  const unroll = Math.max(sets, 2 * sets <= 4 ? 2 * sets : sets);
  const chains = spec.chains ? Math.max(0, Math.floor((vectors - 1) / CHAIN)) : 0, left = vectors - chains * CHAIN;
  const iterations = Math.floor(left / unroll);
  const accumulators = Array.from(
    { length: sets },
    () => Array.from({ length: rows }, () => Array.from({ length: columns }, () => f.local("v128"))),
  );
  const used = new Set<unknown>();
  const clear = () => accumulators.flat(2).forEach((sum) => (f.set(sum, vector.const(0)), used.add(sum)));
  // Rows are addressed by the offsets of instructions, which cannot be negative.
  const fromFirst = Math.min(0, (rows - 1) * aRow), toFirst = Math.min(0, (columns - 1) * bColumn);
  const from = f.let(i32.add(a, fromFirst)), to = f.let(i32.add(b, toFirst));
  function step(k: number, width: number) {
    const own = accumulators[k % sets]!;
    const x = (r: number) => loadPartialVector(lanes, width, from, r * aRow - fromFirst + 16 * k);
    const y = (j: number) => loadPartialVector(lanes, width, to, j * bColumn - toFirst + 16 * k);
    function add(r: number, j: number, p: Local<"v128">, q: Local<"v128">) {
      const sum = own[r]![j]!;
      // A sum begins with 0: a product of -0 alone does not make it -0.
      f.set(sum, multiplyAdd(p, q, used.has(sum) ? sum : vector.const(0)));
      used.add(sum);
    }
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
  }
  function iterate(times: number) {
    return repeat(f, times, () => {
      for (let k = 0; k < unroll; k++) step(k, count);
      f.increment(from, 16 * unroll);
      f.increment(to, 16 * unroll);
    });
  }
  /** Returns the sums of all lanes, as many pairs to a vector as it has lanes. */
  function added(): readonly Local<"v128">[] {
    const vectors = Array.from({ length: pairs }, (_, i) => {
      const own = accumulators.map((set) => set[Math.floor(i / columns)]![i % columns]!).filter((sum) => used.has(sum));
      return own.length === 1 ? own[0]! : own.reduce((x, y) => f.let(vector.add(x, y)));
    });
    return Array.from(
      { length: Math.ceil(pairs / count) },
      (_, g) => sums(f, lanes, vectors.slice(g * count, (g + 1) * count)),
    );
  }
  // Lanes are added before chains are: the lanes of terms with alternating signs are far from their sum.
  const totals = chains === 0 ? [] : Array.from({ length: Math.ceil(pairs / count) }, () => f.local("v128"));
  totals.forEach((total) => f.set(total, vector.const(0)));
  const settle = () => added().forEach((value, g) => f.set(totals[g]!, vector.add(totals[g]!, value)));
  repeat(f, chains, () => {
    clear();
    iterate(CHAIN / unroll);
    settle();
  });
  used.clear();
  if (iterations > 1) clear();
  iterate(iterations > 1 ? iterations : 0);
  const done = iterations > 1 ? iterations * unroll : 0;
  for (let k = 0; k < left - done; k++) step(k, count);
  if (rest > 0) step(left - done, rest);
  if (chains > 0) settle();
  (chains > 0 ? totals : added()).forEach((value, g) => {
    const places = Array.from({ length: Math.min(count, pairs - g * count) }, (_, lane) => g * count + lane);
    put(value, places.map((i) => Math.floor(i / columns) * target.row + i % columns * target.column));
  });

  /** Stores the first lanes of a vector, or adds them to what is there. */
  function put(value: Local<"v128">, offsets: readonly number[]): void {
    if (accumulate === "wide") return f.do(...offsets.map((offset, lane) => addWideLane(c, value, lane, offset)));
    if (accumulate) {
      const known = f.local("v128");
      offsets.forEach((offset, lane) => f.set(known, loadLane(lanes, c, known, lane, offset)));
      f.set(value, vector.add(value, known));
    }
    f.do(...scatter(lanes, c, value, offsets));
  }
}
