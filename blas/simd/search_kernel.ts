/**
 * The kernel that finds the extrema of windows, as many adjacent windows at a time as a vector has lanes.
 *
 * @module
 */
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../wasm/mod.ts";
import type { KernelModule } from "./kernels.ts";
import { FLOAT_VECTORS, type LaneInstructions, shuffle, type Vector } from "./lane_instructions.ts";

/** The parameters: addresses and steps are in bytes; those that begin with `number` count the elements of a window. */
const NAMES = [
  ...["x", "y", "number"],
  ...["planes", "xPlane", "yPlane"],
  ...["rows", "xRow", "yRow", "numberRow"],
  ...["columns", "xColumn", "numberColumn"],
  ...["high", "xDown", "numberDown"],
  ...["wide", "xAlong", "numberAlong"],
] as const;

type Parameters = { readonly [name in typeof NAMES[number]]: Local<"i32"> };

/** The arguments of the kernel, by name. */
export type SearchNumbers = { readonly [name in typeof NAMES[number]]: number };

/** Returns the arguments of a call. */
export const searchArguments = (numbers: SearchNumbers): readonly number[] => NAMES.map((name) => numbers[name]);

/** The kernels that find extrema. */
export const SEARCH_KERNELS: KernelModule = { name: "search", build: buildSearch };

/**
 * Builds `max` and `min`: for each plane, row and column, the number of the first NaN in the window or, if there is
 * none, of its first extremum. Columns of the result are adjacent. Beyond the last column, up to as many columns as a
 * vector has lanes, and 16 bytes, are read but not used.
 */
export function buildSearch(m: ModuleBuilder, lanes: LaneInstructions): void {
  for (const extremum of ["max", "min"] as const) {
    const parameters = Object.fromEntries(NAMES.map((name) => [name, "i32" as const]));
    // The parameters have these names.
    m.function({ name: extremum, parameters }, (f, given) => emitSearch(f, lanes, extremum, given as Parameters));
  }
}

function emitSearch(f: FunctionBuilder, lanes: LaneInstructions, extremum: "max" | "min", p: Parameters): void {
  const float = FLOAT_VECTORS[lanes.dtype], { bytes, count } = lanes, worst = extremum === "max" ? -Infinity : Infinity;
  const asFloat = (x: Expression<"i32">): Vector =>
    bytes === 4 ? f32x4.splat(f32.convert_i32_s(x)) : f64x2.splat(f64.convert_i32_s(x));
  const places = float.const(...Array.from({ length: count }, (_, lane) => lane));
  const columnNumbers = f.let(float.mul(places, asFloat(p.numberColumn)));
  const across = f.let(i32.mul(p.xColumn, count)), numberAcross = f.let(i32.mul(p.numberColumn, count));
  f.for({ to: p.planes }, () => {
    const xRow = f.let(p.x), yRow = f.let(p.y), number = f.let(p.number);
    f.for({ to: p.rows }, () => {
      const x = f.let(xRow), y = f.let(yRow), first = f.let(number), left = f.let(p.columns);
      f.while(i32.gt_s(left, 0), () => {
        const best = f.let(float.const(worst)), base = f.let(float.add(columnNumbers, asFloat(first)));
        const found = f.let(base), down = f.let(x), numberDown = f.local("i32");
        f.set(numberDown, 0);
        f.for({ to: p.high }, () => {
          const at = f.let(down), own = f.let(numberDown);
          f.for({ to: p.wide }, () => {
            const value = loadColumns(f, lanes, at, p.xColumn);
            const worse = extremum === "max" ? float.le(value, best) : float.ge(value, best);
            // Nothing replaces a NaN.
            const better = f.let(v128.andnot(float.eq(best, best), worse));
            f.set(best, v128.bitselect(value, best, better));
            f.set(found, v128.bitselect(float.add(base, asFloat(own)), found, better));
            f.increment(at, p.xAlong);
            f.increment(own, p.numberAlong);
          });
          f.increment(down, p.xDown);
          f.increment(numberDown, p.numberDown);
        });
        f.if(i32.ge_s(left, count), () => f.do(v128.store(y, found)), () => {
          for (let lane = 0; lane < count - 1; lane++) {
            f.if(i32.gt_s(left, lane), () => f.do(lanes.storeLane(y, found, lane, lane * bytes)));
          }
        });
        f.increment(x, across);
        f.increment(y, 16);
        f.increment(first, numberAcross);
        f.increment(left, -count);
      });
      f.increment(xRow, p.xRow);
      f.increment(yRow, p.yRow);
      f.increment(number, p.numberRow);
    });
    f.increment(p.x, p.xPlane);
    f.increment(p.y, p.yPlane);
  });
}

/** Loads the elements of as many columns as a vector has lanes. */
function loadColumns(
  f: FunctionBuilder,
  { bytes, count, dtype }: LaneInstructions,
  at: Local<"i32">,
  step: Local<"i32">,
): Local<"v128"> {
  const v = f.local("v128"), even = Array.from({ length: count }, (_, lane) => 2 * lane);
  f.if(i32.eq(step, bytes), () => f.set(v, v128.load(at)), () =>
    f.if(
      i32.eq(step, 2 * bytes),
      () => f.set(v, shuffle(v128.load(at), v128.load(at, 16), even)),
      () => {
        const place = f.let(at);
        for (let lane = 0; lane < count; lane++) {
          f.set(v, dtype === "float32" ? v128.load32_lane(place, v, lane, 0) : v128.load64_lane(place, v, lane, 0));
          f.increment(place, step);
        }
      },
    ));
  return v;
}
