/**
 * Kernels of BLAS level 1, for contiguous vectors.
 *
 * @module
 */
import { f64, f64x2, i32, type Local, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import { emitExactDot } from "./exact_dot.ts";
import { type Float, type LaneInstructions, shuffle, type Vector, wide } from "./lane_instructions.ts";
import { carryOver, forEachElement, horizontal } from "./run_loop.ts";
import type { KernelModule } from "./kernels.ts";

/** The number of accumulators in one loop: they cover the latency of an addition. */
const SUMS = 4;

/** Additions in a lane of float32 before its sum is carried over to float64. */
const DEPTH = 16;

/** The kernels of BLAS level 1. */
export const VECTOR_KERNELS: KernelModule = { name: "vector", build: buildVector };

/**
 * Builds, for contiguous vectors of `n` elements:
 *
 * - `dot(n, x, y)`, `asum(n, x)`: the inner product; the sum of absolute values; both in float64, as sums of blocks;
 * - `sumOfSquares(n, x, scale)`: the sum of squares of `scale * x`, in float64 for both dtypes;
 * - `amax(n, x)`: the largest absolute value, NaN if any is NaN; `find(n, x, value)`: the index of the first element of
 *   absolute value `value`, or of the first NaN if `value` is NaN; -1 if none is found;
 * - `axpy(n, alpha, x, y)`: `y = alpha * x + y`; `scal(n, alpha, x)`: `x = alpha * x`.
 */
export function buildVector(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { scalar, vector, multiplyAdd } = lanes;
  buildSum(m, lanes, "dot", {
    vectors: (sum, x, y) => multiplyAdd(x, y!, sum),
    scalars: (sum, x, y) => scalar.add(sum, scalar.mul(x, y!)),
  });
  buildSum(m, lanes, "asum", {
    vectors: (sum, x) => vector.add(sum, vector.abs(x)),
    scalars: (sum, x) => scalar.add(sum, scalar.abs(x)),
  });
  buildSum(m, lanes, "amax", {
    vectors: (sum, x) => vector.max(sum, vector.abs(x)),
    scalars: (sum, x) => scalar.max(sum, scalar.abs(x)),
    join: vector.max,
    joinScalars: scalar.max,
  });
  buildSumOfSquares(m, lanes);
  buildFind(m, lanes);
  buildAxpy(m, lanes);
  buildScal(m, lanes);
}

/** How a reduction accumulates elements, and how it combines two of its results; by default it adds them. */
type Reduction = {
  readonly vectors: (sum: Vector, x: Vector, y?: Vector) => Vector;
  readonly scalars: (sum: Float, x: Float, y?: Float) => Float;
  readonly join?: (a: Vector, b: Vector) => Vector;
  readonly joinScalars?: (a: Float, b: Float) => Float;
};

/** Builds a function that reduces one vector, or two for `dot`, starting from 0. */
function buildSum(m: ModuleBuilder, lanes: LaneInstructions, name: "dot" | "asum" | "amax", how: Reduction): void {
  const { scalar, vector } = lanes, { vectors, scalars, join = vector.add, joinScalars = scalar.add } = how;
  const parameters = Object.fromEntries(
    (name === "dot" ? ["n", "x", "y"] : ["n", "x"]).map((key) => [key, "i32" as const]),
  );
  if (name === "dot" && lanes.type === "f32") {
    m.function({ name, parameters: { n: "i32", x: "i32", y: "i32" }, result: "f64" }, (f, { n, x, y }) => {
      f.return(emitExactDot(f, lanes, n, x, y));
    });
    return;
  }
  const isSum = name !== "amax", carries = isSum && lanes.type === "f32";
  m.function({ name, parameters, result: isSum ? "f64" : lanes.type }, (f, given) => {
    const n = given.n!, x = given.x!, y = given.y, carried = f.local("v128");
    const sums = Array.from({ length: SUMS }, () => f.local("v128")), total = f.local(lanes.type);
    const load = (p: Local<"i32"> | undefined, offset: number) => p && v128.load(p, offset);
    const loadOne = (p: Local<"i32"> | undefined) => p && scalar.load(p);
    forEachElement(
      f,
      lanes,
      {
        n,
        pointers: y === undefined ? [x] : [x, y],
        unroll: SUMS,
        ...carries && { settle: { iterations: DEPTH, emit: () => carryOver(f, lanes, sums, carried) } },
      },
      (offset, k) => f.set(sums[k]!, vectors(sums[k]!, load(x, offset)!, load(y, offset))),
      () => f.set(total, scalars(total, loadOne(x)!, loadOne(y))),
      () => f.set(total, horizontal(f, lanes, sums, join, joinScalars)),
    );
    if (!carries) return f.return(total);
    const blocks = f64.add(f64x2.extract_lane(carried, 0), f64x2.extract_lane(carried, 1));
    f.return(f64.add(blocks, wide(total)));
  });
}

function buildSumOfSquares(m: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = { n: "i32", x: "i32", scale: "f64" } as const;
  m.function({ name: "sumOfSquares", parameters, result: "f64" }, (f, { n, x, scale }) => {
    const scales = f.let(f64x2.splat(scale)), sums = Array.from({ length: SUMS }, () => f.local("v128"));
    const total = f.local("f64"), narrow = lanes.type === "f32";
    const add = (value: Vector, k: number) => {
      const scaled = f.let(f64x2.mul(value, scales));
      f.set(sums[k]!, f64x2.add(sums[k]!, f64x2.mul(scaled, scaled)));
    };
    forEachElement(
      f,
      lanes,
      { n, pointers: [x], unroll: narrow ? SUMS / 2 : SUMS },
      (offset, k) => {
        const value = f.let(v128.load(x, offset));
        if (!narrow) return add(value, k);
        add(f64x2.promote_low_f32x4(value), 2 * k);
        add(f64x2.promote_low_f32x4(shuffle(value, value, [1, 1])), 2 * k + 1);
      },
      () => {
        const value = lanes.scalar.load(x);
        const scaled = f.let(f64.mul(wide(value), scale));
        f.set(total, f64.add(total, f64.mul(scaled, scaled)));
      },
      () => {
        const all = f.let(sums.reduce<Vector>((a, b) => f64x2.add(a, b), f64x2.const(0)));
        f.set(total, f64.add(f64x2.extract_lane(all, 0), f64x2.extract_lane(all, 1)));
      },
    );
    f.return(total);
  });
}

function buildFind(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { scalar } = lanes, parameters = { n: "i32", x: "i32", value: lanes.type } as const;
  m.function({ name: "find", parameters, result: "i32" }, (f, { n, x, value }) => {
    const found = f.local("i32"), element = f.local(lanes.type), wantNaN = f.let(scalar.ne(value, value));
    f.set(found, -1);
    f.for({ to: n }, (i, exit) => {
      f.set(element, scalar.abs(scalar.load(x)));
      f.if(i32.or(scalar.eq(element, value), i32.and(wantNaN, scalar.ne(element, element))), () => {
        f.set(found, i);
        f.branch(exit);
      });
      f.increment(x, lanes.bytes);
    });
    f.return(found);
  });
}

function buildAxpy(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { scalar } = lanes, parameters = { n: "i32", alpha: lanes.type, x: "i32", y: "i32" } as const;
  m.function({ name: "axpy", parameters }, (f, { n, alpha, x, y }) => {
    const alphas = f.let(lanes.vector.splat(alpha));
    forEachElement(
      f,
      lanes,
      { n, pointers: [x, y], unroll: 2 },
      (at) => f.do(v128.store(y, lanes.multiplyAdd(alphas, v128.load(x, at), v128.load(y, at)), at)),
      () => f.do(scalar.store(y, scalar.add(scalar.mul(alpha, scalar.load(x)), scalar.load(y)))),
    );
  });
}

function buildScal(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { scalar, vector } = lanes, parameters = { n: "i32", alpha: lanes.type, x: "i32" } as const;
  m.function({ name: "scal", parameters }, (f, { n, alpha, x }) => {
    const alphas = f.let(vector.splat(alpha));
    forEachElement(
      f,
      lanes,
      { n, pointers: [x], unroll: 2 },
      (at) => f.do(v128.store(x, vector.mul(alphas, v128.load(x, at)), at)),
      () => f.do(scalar.store(x, scalar.mul(alpha, scalar.load(x)))),
    );
  });
}
