/**
 * Kernels that bring matrices of a dtype into float64 rows, and back.
 *
 * @module
 */
import { f32, f32x4, f64, f64x2, i32, type ModuleBuilder, v128 } from "../../wasm/mod.ts";
import type { KernelModule } from "../kernels.ts";
import { type LaneInstructions, wide } from "../lane_instructions.ts";
import { i32Parameters } from "./pieces.ts";

/** The kernels on matrices of a dtype. */
export const MOVE_KERNELS: KernelModule = { name: "moving matrices", build: buildMoves };

/**
 * Builds, with strides in bytes:
 *
 * - `load(rows, columns, from, fromRow, fromStep, to, toRow)`: a matrix into rows of float64, zeros behind its columns;
 * - `store(rows, columns, from, fromRow, factor, to, toRow, toStep)`: a multiple of it out of them. Where elements are
 *   contiguous, it may write one more than a row has;
 * - `largest(bytes, from)`: the largest magnitude of float64 numbers, NaN if there is one; `scale(bytes, from, factor)`.
 */
function buildMoves(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, dtype } = lanes, isNarrow = dtype === "float32";
  const load = i32Parameters("rows", "columns", "from", "fromRow", "fromStep", "to", "toRow");
  m.function({ name: "load", parameters: load }, (f, { rows, columns, from, fromRow, fromStep, to, toRow }) => {
    const p = f.local("i32"), q = f.local("i32"), j = f.local("i32"), width = f.let(i32.shr_u(toRow, 3));
    f.for({ to: rows }, () => {
      f.set(p, from);
      f.set(q, to);
      f.set(j, 0);
      f.if(i32.eq(fromStep, bytes), () => {
        f.for({ counter: j, to: i32.sub(columns, 1), step: 2 }, () => {
          f.do(v128.store(q, isNarrow ? f64x2.promote_low_f32x4(v128.load64_zero(p)) : v128.load(p)));
          f.increment(p, 2 * bytes);
          f.increment(q, 16);
        });
      });
      f.for({ counter: j, to: columns }, () => {
        f.do(f64.store(q, wide(lanes.scalar.load(p))));
        f.increment(p, fromStep);
        f.increment(q, 8);
      });
      f.for({ counter: j, to: width }, () => {
        f.do(f64.store(q, 0));
        f.increment(q, 8);
      });
      f.increment(from, fromRow);
      f.increment(to, toRow);
    });
  });
  const store = {
    ...i32Parameters("rows", "columns", "from", "fromRow"),
    factor: "f64",
    ...i32Parameters("to", "toRow", "toStep"),
  } as const;
  m.function({ name: "store", parameters: store }, (f, { rows, columns, from, fromRow, factor, to, toRow, toStep }) => {
    const p = f.local("i32"), q = f.local("i32"), j = f.local("i32"), factors = f.let(f64x2.splat(factor));
    f.for({ to: rows }, () => {
      f.set(p, from);
      f.set(q, to);
      f.set(j, 0);
      f.if(i32.eq(toStep, bytes), () => {
        f.for({ counter: j, to: columns, step: 2 }, () => {
          const x = f64x2.mul(v128.load(p), factors);
          f.do(isNarrow ? v128.store64_lane(q, f32x4.demote_f64x2_zero(x), 0) : v128.store(q, x));
          f.increment(p, 16);
          f.increment(q, 2 * bytes);
        });
      });
      f.for({ counter: j, to: columns }, () => {
        const x = f64.mul(f64.load(p), factor);
        f.do(isNarrow ? f32.store(q, f32.demote_f64(x)) : f64.store(q, x));
        f.increment(p, 8);
        f.increment(q, toStep);
      });
      f.increment(from, fromRow);
      f.increment(to, toRow);
    });
  });
  m.function({ name: "largest", parameters: i32Parameters("bytes", "from"), result: "f64" }, (f, given) => {
    const { bytes, from } = given, sums = [0, 1, 2, 3].map(() => f.local("v128"));
    f.for({ to: bytes, step: 64 }, () => {
      sums.forEach((sum, k) => f.set(sum, f64x2.max(sum, f64x2.abs(v128.load(from, 16 * k)))));
      f.increment(from, 64);
    });
    const all = f.let(f64x2.max(f64x2.max(sums[0]!, sums[1]!), f64x2.max(sums[2]!, sums[3]!)));
    f.return(f64.max(f64x2.extract_lane(all, 0), f64x2.extract_lane(all, 1)));
  });
  const scale = { ...i32Parameters("bytes", "from"), factor: "f64" } as const;
  m.function({ name: "scale", parameters: scale }, (f, { bytes, from, factor }) => {
    const factors = f.let(f64x2.splat(factor));
    f.for({ to: bytes, step: 16 }, () => {
      f.do(v128.store(from, f64x2.mul(v128.load(from), factors)));
      f.increment(from, 16);
    });
  });
}
