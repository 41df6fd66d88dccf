/**
 * The kernels that add elements where an index says.
 *
 * @module
 */
import { type Expression, i32, i32x4, type Local, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import { truncated } from "./gather_kernel.ts";
import type { KernelModule } from "./kernels.ts";
import type { LaneInstructions, Vector } from "./lane_instructions.ts";

/** The kernels that add elements by index. */
export const SCATTER_KERNELS: KernelModule = { name: "scatter", build: buildScatter };

/**
 * Builds, for elements and indices of the dtype, with all steps in bytes:
 *
 * - `addElements(lines, n, x, at, y, yLine, step, own, highest)`: adds element `k` of each line of `x` to the number that
 *   is `step` times its index, and `k` times `own`, behind the line's `y`; lines of `x` and of indices lie side by side;
 * - `addRows(rows, n, x, at, y, step, highest)`: adds each row of `n` elements of `x` to that row of `y` which is `step`
 *   times its index behind `y`.
 *
 * Indices are rounded, and clipped to the axis; elements of equal indices are added one after the other.
 */
export function buildScatter(m: ModuleBuilder, lanes: LaneInstructions): void {
  buildAddElements(m, lanes);
  buildAddRows(m, lanes);
}

/** Returns the names as parameters of integers. */
const integers = <N extends string>(...names: readonly N[]) =>
  // One entry for each name.
  Object.fromEntries(names.map((name) => [name, "i32" as const])) as { readonly [K in N]: "i32" };

/** Returns the positions, in the lowest lanes, that a vector of indices means. */
function positionsOf(lanes: LaneInstructions, indices: Vector, limit: Local<"v128">): Vector {
  const { vector } = lanes, whole = truncated(lanes, vector.add(indices, vector.const(0.5)));
  return i32x4.min_s(i32x4.max_s(whole, i32x4.const(0)), limit);
}

function buildAddElements(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, count, scalar, loadSplat } = lanes;
  const parameters = integers("lines", "n", "x", "at", "y", "yLine", "step", "own", "highest");
  m.function({ name: "addElements", parameters }, (f, { lines, n, x, at, y, yLine, step, own, highest }) => {
    const limit = f.let(i32x4.splat(highest)), steps = f.let(i32x4.splat(step));
    const columns = f.let(i32x4.mul(i32x4.splat(own), i32x4.const(0, 1, 2, 3)));
    const base = f.local("i32"), k = f.local("i32"), ahead = f.let(i32.mul(own, count));
    const addressesOf = (indices: Vector): Local<"v128"> =>
      f.let(i32x4.add(
        i32x4.add(i32x4.mul(positionsOf(lanes, indices, limit), steps), columns),
        i32x4.splat(base),
      ));
    const add = (address: Expression<"i32">, lane: number): void => {
      const there = f.let(address);
      f.do(scalar.store(there, scalar.add(scalar.load(there), scalar.load(x, lane * bytes))));
    };
    f.for({ to: lines }, () => {
      f.set(base, y);
      f.for({ counter: k, from: 0, to: i32.sub(n, count - 1), step: count }, () => {
        const addresses = addressesOf(v128.load(at));
        for (let lane = 0; lane < count; lane++) add(i32x4.extract_lane(addresses, lane), lane);
        f.increment(at, 16);
        f.increment(x, 16);
        f.increment(base, ahead);
      });
      f.for({ counter: k, to: n }, () => {
        add(i32x4.extract_lane(addressesOf(loadSplat(at)), 0), 0);
        f.increment(at, bytes);
        f.increment(x, bytes);
        f.increment(base, own);
      });
      f.increment(y, yLine);
    });
  });
}

function buildAddRows(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, count, scalar, vector, loadSplat } = lanes;
  const parameters = integers("rows", "n", "x", "at", "y", "step", "highest");
  m.function({ name: "addRows", parameters }, (f, { rows, n, x, at, y, step, highest }) => {
    const limit = f.let(i32x4.splat(highest)), to = f.local("i32"), k = f.local("i32");
    f.for({ to: rows }, () => {
      f.set(to, i32.add(y, i32.mul(i32x4.extract_lane(positionsOf(lanes, loadSplat(at), limit), 0), step)));
      f.set(k, 0);
      for (const vectors of [4, 1]) {
        f.for({ counter: k, to: i32.sub(n, vectors * count - 1), step: vectors * count }, () => {
          for (let v = 0; v < vectors; v++) {
            f.do(v128.store(to, vector.add(v128.load(to, 16 * v), v128.load(x, 16 * v)), 16 * v));
          }
          f.increment(x, 16 * vectors);
          f.increment(to, 16 * vectors);
        });
      }
      f.for({ counter: k, to: n }, () => {
        f.do(scalar.store(to, scalar.add(scalar.load(to), scalar.load(x))));
        f.increment(x, bytes);
        f.increment(to, bytes);
      });
      f.increment(at, bytes);
    });
  });
}
