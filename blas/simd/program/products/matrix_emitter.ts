/**
 * Code that computes some rows of a matrix product with tiles.
 *
 * @module
 */
import { call, type Callable, type FunctionBuilder, i32, type Local, type ModuleBuilder } from "../../../wasm/mod.ts";
import { toLines } from "../../../alignment.ts";
import type { LaneInstructions } from "../../lane_instructions.ts";
import { buildDotTile, columnsFor, emitDotTile } from "./dot_tile.ts";
import { emitExactTile } from "./exact_tile.ts";
import { type GemmPlan, type GemmProblem, tileRows } from "./gemm_plan.ts";
import { repeat } from "./repeat.ts";
import { buildTile, emitTile, plainDepth, type TileSpec, vectorsFor } from "./tile.ts";
import { type Accumulate, elementBytes, emitNarrow, emitWideZeros } from "./wide_sums.ts";

/** Products of at most this many multiplications are computed inline, without functions for their tiles. */
const SMALL = 2048;

/** Tells whether a product is computed inline. */
export const isSmall = ({ m, n, k }: GemmProblem): boolean => m * n * k <= SMALL;

/**
 * The addresses of the matrices of a product, in the orientation in which it is computed; `b` is packed if the plan
 * says so.
 */
export type MatrixPointers = {
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  readonly c: Local<"i32">;
  /** The address of {@link sumBytes} bytes of memory. */
  readonly sums: Local<"i32">;
};

/** Returns the bytes of the sums of this many elements, if passes are summed in float64. */
export const sumBytes = ({ wide }: GemmPlan, elements: number): number => wide ? toLines(8 * elements) : 0;

/** Emits the computation of some rows; each call site has its own number of rows. */
export type MatrixEmitter = (f: FunctionBuilder, rows: number, at: MatrixPointers) => void;

/**
 * Prepares the computation of all columns of a product, or of some adjacent ones.
 *
 * @param problem The product as it is computed, see `afterPacking`; `k` is above 0.
 * @param columns The number of columns. Default: all.
 */
export function matrixEmitter(
  module: ModuleBuilder,
  lanes: LaneInstructions,
  problem: GemmProblem,
  plan: GemmPlan,
  columns: number = problem.n,
): MatrixEmitter {
  const { m, n: width, k, a, b } = problem, n = columns, { bytes } = lanes, small = isSmall(problem);
  const panels = plan.packed === "panels";
  // If the product is computed transposed, `a` is the second matrix of the program's product here.
  const product = plan.transposed ? { row: bytes, column: m * bytes } : { row: width * bytes, column: bytes };
  const known = tilesFor(module, JSON.stringify([problem, plan, columns, bytes]));
  const once = (key: string, build: () => Callable<"none">) => {
    const found = known.get(key) ?? build();
    known.set(key, found);
    return found;
  };
  /** Emits one group of tiles, one below another, for one pass. */
  function group(
    f: FunctionBuilder,
    { rows, count }: { readonly rows: number; readonly count: number },
    at: Omit<MatrixPointers, "sums">,
    { start, depth, accumulate, target }: ProductPass,
  ) {
    const key = `${rows} ${count} ${depth} ${accumulate} ${target.column}`;
    const from = i32.add(at.a, start * a.column * bytes);
    if (plan.exact === "all") {
      const spec = {
        rows: rows * count,
        columns: n,
        depth,
        a: { row: a.row * bytes, step: a.column * bytes },
        b: { column: b.column * bytes, step: b.row * bytes },
        target,
      };
      return emitExactTile(f, lanes, spec, at);
    }
    if (plan.form === "dot") {
      const spec = {
        rows,
        aRow: a.row * bytes,
        columns: n,
        bColumn: b.column * bytes,
        depth,
        panel: columnsFor(rows),
        target,
        accumulate,
        chains: plan.exact === "chains",
      };
      const to = i32.add(at.b, start * bytes), tile = f.let(from), c = f.let(at.c);
      repeat(f, count, () => {
        if (small) emitDotTile(f, lanes, spec, { a: f.let(tile), b: f.let(to), c: f.let(c) });
        else f.do(call(once(key, () => buildDotTile(module, lanes, spec)), tile, to, c));
        f.increment(tile, rows * a.row * bytes);
        f.increment(c, rows * target.row);
      });
      return;
    }
    const vectors = panels ? 2 : vectorsFor(rows), bRow = panels ? 32 : b.row * bytes;
    const spec: TileSpec = {
      pointers: 1,
      rows: Array.from({ length: rows }, (_, r) => ({ pointer: 0, offset: r * a.row * bytes })),
      depth: plainDepth(depth, a.column * bytes, bRow),
      columns: n,
      vectors,
      panel: panels ? k * 32 : vectors * 16,
      padded: panels,
      target,
      accumulate,
      tiles: { count, a: rows * a.row * bytes },
    };
    const to = i32.add(at.b, start * bRow);
    const width = vectors * lanes.count, most = Math.floor(CACHED / (k * width * bytes)) * width;
    const isCrowded = !plan.transposed && target.row % CROWDED === 0;
    const together = k * n * bytes <= CACHED ? n : isCrowded ? Math.min(n, most) : 0; // columns
    const build = (spec: TileSpec, key: string) => once(key, () => buildTile(module, lanes, spec));
    if (count === 1 || together === 0) {
      if (small) return emitTile(f, lanes, spec, { pointers: [f.let(from)], b: f.let(to), c: f.let(at.c) });
      return f.do(call(build(spec, key), from, to, at.c));
    }
    const panel = f.let(to), top = f.let(at.c);
    /** Emits all tiles of some columns, one after another. */
    function some(columns: number) {
      const single = { ...spec, columns, tiles: { count: 1, a: 0 } }, read = f.let(from), c = f.let(top);
      const key = `${rows} 1 ${depth} ${accumulate} ${target.column} ${columns}`;
      repeat(f, count, () => {
        if (small) emitTile(f, lanes, single, { pointers: [f.let(read)], b: f.let(panel), c: f.let(c) });
        else f.do(call(build(single, key), read, panel, c));
        f.increment(read, rows * a.row * bytes);
        f.increment(c, rows * target.row);
      });
      if (columns === n) return;
      f.increment(panel, columns / width * spec.panel);
      f.increment(top, columns * target.column);
    }
    repeat(f, Math.floor(n / together), () => some(together));
    if (n % together > 0) some(n % together);
  }
  /** Emits one pass over all rows. */
  function passOver(f: FunctionBuilder, rows: number, at: Omit<MatrixPointers, "sums">, pass: ProductPass) {
    const first = f.let(at.a), to = f.let(at.c);
    for (const tiles of cutGroups(tileRows(rows), plan, k, bytes)) {
      group(f, tiles, { a: first, b: at.b, c: to }, pass);
      f.increment(first, tiles.rows * tiles.count * a.row * bytes);
      f.increment(to, tiles.rows * tiles.count * pass.target.row);
    }
  }
  const step = plan.form === "dot" ? bytes : panels ? 32 : b.row * bytes;
  return (f, rows, at) => {
    if (k <= plan.pass) return passOver(f, rows, at, { start: 0, depth: k, accumulate: false, target: product });
    const full = Math.floor(k / plan.pass), rest = k % plan.pass, passes = Math.ceil(k / plan.pass);
    if (!plan.wide && passes <= WRITTEN_OUT) {
      for (let start = 0; start < k; start += plan.pass) {
        const depth = Math.min(plan.pass, k - start);
        passOver(f, rows, at, { start, depth, accumulate: start > 0, target: product });
      }
      return;
    }
    const wide = elementBytes("wide", bytes), from = f.let(at.a), to = f.let(at.b);
    const sums = plan.transposed ? { row: wide, column: rows * wide } : { row: n * wide, column: wide };
    const [c, target] = plan.wide ? [at.sums, sums] : [at.c, product];
    function add(depth: number, accumulate: Accumulate) {
      passOver(f, rows, { a: from, b: to, c }, { start: 0, depth, accumulate, target });
      f.increment(from, depth * a.column * bytes);
      f.increment(to, depth * step);
    }
    if (plan.wide) emitWideZeros(f, at.sums, rows * n);
    else add(plan.pass, false);
    repeat(f, plan.wide ? full : full - 1, () => add(plan.pass, plan.wide ? "wide" : true));
    if (rest > 0) add(rest, plan.wide ? "wide" : true);
    if (!plan.wide) return;
    emitNarrow(
      f,
      at.sums,
      at.c,
      plan.transposed
        ? { lines: n, length: rows, step: product.column }
        : { lines: rows, length: n, step: product.row },
    );
  };
}

/** The most passes that are written out; more of them are a loop. */
const WRITTEN_OUT = 4;

/** A range of the sums' terms: its length and start, how its sum is accumulated, and where. */
type ProductPass = {
  readonly start: number;
  readonly depth: number;
  readonly accumulate: Accumulate;
  /** Bytes between rows and columns. */
  readonly target: { readonly row: number; readonly column: number };
};

/** The bytes of a second matrix that stays in the first-level cache, so that tiles need not share a panel. */
const CACHED = 20_480;

/** The bytes between rows of a product whose cache lines fall into few sets: each must be written at once. */
const CROWDED = 4096;

/** The bytes of the first matrix that tiles read for one panel of the second. */
const GROUP = 262_144;

/** Cuts rows into groups of tiles whose part of the first matrix stays in the second-level cache. */
function cutGroups(
  groups: readonly { readonly rows: number; readonly count: number }[],
  { pass }: GemmPlan,
  k: number,
  bytes: number,
): readonly { readonly rows: number; readonly count: number }[] {
  return groups.flatMap(({ rows, count }) => {
    const most = Math.max(1, Math.floor(GROUP / (rows * Math.min(k, pass) * bytes)));
    const pieces = Math.ceil(count / most);
    return Array.from({ length: pieces }, (_, i) => ({
      rows,
      count: Math.floor((i + 1) * count / pieces) - Math.floor(i * count / pieces),
    }));
  });
}

/** The functions of tiles, by module and product. */
const tiles = new WeakMap<ModuleBuilder, Map<string, Map<string, Callable<"none">>>>();

/** Returns the functions of tiles that a module has for products like this one: equal layers share them. */
function tilesFor(module: ModuleBuilder, product: string): Map<string, Callable<"none">> {
  const products = tiles.get(module) ?? new Map<string, Map<string, Callable<"none">>>();
  const found = products.get(product) ?? new Map<string, Callable<"none">>();
  tiles.set(module, products.set(product, found));
  return found;
}
