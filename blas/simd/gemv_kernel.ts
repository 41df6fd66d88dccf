/**
 * Matrix times vector, and the outer product, at the speed at which the matrix can be read.
 *
 * @module
 */
import { i32, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import type { LaneInstructions, Vector } from "./lane_instructions.ts";
import { forEachElement, horizontal } from "./run_loop.ts";
import type { KernelModule } from "./kernels.ts";

const MATRIX = { m: "i32", n: "i32", a: "i32", step: "i32", x: "i32", y: "i32" } as const;

/** The number of rows in one pass over `x`, and of columns in one pass over `y`. */
const ROWS = 4, COLUMNS = 4;

/** Vectors of one row in one iteration of the loop, each with its own accumulator. */
const SUMS = 2;

/** The kernels of BLAS level 2. */
export const GEMV_KERNELS: KernelModule = { name: "gemv", build: buildGemv };

/**
 * Builds `rows`, `columns`, `strided`, `outer` and `combine`. Vectors are contiguous; sizes count elements, strides
 * bytes:
 *
 * - `rows(m, n, a, step, x, y)`: `y = a * x + y` where rows of `a` are contiguous, `step` apart;
 * - `columns(m, n, a, step, x, y)`: `y = a * x + y` where columns of `a` are contiguous, `step` apart;
 * - `strided(m, n, a, row, column, x, y)`: `y = a * x + y` for any strides;
 * - `outer(m, n, a, step, x, y)`: `a = x * transpose(y) + a` where rows of `a` are contiguous, `step` apart;
 * - `combine(n, alpha, x, beta, y)`: `y = alpha * x + beta * y`, where `y` is not read if `beta` is 0.
 */
export function buildGemv(m: ModuleBuilder, lanes: LaneInstructions): void {
  [buildRows, buildColumns, buildStrided, buildOuter, buildCombine].forEach((build) => build(m, lanes));
}

function buildRows(builder: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, scalar, vector } = lanes;
  builder.function({ name: "rows", parameters: MATRIX }, (f, { m, n, a, step, x, y }) => {
    const i = f.local("i32");
    const several = (rows: number) => {
      const runs = [f.let(a)], at = f.let(x);
      for (let k = 1; k < rows; k++) runs.push(f.let(i32.add(runs[k - 1]!, step)));
      const sums = runs.map(() => Array.from({ length: SUMS }, () => f.let(vector.const(0))));
      const totals = runs.map(() => f.local(lanes.type));
      const addVectors = (offset: number, k: number) => {
        const factor = f.let(v128.load(at, offset));
        runs.forEach((run, r) => {
          const sum = sums[r]![k]!;
          f.set(sum, lanes.multiplyAdd(v128.load(run, offset), factor, sum));
        });
      };
      const addOne = () =>
        runs.forEach((run, r) => {
          f.set(totals[r]!, scalar.add(totals[r]!, scalar.mul(scalar.load(run), scalar.load(at))));
        });
      forEachElement(f, lanes, { n, pointers: [at, ...runs], unroll: SUMS }, addVectors, addOne, () => {
        totals.forEach((total, r) => f.set(total, horizontal(f, lanes, sums[r]!, vector.add, scalar.add)));
      });
      totals.forEach((total, r) => f.do(scalar.store(y, scalar.add(scalar.load(y, r * bytes), total), r * bytes)));
      f.increment(y, rows * bytes);
      f.increment(a, i32.mul(step, rows));
    };
    f.for({ counter: i, from: 0, to: i32.sub(m, ROWS - 1), step: ROWS }, () => several(ROWS));
    f.for({ counter: i, to: m }, () => several(1));
  });
}

function buildColumns(builder: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, scalar, vector } = lanes;
  builder.function({ name: "columns", parameters: MATRIX }, (f, { m, n, a, step, x, y }) => {
    const j = f.local("i32");
    const several = (columns: number) => {
      const runs = [f.let(a)], at = f.let(y);
      for (let k = 1; k < columns; k++) runs.push(f.let(i32.add(runs[k - 1]!, step)));
      const factors = runs.map((_, k) => f.let(scalar.load(x, k * bytes)));
      const splats = factors.map((factor) => f.let(vector.splat(factor)));
      const addVectors = (offset: number) => {
        const add = (sum: Vector, run: typeof at, k: number) =>
          lanes.multiplyAdd(splats[k]!, v128.load(run, offset), sum);
        f.do(v128.store(at, runs.reduce(add, v128.load(at, offset)), offset));
      };
      const addOne = () => {
        const products = runs.map((run, k) => scalar.mul(factors[k]!, scalar.load(run)));
        f.do(scalar.store(at, products.reduce((sum, product) => scalar.add(sum, product), scalar.load(at))));
      };
      forEachElement(f, lanes, { n: m, pointers: [at, ...runs] }, addVectors, addOne);
      f.increment(x, columns * bytes);
      f.increment(a, i32.mul(step, columns));
    };
    f.for({ counter: j, from: 0, to: i32.sub(n, COLUMNS - 1), step: COLUMNS }, () => several(COLUMNS));
    f.for({ counter: j, to: n }, () => several(1));
  });
}

function buildStrided(builder: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = { m: "i32", n: "i32", a: "i32", row: "i32", column: "i32", x: "i32", y: "i32" } as const;
  const { bytes, scalar } = lanes;
  builder.function({ name: "strided", parameters }, (f, { m, n, a, row, column, x, y }) => {
    const sum = f.local(lanes.type);
    f.for({ to: m }, () => {
      const from = f.let(a), at = f.let(x);
      f.set(sum, 0);
      f.for({ to: n }, () => {
        f.set(sum, scalar.add(sum, scalar.mul(scalar.load(from), scalar.load(at))));
        f.increment(from, column);
        f.increment(at, bytes);
      });
      f.do(scalar.store(y, scalar.add(scalar.load(y), sum)));
      f.increment(y, bytes);
      f.increment(a, row);
    });
  });
}

function buildOuter(builder: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, scalar, vector } = lanes;
  builder.function({ name: "outer", parameters: MATRIX }, (f, { m, n, a, step, x, y }) => {
    f.for({ to: m }, () => {
      const run = f.let(a), at = f.let(y), factor = f.let(scalar.load(x)), splat = f.let(vector.splat(factor));
      forEachElement(
        f,
        lanes,
        { n, pointers: [run, at] },
        (offset) =>
          f.do(v128.store(run, vector.add(v128.load(run, offset), vector.mul(splat, v128.load(at, offset))), offset)),
        () => f.do(scalar.store(run, scalar.add(scalar.load(run), scalar.mul(factor, scalar.load(at))))),
      );
      f.increment(x, bytes);
      f.increment(a, step);
    });
  });
}

function buildCombine(builder: ModuleBuilder, lanes: LaneInstructions): void {
  const { scalar } = lanes;
  const parameters = { n: "i32", alpha: lanes.type, x: "i32", beta: lanes.type, y: "i32" } as const;
  builder.function({ name: "combine", parameters }, (f, { n, alpha, x, beta, y }) => {
    const value = f.local(lanes.type);
    f.for({ to: n }, () => {
      f.set(value, scalar.mul(alpha, scalar.load(x)));
      f.if(scalar.ne(beta, 0), () => f.set(value, scalar.add(value, scalar.mul(beta, scalar.load(y)))));
      f.do(scalar.store(y, value));
      f.increment(x, lanes.bytes);
      f.increment(y, lanes.bytes);
    });
  });
}
