/**
 * Tiles whose sizes and distances are parameters, so that convolutions of different sizes share their functions: each
 * function is code that takes time to write, and that runs slowly until the runtime has optimized it.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import {
  call,
  type Callable,
  type Expression,
  type FunctionBuilder,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type Operand,
  v128,
} from "../../../wasm/mod.ts";
import type { Depth, TileLoop, TileStep } from "./tile.ts";
import { withoutShortLoops } from "./tile_depth.ts";
import { storeTile } from "./tile_store.ts";

/** Bytes of a row of a panel of the packed matrix. */
const ROW = 32;

/** A tile: some rows of a product, each of which begins anywhere, in whole panels of columns. */
export type SharedTile = {
  readonly rows: number;
  /** The order of the sums, in whole panels of two vectors. */
  readonly order: SharedOrder;
};

/** An order of sums as shared functions walk through it. */
export type SharedOrder = {
  /** The loops, the outermost first, without those that run once; but of three, the outermost stays. */
  readonly loops: readonly TileLoop[];
  /** As in {@link Depth}. */
  readonly chains: boolean;
  /** The steps of one iteration in runs, whose factors are close to one another: bytes from the lowest one. */
  readonly runs: readonly (readonly number[])[];
  /** The bytes of the lowest factor of each run. */
  readonly starts: readonly number[];
};

/** The places of a tile's matrices. */
export type SharedPlaces = {
  /** The start of each row; `order.starts[0]`, and the start of the depth, must have been added. */
  readonly rows: readonly Expression<"i32">[];
  readonly b: Operand<"i32">;
  readonly c: Operand<"i32">;
  /** The number of panels, the bytes between them, and those between columns of the product. */
  readonly panels: number;
  readonly panel: number;
  readonly column: number;
  /** Whether the sums are added to the numbers in memory. */
  readonly accumulate: boolean;
};

/**
 * Returns the order as shared functions walk through it, or `undefined` if they cannot, or if the steps are so few that
 * they take no loop.
 */
export function sharedOrder(depth: Depth, bytes: number): SharedOrder | undefined {
  const { loops, steps, tail, chains = false } = depth;
  if (tail.length > 0 || withoutShortLoops(depth) !== depth) return undefined;
  if (steps.some(({ b }, i) => b !== ROW * i)) return undefined;
  const repeated = loops.filter(({ count }, level) => count !== 1 || (level === 0 && loops.length > 2));
  let covered = ROW * steps.length; // the packed matrix must be read without gaps
  for (let level = repeated.length - 1; level >= 0; level--) {
    if (repeated[level]!.b !== covered) return undefined;
    covered *= repeated[level]!.count;
  }
  return repeated.length === 0 ? undefined : { loops: repeated, chains, ...runsOf(steps, 2 * bytes) };
}

/** Divides steps into runs of factors that are equally far from one another, and not farther than `most` bytes. */
function runsOf(steps: readonly TileStep[], most: number): Pick<SharedOrder, "runs" | "starts"> {
  const runs: number[][] = [], starts: number[] = [];
  for (let from = 0, to = 1; from < steps.length; from = to++) {
    const by = to < steps.length ? steps[to]!.a - steps[from]!.a : 0, isRun = Math.abs(by) <= most;
    while (isRun && to < steps.length && steps[to]!.a - steps[to - 1]!.a === by) to++;
    const start = Math.min(steps[from]!.a, steps[to - 1]!.a), run: number[] = [];
    for (let i = from; i < to; i++) run.push(steps[i]!.a - start);
    runs.push(run);
    starts.push(start);
  }
  return { runs, starts };
}

/** Emits the call of a shared function. */
export function emitSharedTile(
  f: FunctionBuilder,
  m: ModuleBuilder,
  lanes: LaneInstructions,
  tile: SharedTile,
  { rows, b, c, panels, panel, column, accumulate }: SharedPlaces,
): void {
  const { loops, starts } = tile.order, last = loops.length - 1, given: Operand<"i32">[] = [...rows, b, c];
  given.push(panels, panel, column, accumulate ? 1 : 0);
  for (let level = 0; level < last; level++) {
    const { count, a } = loops[level]!, next = loops[level + 1]!;
    given.push(count, a - next.count * next.a);
  }
  given.push(loops[last]!.count);
  for (let i = 1; i < starts.length; i++) given.push(starts[i]! - starts[i - 1]!);
  given.push(loops[last]!.a + starts[0]! - starts.at(-1)!);
  f.do(call(functionOf(m, lanes, tile), ...given));
}

/** The shared functions of each module, by what they are specialized for. */
const functions = new WeakMap<ModuleBuilder, Map<string, Callable<"none">>>();

function functionOf(m: ModuleBuilder, lanes: LaneInstructions, tile: SharedTile): Callable<"none"> {
  const { rows, order: { loops, chains, runs } } = tile,
    known = functions.get(m) ?? new Map<string, Callable<"none">>();
  functions.set(m, known);
  const key = JSON.stringify([lanes.bytes, rows, loops.length, chains, runs]), found = known.get(key);
  if (found !== undefined) return found;
  const made = buildSharedTile(m, lanes, tile);
  known.set(key, made);
  return made;
}

/**
 * Builds a shared function. Its parameters are the starts of the rows, the addresses of the packed matrix and of the
 * product, the panels as in {@link SharedPlaces}, for each loop but the innermost one its count and the bytes to move
 * after an iteration, the count of the innermost loop, and the bytes to move after each run.
 */
function buildSharedTile(m: ModuleBuilder, lanes: LaneInstructions, { rows, order }: SharedTile): Callable<"none"> {
  const { loops, chains, runs } = order, { vector, multiplyAdd, loadSplat, bytes } = lanes, last = loops.length - 1;
  const loopsAt = rows + 6, runsAt = loopsAt + 2 * last + 1, parameters: { [name: string]: "i32" } = {};
  for (let i = 0; i < runsAt + runs.length; i++) parameters[`p${i}`] = "i32";
  return m.function({ parameters }, (f) => {
    const own = (i: number) => f.parameter(i) as Local<"i32">; // all parameters are
    const given = own(rows), c = own(rows + 1), panels = own(rows + 2), column = own(rows + 4), b = f.local("i32");
    const pointers: Local<"i32">[] = [], sums: (readonly [Local<"v128">, Local<"v128">])[] = [];
    const adding: (() => void)[] = [], low = f.local("v128"), high = f.local("v128"), factor = f.local("v128");
    for (let r = 0; r < rows; r++) {
      pointers.push(f.local("i32"));
      sums.push([f.local("v128"), f.local("v128")]);
    }
    const mask = f.let(i32x4.splat(i32.sub(0, own(rows + 5))));
    const target = { target: { row: bytes, column }, accumulate: mask }, widths = [lanes.count, lanes.count];
    const clear = () => {
      for (const [first, second] of sums) {
        f.set(first, vector.const(0));
        f.set(second, vector.const(0));
      }
    };
    const move = (by: Local<"i32">) => {
      for (const pointer of pointers) f.increment(pointer, by);
    };
    const add = (r: number) => {
      const [first, second] = sums[r]!;
      f.set(first, multiplyAdd(factor, low, first));
      f.set(second, multiplyAdd(factor, high, second));
    };
    const steps = () => {
      let at = 0;
      for (let i = 0; i < runs.length; i++) {
        for (const a of runs[i]!) {
          f.set(low, v128.load(b, at));
          f.set(high, v128.load(b, at + 16));
          for (let r = 0; r < rows; r++) {
            f.set(factor, loadSplat(pointers[r]!, a));
            // The code of a step is generated once, and then copied.
            if (r < adding.length) adding[r]!();
            else adding.push(f.record(() => add(r)));
          }
          at += ROW;
        }
        move(own(runsAt + i));
      }
      f.increment(b, at);
    };
    const walk = (level: number): void => {
      const left = f.let(own(loopsAt + 2 * level));
      f.loop((again) => {
        if (chains && level === 0) clear();
        if (level === last) steps();
        else {
          walk(level + 1);
          move(own(loopsAt + 2 * level + 1));
        }
        if (chains && level === 0) storeTile(f, lanes, target, widths, sums, c);
        f.set(left, i32.sub(left, 1));
        f.branchIf(again, left);
      });
    };
    f.loop((again) => {
      for (let r = 0; r < rows; r++) f.set(pointers[r]!, own(r));
      f.set(b, given);
      if (!chains) clear();
      walk(0);
      if (!chains) storeTile(f, lanes, target, widths, sums, c);
      f.increment(given, own(rows + 3));
      f.increment(c, i32.mul(column, ROW / bytes));
      f.set(panels, i32.sub(panels, 1));
      f.branchIf(again, panels);
    });
  });
}
