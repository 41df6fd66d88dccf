/**
 * Kernels that factor panels: some neighbouring columns of a matrix, a piece of each row.
 *
 * @module
 */
import {
  constant,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  select,
  v128,
} from "../../wasm/mod.ts";
import { ENLARGED, LEAST_SQUARES } from "../../decompositions/matrices.ts";
import type { KernelModule } from "../kernels.ts";
import type { LaneInstructions, Vector } from "../lane_instructions.ts";
import { COLUMNS, i32Parameters } from "./pieces.ts";

/** The kernels on panels of float64 matrices, of up to 8 columns. */
export const PANEL_KERNELS: KernelModule = { name: "panels", build: buildPanels };

/**
 * Builds, for a row-major matrix `a` of rows `row` bytes apart and the columns from `first` on:
 *
 * - `factor(n, first, width, a, row, order)`: the columns of an LU decomposition, with whole rows exchanged, and the 32-bit
 *   numbers of rows in `order` likewise; returns how many were exchanged;
 * - `reflect(m, first, width, a, row, factors)`: the columns of a QR decomposition by reflections `1 - factor v v^T`, whose
 *   vectors are kept below the diagonal;
 * - `terms(n, a, row, to)`: of LU factors, for each pivot, the sum of the magnitudes of the products that it has lost, in
 *   float64 at `to`;
 * - `symmetrize(n, a, row)`: replaces a matrix by half the sum of it and its transpose.
 */
function buildPanels(m: ModuleBuilder, lanes: LaneInstructions): void {
  buildTerms(m);
  buildSymmetrize(m);
  buildFactor(m, lanes);
  buildReflect(m, lanes);
}

/**
 * The vectors of a piece that have columns behind column `k`; if `k` is even, the first of them has `k` itself in lane 0.
 */
const vectorsBehind = (k: number): readonly number[] =>
  Array.from({ length: COLUMNS / 2 }, (_, v) => v).slice((k + 1) >> 1);

const isShared = (k: number): boolean => k % 2 === 0;

/** Returns a vector with lane 0 replaced by 0 if it belongs to column `k`. */
const masked = (x: Vector, k: number, vector: number): Vector =>
  isShared(k) && vector === k / 2 ? f64x2.replace_lane(x, 0, 0) : x;

function buildFactor(m: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = i32Parameters("n", "first", "width", "a", "row", "order");
  m.function({ name: "factor", parameters, result: "i32" }, (f, { n, first, width, a, row, order }) => {
    const exchanges = f.local("i32"), own = f.local("i32"), at = f.local("i32"), p = f.local("i32");
    const largest = f.local("f64"), magnitude = f.local("f64"), pivot = f.local("f64");
    const scale = f.local("f64"), inverse = f.local("f64");
    const one = f.constant(constant("f64", 1)), enlarge = f.constant(constant("f64", 2 ** 500));
    const start = f.let(i32.add(a, i32.mul(first, 8))); // the panel's column 0
    for (let k = 0; k < COLUMNS; k++) {
      f.if(i32.gt_s(width, k), () => {
        const index = f.let(i32.add(first, k));
        f.set(own, i32.add(start, i32.mul(index, row)));
        f.set(at, index);
        f.set(largest, f64.abs(f64.load(own, 8 * k)));
        f.set(p, i32.add(own, row));
        f.for({ from: i32.add(index, 1), to: n }, (i) => {
          f.set(magnitude, f64.abs(f64.load(p, 8 * k)));
          f.if(f64.gt(magnitude, largest), () => {
            f.set(largest, magnitude);
            f.set(at, i);
          });
          f.increment(p, row);
        });
        f.if(i32.ne(at, index), () => {
          exchange(f, i32.add(a, i32.mul(index, row)), i32.add(a, i32.mul(at, row)), row);
          const [x, y] = [index, at].map((one) => f.let(i32.add(order, i32.shl(one, 2)))) as [
            Local<"i32">,
            Local<"i32">,
          ]; // two
          const kept = f.let(i32.load(x));
          f.do(i32.store(x, i32.load(y)), i32.store(y, kept));
          f.increment(exchanges, 1);
        });
        f.set(pivot, f64.load(own, 8 * k));
        f.if(f64.ne(pivot, 0), () => {
          // Multiplying takes a fifth of the time of dividing; the inverse of the smallest numbers overflows.
          f.set(scale, select(f64.lt(f64.abs(pivot), 1e-290), enlarge, one));
          f.set(inverse, f64.div(1, f64.mul(pivot, scale)));
          const upper = vectorsBehind(k).map((v) => f.let(masked(v128.load(own, 16 * v), k, v)));
          f.set(p, i32.add(own, row));
          f.for({ from: i32.add(index, 1), to: n }, () => {
            eliminate(f, lanes, p, k, [scale, inverse], upper);
            f.increment(p, row);
          });
        });
      });
    }
    f.return(exchanges);
  });
}

/** Divides column `k` of a row by the pivot, and subtracts the multiple of the pivot's row from the columns behind it. */
function eliminate(
  f: FunctionBuilder,
  { multiplyAdd }: LaneInstructions,
  p: Local<"i32">,
  k: number,
  [scale, inverse]: readonly [scale: Local<"f64">, inverse: Local<"f64">],
  upper: readonly Vector[],
): void {
  const vectors = vectorsBehind(k), loaded = vectors.map((v) => f.let(v128.load(p, 16 * v)));
  // Never a vector loaded right after a number in it was stored: that waits.
  const own = isShared(k) ? f64x2.extract_lane(loaded[0]!, 0) : f64.load(p, 8 * k);
  const factor = f.let(f64.mul(f64.mul(own, scale), inverse));
  const factors = f.let(f64x2.neg(f64x2.splat(factor)));
  if (!isShared(k)) f.do(f64.store(p, factor, 8 * k));
  vectors.forEach((v, i) => {
    const next = multiplyAdd(factors, upper[i]!, loaded[i]!);
    f.do(v128.store(p, isShared(k) && i === 0 ? f64x2.replace_lane(next, factor, 0) : next, 16 * v));
  });
}

/** Exchanges two rows. */
function exchange(
  f: FunctionBuilder,
  a: Local<"i32"> | ReturnType<typeof i32.add>,
  b: typeof a,
  bytes: Local<"i32">,
): void {
  const x = f.let(a), y = f.let(b);
  f.for({ to: bytes, step: 16 }, () => {
    const kept = f.let(v128.load(x));
    f.do(v128.store(x, v128.load(y)), v128.store(y, kept));
    f.increment(x, 16);
    f.increment(y, 16);
  });
}

function buildReflect(m: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = i32Parameters("m", "first", "width", "a", "row", "factors");
  m.function({ name: "reflect", parameters }, (f, { m: rows, first, width, a, row, factors }) => {
    const start = f.let(i32.add(a, i32.mul(first, 8))),
      own = f.local("i32"),
      p = f.local("i32"),
      below = f.local("f64"),
      scale = f.local("f64");
    for (let k = 0; k < COLUMNS; k++) {
      f.if(i32.gt_s(width, k), () => {
        const index = f.let(i32.add(first, k)), behind = f.let(i32.add(index, 1));
        f.set(own, i32.add(start, i32.mul(index, row)));
        const diagonal = f.let(f64.load(own, 8 * k));
        const addSquares = (): void => {
          f.set(below, 0);
          f.set(p, i32.add(own, row));
          f.for({ from: behind, to: rows }, () => {
            const x = f.let(f64.mul(f64.load(p, 8 * k), scale));
            f.set(below, f64.add(below, f64.mul(x, x)));
            f.increment(p, row);
          });
        };
        f.set(scale, 1);
        addSquares();
        f.if(f64.lt(f64.add(f64.mul(diagonal, diagonal), below), LEAST_SQUARES), () => {
          f.set(scale, ENLARGED);
          addSquares();
        });
        f.do(f64.store(factors, 0, 8 * k));
        f.if(f64.gt(below, 0), () => reflectBehind(f, lanes, { k, own, p, row, behind, rows, below, scale, factors }));
      });
    }
  });
}

/** A column of a panel, and its row in it. */
type Column = {
  readonly k: number;
  readonly own: Local<"i32">;
  readonly p: Local<"i32">;
  readonly row: Local<"i32">;
  readonly behind: Local<"i32">;
  readonly rows: Local<"i32">;
  readonly below: Local<"f64">;
  /** What the numbers of the column were multiplied by before they were squared. */
  readonly scale: Local<"f64">;
  readonly factors: Local<"i32">;
};

/** Reflects column `k` onto its axis, and the columns behind it likewise; the formulas are those of `reflectionOf`. */
function reflectBehind(f: FunctionBuilder, { multiplyAdd }: LaneInstructions, column: Column): void {
  const { k, own, p, row, behind, rows, below, scale: enlarged, factors } = column, vectors = vectorsBehind(k);
  const first = f.let(f64.mul(f64.load(own, 8 * k), enlarged)),
    length = f.let(f64.sqrt(f64.add(f64.mul(first, first), below)));
  const diagonal = f.let(select(f64.gt(first, 0), f64.neg(length), length));
  const inverse = f.let(f64.div(1, f64.sub(first, diagonal)));
  const factor = f.let(f64.div(f64.sub(diagonal, first), diagonal));
  f.do(f64.store(factors, factor, 8 * k));
  const sums = vectors.map((v) => f.let(v128.load(own, 16 * v)));
  f.set(p, i32.add(own, row));
  f.for({ from: behind, to: rows }, () => {
    const loaded = vectors.map((v) => f.let(v128.load(p, 16 * v)));
    const own = isShared(k) ? f64x2.extract_lane(loaded[0]!, 0) : f64.load(p, 8 * k);
    const x = f.let(f64.mul(f64.mul(own, enlarged), inverse));
    f.do(f64.store(p, x, 8 * k));
    const factor = f.let(f64x2.splat(x));
    sums.forEach((sum, i) => f.set(sum, multiplyAdd(factor, loaded[i]!, sum)));
    f.increment(p, row);
  });
  const scale = f.let(f64x2.splat(factor));
  const shares = sums.map((sum, i) => f.let(masked(f64x2.mul(scale, sum), k, vectors[i]!)));
  vectors.forEach((v, i) => f.do(v128.store(own, f64x2.sub(v128.load(own, 16 * v), shares[i]!), 16 * v)));
  f.do(f64.store(own, f64.div(diagonal, enlarged), 8 * k));
  f.set(p, i32.add(own, row));
  f.for({ from: behind, to: rows }, () => {
    const factor = f.let(f64x2.splat(f64.neg(f64.load(p, 8 * k))));
    vectors.forEach((v, i) => f.do(v128.store(p, multiplyAdd(factor, shares[i]!, v128.load(p, 16 * v)), 16 * v)));
    f.increment(p, row);
  });
}

function buildTerms(m: ModuleBuilder): void {
  m.function({ name: "terms", parameters: i32Parameters("n", "a", "row", "to") }, (f, { n, a, row, to }) => {
    const total = f.local("f64"), p = f.local("i32"), q = f.local("i32"), own = f.let(a), top = f.let(a);
    f.for({ to: n }, (k) => {
      f.set(total, 0);
      f.set(p, own);
      f.set(q, top);
      f.for({ to: k }, () => {
        f.set(total, f64.add(total, f64.abs(f64.mul(f64.load(p), f64.load(q)))));
        f.increment(p, 8);
        f.increment(q, row);
      });
      f.do(f64.store(to, total));
      f.increment(to, 8);
      f.increment(own, row);
      f.increment(top, 8);
    });
  });
}

function buildSymmetrize(m: ModuleBuilder): void {
  m.function({ name: "symmetrize", parameters: i32Parameters("n", "a", "row") }, (f, { n, a, row }) => {
    const p = f.local("i32"), q = f.local("i32"), diagonal = f.let(a), x = f.local("f64");
    f.for({ to: n }, (i) => {
      f.set(p, diagonal);
      f.set(q, diagonal);
      f.for({ from: i32.add(i, 1), to: n }, () => {
        f.increment(p, 8);
        f.increment(q, row);
        f.set(x, f64.add(f64.mul(f64.load(p), 0.5), f64.mul(f64.load(q), 0.5)));
        f.do(f64.store(p, x), f64.store(q, x));
      });
      f.increment(diagonal, i32.add(row, 8));
    });
  });
}
