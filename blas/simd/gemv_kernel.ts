/**
 * Matrix times vector, and the outer product, at the speed at which the matrix can be read.
 *
 * @module
 */
import { type Expression, f32, f64, f64x2, i32, type Local, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import { emitExactDot, emitPairDots, emitStridedDot } from "./exact_dot.ts";
import { type Float, type LaneInstructions, type Vector, wide } from "./lane_instructions.ts";
import { carryOver, forEachElement, horizontal } from "./run_loop.ts";
import type { KernelModule } from "./kernels.ts";
import { buildWideSums } from "./wide_sums_kernel.ts";

const MATRIX = { m: "i32", n: "i32", a: "i32", step: "i32", x: "i32", y: "i32" } as const;

/**
 * The number of rows in one pass over `x`, and of columns in one pass over `y`. The products of these columns are added up
 * before `y` is, which keeps the sums in `y` short.
 */
const ROWS = 4, COLUMNS = 4;

/** Vectors of one row in one iteration of the loop, each with its own accumulator. */
const SUMS = 2;

/** Additions in a lane of float32 before its sum is carried over to float64. */
const DEPTH = 16;

/** The kernels of BLAS level 2. */
export const GEMV_KERNELS: KernelModule = { name: "gemv", build: buildGemv };

/**
 * Builds `rows`, `columns`, `strided`, `outer`, `combine`, and the kernels of wide sums. Vectors are contiguous; sizes count
 * elements, strides bytes:
 *
 * - `rows(m, n, a, step, x, y)`: `y = a * x + y` where rows of `a` are contiguous, `step` apart;
 * - `columns(m, n, a, step, x, y)`: `y = a * x + y` where columns of `a` are contiguous, `step` apart;
 * - `strided(m, n, a, row, column, x, y)`: `y = a * x + y` for any strides;
 * - `outer(m, n, a, step, x, y)`: `a = x * transpose(y) + a` where rows of `a` are contiguous, `step` apart;
 * - `exact(m, n, a, row, column, x, step, y)`: `y = a * x + y` for any strides, those of `x` too, where `y` is float64; of float32
 *   only;
 * - `combine(n, alpha, x, beta, y)`: `y = alpha * x + beta * y`, where `y` is not read if `beta` is 0.
 */
export function buildGemv(m: ModuleBuilder, lanes: LaneInstructions): void {
  [buildRows, buildColumns, buildStrided, buildOuter, buildCombine, buildExact, buildWideSums].forEach((build) =>
    build(m, lanes)
  );
}

function buildRows(builder: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, scalar, vector } = lanes, block = DEPTH * SUMS * lanes.count;
  builder.function({ name: "rows", parameters: MATRIX }, (f, { m, n, a, step, x, y }) => {
    const i = f.local("i32");
    const several = (rows: number, carries: boolean) => {
      const runs = [f.let(a)], at = f.let(x);
      for (let k = 1; k < rows; k++) runs.push(f.let(i32.add(runs[k - 1]!, step)));
      const sums = runs.map(() => Array.from({ length: SUMS }, () => f.let(vector.const(0))));
      const carried = carries ? runs.map(() => f.let(f64x2.const(0))) : [],
        totals = runs.map(() => f.local(lanes.type));
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
      const settle = {
        iterations: DEPTH,
        emit: () => carried.forEach((into, r) => carryOver(f, lanes, sums[r]!, into)),
      };
      forEachElement(
        f,
        lanes,
        { n, pointers: [at, ...runs], unroll: SUMS, ...carries && { settle } },
        addVectors,
        addOne,
        () => totals.forEach((total, r) => f.set(total, horizontal(f, lanes, sums[r]!, vector.add, scalar.add))),
      );
      totals.forEach((total, r) => {
        const sum = carries ? withCarried(carried[r]!, total) : total;
        f.do(scalar.store(y, scalar.add(scalar.load(y, r * bytes), sum), r * bytes));
      });
      f.increment(y, rows * bytes);
      f.increment(a, i32.mul(step, rows));
    };
    const all = (carries: boolean) => {
      f.for({ counter: i, from: 0, to: i32.sub(m, ROWS - 1), step: ROWS }, () => several(ROWS, carries));
      f.for({ counter: i, to: m }, () => several(1, carries));
    };
    // Short rows have code of their own: with more sums to hold, 64 x 64 took 7 % longer.
    if (lanes.type === "f32") f.if(i32.ge_s(n, 2 * block), () => all(true), () => all(false));
    else all(false);
  });
}

/** Adds both lanes of a float64 vector to a float32 sum. */
const withCarried = (carried: Local<"v128">, sum: Float): Float =>
  f32.demote_f64(f64.add(f64.add(f64x2.extract_lane(carried, 0), f64x2.extract_lane(carried, 1)), wide(sum)));

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
        const product = (k: number) => vector.mul(splats[k]!, v128.load(runs[k]!, offset));
        const add = (sum: Vector, k: number) => lanes.multiplyAdd(splats[k]!, v128.load(runs[k]!, offset), sum);
        const others = runs.map((_, k) => k).slice(1);
        f.do(v128.store(at, vector.add(v128.load(at, offset), others.reduce(add, product(0))), offset));
      };
      const addOne = () => {
        const products = runs.map((run, k) => scalar.mul(factors[k]!, scalar.load(run)));
        const sum = products.reduce((sum, product) => scalar.add(sum, product));
        f.do(scalar.store(at, scalar.add(scalar.load(at), sum)));
      };
      forEachElement(f, lanes, { n: m, pointers: [at, ...runs], unroll: 4 }, addVectors, addOne);
      f.increment(x, columns * bytes);
      f.increment(a, i32.mul(step, columns));
    };
    f.set(j, 0);
    for (const columns of [COLUMNS, 1]) {
      f.for({ counter: j, to: i32.sub(n, columns - 1), step: columns }, () => several(columns));
    }
  });
}

function buildStrided(builder: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = { m: "i32", n: "i32", a: "i32", row: "i32", column: "i32", x: "i32", y: "i32" } as const;
  const { bytes, scalar } = lanes,
    narrow = (sum: Expression<"f64">): Float => lanes.type === "f32" ? f32.demote_f64(sum) : sum;
  builder.function({ name: "strided", parameters }, (f, { m, n, a, row, column, x, y }) => {
    const sum = f.local("f64");
    f.for({ to: m }, () => {
      const from = f.let(a), at = f.let(x);
      f.set(sum, wide(scalar.load(y)));
      f.for({ to: n }, () => {
        f.set(sum, f64.add(sum, f64.mul(wide(scalar.load(from)), wide(scalar.load(at)))));
        f.increment(from, column);
        f.increment(at, bytes);
      });
      f.do(scalar.store(y, narrow(sum)));
      f.increment(y, bytes);
      f.increment(a, row);
    });
  });
}

function buildExact(builder: ModuleBuilder, lanes: LaneInstructions): void {
  if (lanes.type === "f64") return;
  const parameters = {
    m: "i32",
    n: "i32",
    a: "i32",
    row: "i32",
    column: "i32",
    x: "i32",
    step: "i32",
    y: "i32",
  } as const;
  builder.function({ name: "exact", parameters }, (f, { m, n, a, row, column, x, step, y }) => {
    const i = f.local("i32");
    f.set(i, 0);
    f.if(i32.and(i32.eq(row, lanes.bytes), i32.ne(column, lanes.bytes)), () => {
      for (const pairs of [2, 1]) {
        f.for({ counter: i, to: i32.sub(m, 2 * pairs - 1), step: 2 * pairs }, () => {
          emitPairDots(f, lanes, n, { at: a, step: column }, { at: x, step }, { sums: y, pairs });
          f.increment(a, 2 * pairs * lanes.bytes);
          f.increment(y, 2 * pairs * 8);
        });
      }
    });
    f.for({ counter: i, to: m }, () => {
      const from = f.let(a),
        at = f.let(x),
        add = (sum: Expression<"f64">) => f.do(f64.store(y, f64.add(f64.load(y), sum)));
      f.if(
        i32.and(i32.eq(column, lanes.bytes), i32.eq(step, lanes.bytes)),
        () => add(emitExactDot(f, lanes, n, from, at)),
        () => add(emitStridedDot(f, lanes, n, { at: from, step: column }, { at, step })),
      );
      f.increment(a, row);
      f.increment(y, 8);
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
