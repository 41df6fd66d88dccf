/**
 * The micro-kernel: it computes a tile of `c` that stays in registers during one pass over `k`.
 *
 * @module
 */
import { type Callable, i32, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import type { LaneInstructions } from "./lane_instructions.ts";

/**
 * The rows of a tile, and the vectors in each row. 6 x 2 vectors make 12 accumulators: enough to cover the latency of
 * multiply-add (4 cycles, 2 per cycle), and with two vectors of `b` and one of `a` as many as 16 registers can hold.
 */
export const TILE_ROWS = 6, TILE_VECTORS = 2;

/**
 * Steps of k in one iteration: with 4, the loop's own instructions do not slow down two multiply-adds per cycle. Tiles
 * at the edges have 2, since longer code takes longer to generate.
 */
const UNROLL = 4, UNROLL_EDGE = 2;

const PARAMETERS = { depth: "i32", a: "i32", aRow: "i32", b: "i32", c: "i32", cRow: "i32" } as const;

/**
 * Builds `kernel(depth, a, aRow, b, c, cRow, alpha, beta)`: `c = alpha * a * b + beta * c` for one tile.
 *
 * The rows of `a` are contiguous, `aRow` bytes apart; reading them in place is as fast as from an interleaved panel,
 * and avoids packing. `b` is a packed panel of {@linkcode TILE_VECTORS} vectors of columns, of which the first
 * `vectors` are used. Every element of `c` is one chain of multiply-adds in the order of `k`, whatever the tile's size,
 * so its value does not depend on its position in `c`. If `beta` is 0, `c` is not read.
 *
 * @param name The name to export it by, if any.
 */
export function buildMicroKernel(
  m: ModuleBuilder,
  lanes: LaneInstructions,
  rows: number,
  vectors: number,
  name?: string,
): Callable<"none"> {
  const parameters = { ...PARAMETERS, alpha: lanes.type, beta: lanes.type } as const;
  return m.function({ name, parameters }, (f, { depth, a, aRow, b, c, cRow, alpha, beta }) => {
    const { vector, multiplyAdd, loadSplat } = lanes;
    const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
    const columns = Array.from({ length: vectors }, () => f.local("v128")), row = f.local("v128");
    const runs = [a];
    for (let i = 1; i < rows; i++) runs.push(f.let(i32.add(runs[i - 1]!, aRow)));
    const iteration = (steps: number) => {
      for (let step = 0; step < steps; step++) {
        columns.forEach((column, j) => f.set(column, v128.load(b, (step * TILE_VECTORS + j) * 16)));
        sums.forEach((sum, i) => {
          f.set(row, loadSplat(runs[i]!, step * lanes.bytes));
          sum.forEach((s, j) => f.set(s, multiplyAdd(row, columns[j]!, s)));
        });
      }
      runs.forEach((run) => f.increment(run, steps * lanes.bytes));
      f.increment(b, steps * TILE_VECTORS * 16);
    };
    const p = f.local("i32"), unroll = rows === TILE_ROWS && vectors === TILE_VECTORS ? UNROLL : UNROLL_EDGE;
    f.for({ counter: p, from: 0, to: i32.sub(depth, unroll - 1), step: unroll }, () => iteration(unroll));
    f.for({ counter: p, to: depth }, () => iteration(1));

    const alphas = f.let(vector.splat(alpha)), betas = f.let(vector.splat(beta));
    const store = (read: boolean) => {
      sums.forEach((sum, i) => {
        sum.forEach((s, j) => {
          const product = vector.mul(s, alphas);
          const value = read ? vector.add(product, vector.mul(betas, v128.load(c, j * 16))) : product;
          f.do(v128.store(c, value, j * 16));
        });
        if (i < rows - 1) f.increment(c, cRow);
      });
    };
    f.if(lanes.scalar.eq(beta, 0), () => store(false), () => store(true));
  });
}
