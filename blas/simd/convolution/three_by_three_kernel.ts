/**
 * The kernels of depthwise convolution with 3 x 3 elements, neighbours of one another: what most depthwise convolutions are.
 *
 * All addresses and steps are in bytes.
 *
 * @module
 */
import { i32, type Local, type ModuleBuilder, select, v128 } from "../../wasm/mod.ts";
import type { Lanes } from "../lanes.ts";

/** Rows and columns of a kernel. */
const SIDE = 3;

/**
 * Rows and vectors of windows that are in registers at a time. An element that both rows see is read once; 2 x 2 sums, 9
 * factors and what is read leave 2 of 16 registers. Measured, 56 x 56: 0.42 ns an element; 1 x 2: 0.81, 3 x 2: 0.40.
 */
const BLOCK_ROWS = 2, BLOCK_VECTORS = 2;

/** Images in grids, and windows row by row, no gaps between. */
const PARAMETERS = {
  planes: "i32",
  rows: "i32",
  columns: "i32",
  weight: "i32",
  weightPlane: "i32",
  source: "i32",
  sourcePlane: "i32",
  sourceRow: "i32",
  target: "i32",
  targetPlane: "i32",
} as const;

/** The fewest rows and columns of windows that {@link buildThreeByThree}'s kernel takes. */
export const leastWindows = (bytes: number): { readonly rows: number; readonly columns: number } => ({
  rows: BLOCK_ROWS,
  columns: BLOCK_VECTORS * 16 / bytes,
});

/**
 * Builds `threeByThree(…PARAMETERS)`: for each plane, `target[i, j]` is the sum over `u` and `v` of `weight[u, v]` times
 * `source[i + u, j + v]`. At the edges, blocks are moved back to where they fit: what they share is computed twice.
 */
export function buildThreeByThree(m: ModuleBuilder, lanes: Lanes): void {
  const { bytes, loadSplat, multiplyAdd, vector } = lanes, step = BLOCK_VECTORS * 16;
  m.function({ name: "threeByThree", parameters: PARAMETERS }, (f, p) => {
    const sums = Array.from({ length: BLOCK_ROWS }, () => Array.from({ length: BLOCK_VECTORS }, () => f.local("v128")));
    const row = f.let(i32.mul(p.columns, bytes)), lastColumn = f.let(i32.sub(row, step)), seen = f.local("v128");
    const lastRow = f.let(i32.sub(p.rows, BLOCK_ROWS));
    const atMost = (a: Local<"i32">, b: Local<"i32">) => f.let(select(i32.lt_s(a, b), a, b));
    f.for({ to: p.planes }, () => {
      const factors = Array.from({ length: SIDE ** 2 }, (_, k) => f.let(loadSplat(p.weight, k * bytes)));
      f.for({ to: p.rows, step: BLOCK_ROWS }, (next) => {
        const i = atMost(next, lastRow);
        const from = f.let(i32.add(p.source, i32.mul(i, p.sourceRow))), to = f.let(i32.add(p.target, i32.mul(i, row)));
        f.for({ to: row, step }, (start) => {
          const j = atMost(start, lastColumn), at = f.let(i32.add(from, j)), out = f.let(i32.add(to, j));
          for (let s = 0; s < BLOCK_ROWS + SIDE - 1; s++) {
            for (let v = 0; v < SIDE; v++) {
              for (let k = 0; k < BLOCK_VECTORS; k++) {
                f.set(seen, v128.load(at, 16 * k + v * bytes));
                for (let r = Math.max(0, s - SIDE + 1); r <= Math.min(BLOCK_ROWS - 1, s); r++) {
                  const sum = sums[r]![k]!, factor = factors[(s - r) * SIDE + v]!;
                  f.set(sum, s === r && v === 0 ? vector.mul(seen, factor) : multiplyAdd(seen, factor, sum));
                }
              }
            }
            f.increment(at, p.sourceRow);
          }
          sums.forEach((own) => {
            own.forEach((sum, k) => f.do(v128.store(out, sum, 16 * k)));
            f.increment(out, row);
          });
        });
      });
      f.increment(p.weight, p.weightPlane);
      f.increment(p.source, p.sourcePlane);
      f.increment(p.target, p.targetPlane);
    });
  });
}

/**
 * Builds `threeByThreeProducts(…PARAMETERS, mask)`: for each plane, `u` and `v`, adds to the lanes of the vector
 * `weight[u, v]` the products of `target[i, j]` and `source[i + u, j + v]`. Rows are one vector long at least; the last
 * vector of a row is moved back to where it fits, and `mask` is the address of what clears the lanes that have been seen.
 */
export function buildThreeByThreeProducts(m: ModuleBuilder, lanes: Lanes): void {
  const { bytes, count, multiplyAdd } = lanes;
  m.function({ name: "threeByThreeProducts", parameters: { ...PARAMETERS, mask: "i32" } }, (f, p) => {
    const sums = Array.from({ length: SIDE ** 2 }, () => f.local("v128")), given = f.local("v128");
    const whole = f.let(i32.mul(i32.div_s(p.columns, count), 16)), row = f.let(i32.mul(p.columns, bytes));
    const rest = f.let(i32.ne(whole, row)), back = f.let(i32.sub(row, 16)), mask = f.let(v128.load(p.mask));
    const add = (at: Local<"i32">) => {
      const from = f.let(at);
      for (let u = 0; u < SIDE; u++) {
        for (let v = 0; v < SIDE; v++) {
          const sum = sums[u * SIDE + v]!;
          f.set(sum, multiplyAdd(v128.load(from, v * bytes), given, sum));
        }
        if (u < SIDE - 1) f.increment(from, p.sourceRow);
      }
    };
    f.for({ to: p.planes }, () => {
      const from = f.let(p.source), to = f.let(p.target);
      sums.forEach((sum, k) => f.set(sum, v128.load(p.weight, 16 * k)));
      f.for({ to: p.rows }, () => {
        f.for({ to: whole, step: 16 }, (j) => {
          f.set(given, v128.load(i32.add(to, j)));
          add(f.let(i32.add(from, j)));
        });
        f.if(rest, () => {
          f.set(given, v128.and(v128.load(i32.add(to, back)), mask));
          add(f.let(i32.add(from, back)));
        });
        f.increment(from, p.sourceRow);
        f.increment(to, row);
      });
      sums.forEach((sum, k) => f.do(v128.store(p.weight, sum, 16 * k)));
      f.increment(p.weight, p.weightPlane);
      f.increment(p.source, p.sourcePlane);
      f.increment(p.target, p.targetPlane);
    });
  });
}
