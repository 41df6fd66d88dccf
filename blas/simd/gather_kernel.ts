/**
 * The kernels that pick elements by index, and that check indices.
 *
 * @module
 */
import { type Expression, f32x4, f64x2, i32, i32x4, type Local, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import type { KernelModule } from "./kernels.ts";
import { type LaneInstructions, shuffle, type Vector } from "./lane_instructions.ts";

/** The kernels that pick elements. */
export const GATHER_KERNELS: KernelModule = { name: "gather", build: buildGather };

/**
 * Builds, for elements and indices of the dtype, with all steps in bytes:
 *
 * - `along(lines, n, x, xLine, at, atLine, y, step, highest)`: picks from each line of `x` the `n` elements that a line
 * of indices names, and stores them side by side in `y`;
 * - `across(…)`: the same where element `k` of a line is in column `k` of `x`, whose rows are `step` apart;
 * - `within(n, x, low, high)`: whether all numbers of `n` whole vectors are whole, and from `low` to `high`.
 *
 * Indices are rounded, and clipped to the axis. Lines are read and written in whole vectors.
 */
export function buildGather(m: ModuleBuilder, lanes: LaneInstructions): void {
  buildPick(m, lanes, "along");
  buildPick(m, lanes, "across");
  buildWithin(m, lanes);
}

const NAMES = ["lines", "n", "x", "xLine", "at", "atLine", "y", "step", "highest"] as const;

function buildPick(m: ModuleBuilder, lanes: LaneInstructions, name: "along" | "across"): void {
  const { bytes, count } = lanes, columns = name === "across";
  const parameters = Object.fromEntries(NAMES.map((own) => [own, "i32" as const]));
  m.function({ name, parameters }, (f, given) => {
    // The parameters have these names.
    const { lines, n, x, xLine, at, atLine, y, step, highest } = given as { [K in typeof NAMES[number]]: Local<"i32"> };
    const limit = f.let(i32x4.splat(highest)), steps = f.let(i32x4.splat(step));
    const half = f.constant(lanes.vector.const(0.5)), zero = f.constant(i32x4.const(0));
    const base = f.local("i32"), index = f.local("i32"), target = f.local("i32");
    f.for({ to: lines }, () => {
      f.set(base, x);
      f.set(index, at);
      f.set(target, y);
      f.for({ to: n, step: count }, () => {
        // Adding a half rounds indices of 0 and above; those below 0 are clipped, however they are rounded.
        const whole = truncated(lanes, lanes.vector.add(v128.load(index), half));
        const places = i32x4.min_s(i32x4.max_s(whole, zero), limit);
        const offsets = columns ? i32x4.mul(places, steps) : i32x4.shl(places, Math.log2(bytes));
        const addresses = f.let(i32x4.add(offsets, i32x4.splat(base)));
        f.do(v128.store(target, picked(lanes, addresses, columns ? bytes : 0)));
        f.increment(index, 16);
        f.increment(target, 16);
        if (columns) f.increment(base, 16);
      });
      f.increment(x, xLine);
      f.increment(at, atLine);
      f.increment(y, i32.mul(n, bytes));
    });
  });
}

/** Returns numbers rounded toward 0, as integers in the lowest lanes. */
export const truncated = ({ dtype }: LaneInstructions, v: Vector): Vector =>
  dtype === "float32" ? i32x4.trunc_sat_f32x4_s(v) : i32x4.trunc_sat_f64x2_s_zero(v);

/** Returns the elements at addresses; each lane's is `apart` bytes further on than the previous lane's. */
function picked({ bytes, count }: LaneInstructions, addresses: Local<"v128">, apart: number): Vector {
  const address = (lane: number): Expression<"i32"> => i32x4.extract_lane(addresses, lane);
  const first = bytes === 4 ? v128.load32_zero(address(0)) : v128.load64_zero(address(0));
  const insert = bytes === 4 ? v128.load32_lane : v128.load64_lane;
  return Array.from({ length: count - 1 }, (_, k) => k + 1).reduce<Vector>(
    (v, lane) => insert(address(lane), v, lane, lane * apart),
    first,
  );
}

function buildWithin(m: ModuleBuilder, { dtype, count }: LaneInstructions): void {
  const parameters = { n: "i32", x: "i32", low: "f64", high: "f64" } as const;
  m.function({ name: "within", parameters, result: "i32" }, (f, { n, x, low, high }) => {
    const lanes = dtype === "float32" ? f32x4 : f64x2, all = f.let(i32x4.const(-1));
    const splat = (bound: Local<"f64">) => {
      const wide = f.let(f64x2.splat(bound));
      return dtype === "float64" ? wide : f.let(shuffle(f32x4.demote_f64x2_zero(wide), wide, [0, 1, 0, 1]));
    };
    const least = splat(low), most = splat(high);
    f.for({ to: n, step: count }, () => {
      const v = f.let(v128.load(x)), inside = v128.and(lanes.ge(v, least), lanes.le(v, most));
      f.set(all, v128.and(all, v128.and(lanes.eq(lanes.floor(v), v), inside)));
      f.increment(x, 16);
    });
    f.return(i32x4.all_true(all));
  });
}
