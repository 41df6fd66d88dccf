/**
 * Matrix products in a program's memory.
 *
 * @module
 */
import { sizeOf } from "../../../shape.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../../dtype.ts";
import { type LaneInstructions, laneInstructionsOf } from "../../lane_instructions.ts";
import { call, type Callable, type Expression, type FunctionBuilder, i32, type Local } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered } from "../emitter.ts";
import type { Operation } from "../../../program/program.ts";
import { buildDotTile, columnsFor, emitDotTile } from "./dot_tile.ts";
import { type GemmPlan, type GemmProblem, planOf, problemOf, tileRows, transposed } from "./gemm_plan.ts";
import { emitZeros } from "./partial_vector.ts";
import { emitPack, packedElements } from "./pack.ts";
import { buildTile, emitTile, plainDepth, type TileSpec, vectorsFor } from "./tile.ts";
import { repeat } from "./repeat.ts";
import { type Accumulate, emitNarrow, emitWideZeros } from "./wide_sums.ts";

/** Bytes of a product that are computed before the loop after it runs on them: they stay in the first-level cache. */
const BLOCK = 40_000;

/** Multiplications up to which a product is computed where it stands, without functions for its tiles. */
const SMALL = 2048;

/** Prepares a product for emission. */
export function lowerGemm(
  { a, b, epilogue }: Extract<Operation, { readonly kind: "gemm" }>,
  dtype: DType,
): Lowered {
  const problem = problemOf(a, b), { m, n, k, batch } = problem, bytes = BYTES_PER_ELEMENT[dtype];
  const shape = [...a.shape.slice(0, -1), n], size = sizeOf(shape);
  const plan = planOf(problem, dtype, epilogue !== undefined);
  const oriented = plan.turned ? transposed(problem) : problem;
  const unit = batch.length > 0 ? 0 : problem.unit, rows = unit === 0 ? 0 : blockRows(m, n * bytes, unit, plan.turned);
  const first = shape[0]!, staged = epilogue === undefined || size === 0 ? 0 : unit === 0 ? size / first : rows * n;
  const room = Math.ceil(staged * bytes / 64) * 64;
  const packed = plan.packed && size > 0 && k > 0 ? Math.ceil(packedElements(oriented, dtype) * bytes / 64) * 64 : 0;
  const sums = !plan.wide || size === 0 ? 0 : (unit === 0 ? m : rows) * n * 8;
  return {
    workspace: room + packed + sums,
    kernels: [],
    inPlace: epilogue !== undefined,
    emit: (context) => {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { module } = context, target = context.results[0]!;
      const from = context.address(a.value) + a.offset * bytes, other = context.address(b.value) + b.offset * bytes;
      const loop = epilogue === undefined
        ? undefined
        : context.loop({ loop: epilogue, dtype, results: context.results });
      const panels = context.workspace + room;
      const emitter = matrixEmitter(context, lanes, oriented, plan, { panels, sums: panels + packed });
      return module.function({ parameters: {} }, (f) => {
        if (size === 0) return;
        const at = (value: number) => f.let(i32.add(value, 0));
        if (batch.length > 0) {
          batchesOf(
            f,
            { problem, bytes, from, other, target: loop === undefined ? target : context.workspace, loop },
            emitter,
          );
        } else if (loop === undefined && !plan.wide) emitter(f, m, at(from), at(other), at(target), true);
        else {
          const blocks = Math.floor(m / rows), rest = m % rows, index = f.local("i32"), source = at(from);
          const result = at(target);
          const step = (count: number, pack: boolean) => {
            const a = f.let(source);
            emitter(f, count, a, at(other), loop === undefined ? f.let(result) : at(context.workspace), pack);
            f.increment(source, count * problem.a.row * bytes);
            f.increment(result, count * n * bytes);
            if (loop === undefined) return;
            const next = f.let(i32.add(index, count / unit));
            f.do(call(loop, i32.sub(context.workspace, i32.mul(index, unit * n * bytes)), index, next));
            f.set(index, next);
          };
          if (plan.packed && k > 0) emitter.pack(f, at(plan.turned ? from : other));
          repeat(f, blocks, () => step(rows, false));
          if (rest > 0) step(rest, false);
        }
      });
    },
  };
}

/** Rows of a block: whole indices of axis 0, if possible a multiple of a tile. */
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

/** Emits the computation of some rows of a product; every call site has a number of rows of its own. */
type MatrixEmitter = {
  (f: FunctionBuilder, rows: number, a: Local<"i32">, b: Local<"i32">, c: Local<"i32">, pack: boolean): void;
  /** Emits the packing of what tiles read in vectors. */
  pack(f: FunctionBuilder, b: Local<"i32">): void;
};

function matrixEmitter(
  { module }: EmitterContext,
  lanes: LaneInstructions,
  problem: GemmProblem,
  plan: GemmPlan,
  { panels, sums }: { readonly panels: number; readonly sums: number },
): MatrixEmitter {
  const { m, n, k, a, b } = problem, { bytes } = lanes, small = m * n * k <= SMALL;
  // What is called `a` here is the second matrix of the program's product, if that is computed transposed.
  const element = plan.wide ? 8 : bytes;
  const target = plan.turned ? { row: element, column: m * element } : { row: n * element, column: element };
  const known = new Map<string, Callable<"none">>();
  const once = (key: string, build: () => Callable<"none">) => {
    const found = known.get(key) ?? build();
    known.set(key, found);
    return found;
  };
  const pack = (f: FunctionBuilder, source: Local<"i32">) => {
    const to = f.let(i32.add(panels, 0));
    emitPack(f, lanes, problem, source, to);
  };
  /** Emits one group of tiles, one below the other, for one pass. */
  const group = (
    f: FunctionBuilder,
    { rows, count }: { readonly rows: number; readonly count: number },
    at: { readonly a: Local<"i32">; readonly b: Expression<"i32">; readonly c: Local<"i32"> },
    { start, depth, accumulate }: Pass,
  ) => {
    const key = `${rows} ${count} ${depth} ${accumulate}`;
    const from = i32.add(at.a, start * a.column * bytes);
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
    const vectors = plan.packed ? 2 : vectorsFor(rows), bRow = plan.packed ? 32 : b.row * bytes;
    const spec: TileSpec = {
      pointers: 1,
      rows: Array.from({ length: rows }, (_, r) => ({ pointer: 0, offset: r * a.row * bytes })),
      depth: plainDepth(depth, a.column * bytes, bRow),
      columns: n,
      vectors,
      panel: plan.packed ? k * 32 : vectors * 16,
      padded: plan.packed,
      target,
      accumulate,
      tiles: { count, a: rows * a.row * bytes },
    };
    const to = i32.add(at.b, start * bRow);
    if (k * n * bytes <= CACHED && count > 1) {
      const from = f.let(i32.add(at.a, start * a.column * bytes)), c = f.let(at.c);
      const single = { ...spec, tiles: { count: 1, a: 0 } };
      repeat(f, count, () => {
        if (small) emitTile(f, lanes, single, { pointers: [f.let(from)], b: f.let(to), c: f.let(c) });
        else f.do(call(once(`${rows} 1 ${depth} ${accumulate}`, () => buildTile(module, lanes, single)), from, to, c));
        f.increment(from, rows * a.row * bytes);
        f.increment(c, rows * target.row);
      });
    } else if (small) emitTile(f, lanes, spec, { pointers: [f.let(from)], b: f.let(to), c: f.let(at.c) });
    else f.do(call(once(key, () => buildTile(module, lanes, spec)), from, to, at.c));
  };
  const emit = (
    f: FunctionBuilder,
    count: number,
    left: Local<"i32">,
    right: Local<"i32">,
    c: Local<"i32">,
    fresh: boolean,
  ) => {
    const rows = plan.turned ? m : count; // rows of tiles
    if (k === 0) return emitZeros(f, c, count * (plan.turned ? m : n) * bytes);
    const [source, other] = plan.turned ? [right, left] : [left, right];
    if (plan.packed && fresh) pack(f, other);
    const passOver = (from: Local<"i32">, b: Expression<"i32">, c: Local<"i32">, pass: Pass) => {
      const first = f.let(from), to = f.let(c);
      for (const tiles of cutGroups(tileRows(rows), plan, k, bytes)) {
        group(f, tiles, { a: first, b, c: to }, pass);
        f.increment(first, tiles.rows * tiles.count * a.row * bytes);
        f.increment(to, tiles.rows * tiles.count * target.row);
      }
    };
    const second = plan.packed ? i32.add(panels, 0) : other;
    if (!plan.wide) {
      for (let start = 0; start < k; start += plan.pass) {
        passOver(source, second, c, { start, depth: Math.min(plan.pass, k - start), accumulate: start > 0 });
      }
      return;
    }
    const elements = count * (plan.turned ? m : n), from = f.let(source), to = f.let(second);
    const step = plan.form === "dot" ? bytes : plan.packed ? 32 : b.row * bytes;
    const add = (depth: number) => {
      passOver(from, to, f.let(i32.add(sums, 0)), { start: 0, depth, accumulate: "wide" });
      f.increment(from, depth * a.column * bytes);
      f.increment(to, depth * step);
    };
    emitWideZeros(f, sums, elements);
    repeat(f, Math.floor(k / plan.pass), () => add(plan.pass));
    if (k % plan.pass > 0) add(k % plan.pass);
    emitNarrow(f, sums, c, elements);
  };
  return Object.assign(emit, { pack: (f: FunctionBuilder, b: Local<"i32">) => pack(f, b) });
}

/** Some of the sums' terms: how many, from which on, and what is done with their sum. */
type Pass = { readonly start: number; readonly depth: number; readonly accumulate: Accumulate };

/** Bytes of a second matrix that stays in the first-level cache, so that tiles below one another need not share a panel. */
const CACHED = 20_480;

/** Bytes of the first matrix that tiles work through for one panel of the second. */
const GROUP = 262_144;

/** Cuts groups of tiles so that what they read of the first matrix stays in the second-level cache. */
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

/** Emits loops over the axes of a batch around one product; with a loop after it, that runs for each index of axis 0. */
function batchesOf(
  f: FunctionBuilder,
  { problem: { batch, m }, bytes, from, other, target, loop }: {
    readonly problem: GemmProblem;
    readonly bytes: number;
    readonly from: number;
    readonly other: number;
    readonly target: number;
    readonly loop: Callable<"none"> | undefined;
  },
  emitter: MatrixEmitter,
): void {
  const pointers = [from, other, target].map((address) => f.let(i32.add(address, 0)));
  const walk = (axis: number): void => {
    if (axis === batch.length) {
      const [a, b, c] = pointers.map((pointer) => f.let(pointer));
      return emitter(f, m, a!, b!, c!, true);
    }
    const { length, a, b, c } = batch[axis]!, steps = [a, b, axis === 0 && loop !== undefined ? 0 : c];
    const index = f.local("i32");
    repeat(f, length, () => {
      walk(axis + 1);
      if (axis === 0 && loop !== undefined) {
        const next = f.let(i32.add(index, 1));
        f.do(call(loop, i32.sub(target, i32.mul(index, c * bytes)), index, next));
        f.set(index, next);
      }
      pointers.forEach((pointer, i) => f.increment(pointer, steps[i]! * bytes));
    });
    pointers.forEach((pointer, i) => f.increment(pointer, -length * steps[i]! * bytes));
  };
  walk(0);
}
