/**
 * Functions that compute some rows of a matrix product, a few columns at a time in registers: one matrix is read
 * element by element, from any address, the other in vectors.
 *
 * Sizes and strides are constants in the instructions, so that addresses cost only one addition for each pointer in an
 * iteration, and neither matrix needs to be packed.
 *
 * @module
 */
import type { LaneInstructions, Vector } from "../../lane_instructions.ts";
import {
  call,
  type Callable,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../../../wasm/mod.ts";
import { columnsOf, loadPartialVector, storePartialVector } from "./partial_vector.ts";
import { repeat } from "./repeat.ts";
import { withoutShortLoops, withTailInFront } from "./tile_depth.ts";
import { type Accumulate, addWide, elementBytes } from "./wide_sums.ts";

/**
 * One multiplication and addition for each element of a tile: the offsets of its factors from the pointers, in bytes.
 */
export type TileStep = { readonly a: number; readonly b: number };

/** A loop: its number of iterations, and the bytes by which each moves the pointers. */
export type TileLoop = { readonly count: number; readonly a: number; readonly b: number };

/** The order in which products are summed. */
export type Depth = {
  /** Nested loops, the outermost first. */
  readonly loops: readonly TileLoop[];
  /**
   * Whether an iteration of the outermost loop is one chain of additions, whose sums are added to those in memory, as
   * `accumulate` demands. Default false: all loops are.
   */
  readonly chains?: boolean | undefined;
  /** The bytes from the matrices' addresses to where the pointers begin. Default 0. */
  readonly start?: TileStep;
  /** The products that one iteration of the innermost loop adds. */
  readonly steps: readonly TileStep[];
  /** The products that are added after the innermost loop, relative to the final pointers. */
  readonly tail: readonly TileStep[];
};

/** The specification of a tile's function. */
export type TileSpec = {
  /** The number of pointers into the first matrix. */
  readonly pointers: number;
  /** The pointer through which each row is read, and the row's offset from it. */
  readonly rows: readonly { readonly pointer: number; readonly offset: number }[];
  readonly depth: Depth;
  /** Columns of the product. */
  readonly columns: number;
  /** Vectors of columns in a full panel; see {@link vectorsFor}. */
  readonly vectors: number;
  /** Bytes of the second matrix from one panel to the next. */
  readonly panel: number;
  /** Whether whole vectors of the second matrix can be read in the last panel too. */
  readonly padded: boolean;
  /** Bytes between rows and between columns of the product; one of them is that of an element, or there is one of them. */
  readonly target: { readonly row: number; readonly column: number };
  readonly accumulate: Accumulate;
  /** The number of tiles, one below another, and the bytes between them in the first matrix. Default 1. */
  readonly tiles?: { readonly count: number; readonly a: number };
};

/**
 * Returns the number of vectors of columns for this many rows: sums and factors must fit in the 15 registers that V8
 * leaves.
 */
export const vectorsFor = (rows: number): number =>
  rows === 1 ? 10 : rows === 2 ? 6 : rows === 3 ? 3 : rows < 7 ? 2 : 1;

/** Returns the bytes by which a pointer has moved at the end. */
const distance = ({ loops }: Depth, key: "a" | "b"): number => loops[0]!.count * loops[0]![key];

/**
 * Builds a function whose parameters are the pointers into the first matrix, the address of the second, and that of the
 * product. It computes all columns of some rows.
 */
export function buildTile(m: ModuleBuilder, lanes: LaneInstructions, spec: TileSpec): Callable<"none"> {
  const { columns, vectors, panel, target } = spec, width = vectors * lanes.count, whole = columns - columns % width;
  const names = Array.from({ length: spec.pointers }, (_, i) => `p${i}`);
  const parameters = Object.fromEntries([...names, "b", "c"].map((name) => [name, "i32" as const]));
  if (whole > 0 && whole < columns) {
    // The last columns have a separate function: next to another loop, V8 spills sums inside this one.
    const [all, edge] = [whole, columns - whole].map((columns) => buildTile(m, lanes, { ...spec, columns }));
    return m.function({ parameters }, (f, p) => {
      const pointers = names.map((name) => p[name]!), b = i32.add(p.b!, whole / width * panel);
      f.do(call(all!, ...pointers, p.b!, p.c!));
      f.do(call(edge!, ...pointers, b, i32.add(p.c!, whole * target.column)));
    });
  }
  return m.function({ parameters }, (f, p) => {
    const pointers = names.map((name) => p[name]!);
    emitTile(f, lanes, spec, { pointers, b: p.b!, c: p.c! });
  });
}

/** The addresses of a tile's matrices. All of these locals are changed. */
export type TileAddresses = {
  readonly pointers: readonly Local<"i32">[];
  readonly b: Local<"i32">;
  readonly c: Local<"i32">;
};

/** Emits what {@link buildTile}'s function does. */
export function emitTile(f: FunctionBuilder, lanes: LaneInstructions, given: TileSpec, at: TileAddresses): void {
  const spec = withoutNegativeOffsets(f, given, at), { columns, vectors, panel, depth, target } = spec;
  const width = vectors * lanes.count, full = Math.floor(columns / width), rest = columns % width;
  const { count, a } = spec.tiles ?? { count: 1, a: 0 };
  const { start = { a: 0, b: 0 } } = depth;
  moveBoth(f, at, start.a, start.b);
  function step(widths: readonly number[], last: boolean) {
    return () => {
      repeat(f, count, () => {
        emitPanel(f, lanes, spec, widths, at);
        moveBoth(f, at, a - distance(depth, "a"), -distance(depth, "b"));
        if (count > 1) f.increment(at.c, spec.rows.length * target.row);
      });
      if (last) return;
      moveBoth(f, at, -count * a, panel);
      f.increment(at.c, width * target.column - (count > 1 ? count * spec.rows.length * target.row : 0));
    };
  }
  repeat(f, full, step(Array.from({ length: vectors }, () => lanes.count), rest === 0 && full === 1));
  if (rest === 0) return;
  const last = Math.ceil(rest / lanes.count);
  step(Array.from({ length: last }, (_, i) => Math.min(lanes.count, rest - i * lanes.count)), true)();
}

/** Moves the pointers into the first matrix, and the one into the second, by some bytes. */
function moveBoth(f: FunctionBuilder, { pointers, b }: Omit<TileAddresses, "c">, down: number, along: number): void {
  if (down !== 0) { for (let i = 0; i < pointers.length; i++) f.increment(pointers[i]!, down); }
  if (along !== 0) f.increment(b, along);
}

/** Moves pointers so that no row has a negative offset from its pointer: an instruction's offset cannot be negative. */
function withoutNegativeOffsets(f: FunctionBuilder, spec: TileSpec, { pointers }: TileAddresses): TileSpec {
  const least = Math.min(0, ...spec.rows.map(({ offset }) => offset));
  if (least === 0) return spec;
  for (const pointer of pointers) f.increment(pointer, least);
  return { ...spec, rows: spec.rows.map(({ pointer, offset }) => ({ pointer, offset: offset - least })) };
}

/** Emits the code of one panel, its vectors `widths` wide. */
function emitPanel(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  spec: TileSpec,
  widths: readonly number[],
  at: TileAddresses,
): void {
  const { pointers, b, c } = at,
    { rows } = spec,
    { vector, multiplyAdd, loadSplat } = lanes,
    depth = withoutShortLoops(spec.depth);
  const accumulators = rows.map(() => widths.map(() => f.local("v128")));
  const fresh = { value: depth.loops.every(({ count }) => count <= 1) }; // without a loop, nothing must be cleared
  const clear = () => accumulators.flat().forEach((sum) => f.set(sum, vector.const(0)));
  if (!fresh.value && !depth.chains) clear();
  // The sums of chains are added up in registers if there are enough of them, otherwise in memory.
  const totals = depth.chains && widths.length === 1 ? rows.map(() => [f.local("v128")]) : [];
  totals.forEach(([total]) => f.set(total!, vector.const(0)));
  function settle() {
    if (totals.length === 0) return store(f, lanes, spec, widths, accumulators, c);
    totals.forEach(([total], r) => f.set(total!, vector.add(total!, accumulators[r]![0]!)));
  }
  const add = (sum: Local<"v128">, x: Vector, y: Vector, first: boolean) =>
    f.set(sum, multiplyAdd(x, y, first ? vector.const(0) : sum)); // from 0, so that no sum is -0
  // Factors are in the same locals in all steps, so that the code of a step is generated once, and then copied.
  const factors = rows.length <= widths.length ? rows.map(() => f.local("v128")) : [f.local("v128")];
  const columns = widths.map(() => f.local("v128")), written = new Map<number, () => void>();
  function repeated(part: number, first: boolean, emit: () => void) {
    if (first) return emit();
    const known = written.get(part);
    if (known !== undefined) return known();
    written.set(part, f.record(emit));
  }
  function load(v: number, at: TileStep) {
    return loadPartialVector(lanes, spec.padded ? lanes.count : widths[v]!, b, at.b + 16 * v);
  }
  function step(at: TileStep) {
    const first = fresh.value;
    fresh.value = false;
    const splat = (r: number) => loadSplat(pointers[rows[r]!.pointer]!, rows[r]!.offset + at.a);
    if (rows.length <= widths.length) {
      for (let r = 0; r < rows.length; r++) f.set(factors[r]!, splat(r));
      for (let v = 0; v < widths.length; v++) {
        if (rows.length === 1) add(accumulators[0]![v]!, factors[0]!, load(v, at), first);
        else {
          f.set(columns[v]!, load(v, at));
          repeated(v, first, () => rows.forEach((_, r) => add(accumulators[r]![v]!, factors[r]!, columns[v]!, first)));
        }
      }
      return;
    }
    for (let v = 0; v < widths.length; v++) f.set(columns[v]!, load(v, at));
    for (let r = 0; r < rows.length; r++) {
      if (widths.length === 1) add(accumulators[r]![0]!, splat(r), columns[0]!, first);
      else {
        f.set(factors[0]!, splat(r)); // exactly one here
        repeated(r, first, () => columns.forEach((column, v) => add(accumulators[r]![v]!, factors[0]!, column, first)));
      }
    }
  }
  const { loops, steps, tail, head } = withTailInFront(depth);
  function walk(level: number): void {
    const { count, a, b: by } = loops[level]!, next = loops[level + 1];
    if (next === undefined) head.forEach(step);
    repeat(f, count, () => {
      if (level === 0 && depth.chains) clear();
      if (next === undefined) steps.forEach(step);
      else walk(level + 1);
      if (next === undefined) moveBoth(f, at, a, by);
      else moveBoth(f, at, a - next.count * next.a, by - next.count * next.b);
      if (level === 0 && depth.chains) settle();
    });
    if (next === undefined) tail.forEach(step);
  }
  walk(0);
  if (!depth.chains) store(f, lanes, spec, widths, accumulators, c);
  else if (totals.length > 0) store(f, lanes, spec, widths, totals, c);
}

/** Emits the stores of a panel: vectors as they are, or transposed if the elements of a column are contiguous. */
function store(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  { target, accumulate }: TileSpec,
  widths: readonly number[],
  accumulators: readonly (readonly Local<"v128">[])[],
  c: Local<"i32">,
): void {
  const bytes = elementBytes(accumulate, lanes.bytes);
  function put(value: Local<"v128">, count: number, offset: number) {
    if (accumulate === "wide") return f.do(...addWide(f, count, c, value, offset));
    if (accumulate) f.set(value, lanes.vector.add(value, loadPartialVector(lanes, count, c, offset)));
    f.do(...storePartialVector(lanes, count, c, value, offset));
  }
  if (target.column === bytes || target.row !== bytes) {
    const vector = lanes.count * bytes;
    accumulators.forEach((row, r) => row.forEach((sum, v) => put(sum, widths[v]!, r * target.row + vector * v)));
    return;
  }
  widths.forEach((width, v) => {
    for (let r = 0; r < accumulators.length; r += lanes.count) {
      const rows = accumulators.slice(r, r + lanes.count).map((row) => row[v]!);
      if (rows.length === 2 && lanes.count === 4 && accumulate !== "wide") {
        storePairs(f, lanes, rows, width, (j) => r * target.row + (v * lanes.count + j) * target.column, accumulate, c);
        continue;
      }
      columnsOf(f, lanes, rows).slice(0, width).forEach((column, j) => {
        put(column, rows.length, r * target.row + (v * lanes.count + j) * target.column);
      });
    }
  });
}

/** Emits the stores of two rows of a vector each, column by column: two shuffles rather than the eight of a square. */
function storePairs(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  [first, second]: readonly Local<"v128">[],
  width: number,
  offsetOf: (column: number) => number,
  accumulate: boolean,
  c: Local<"i32">,
): void {
  lanes.interleave(first!, second!).forEach((given, half) => {
    const columns = [2 * half, 2 * half + 1].filter((column) => column < width), known = f.local("v128");
    if (columns.length === 0) return;
    const pair = f.let(given);
    if (accumulate) {
      columns.forEach((column, lane) => f.set(known, v128.load64_lane(c, known, lane, offsetOf(column))));
      f.set(pair, lanes.vector.add(pair, known));
    }
    columns.forEach((column, lane) => f.do(v128.store64_lane(c, pair, lane, offsetOf(column))));
  });
}

/** Returns the order of a product of plain matrices: `count` steps, `a` and `b` bytes apart. */
export function plainDepth(count: number, a: number, b: number): Depth {
  const unroll = a < 0 || b < 0 ? 1 : 4; // an instruction's offset cannot be negative
  const iterations = Math.floor(count / unroll),
    steps = (k: number) => Array.from({ length: k }, (_, i) => ({ a: i * a, b: i * b }));
  return {
    loops: [{ count: 1, a: count * a, b: count * b }, { count: iterations, a: unroll * a, b: unroll * b }],
    steps: steps(unroll),
    tail: steps(count - iterations * unroll),
  };
}
