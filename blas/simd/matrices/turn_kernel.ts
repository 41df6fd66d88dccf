/**
 * Kernels of eigenvalue and singular value decompositions: products with symmetric matrices, and rotations of rows.
 *
 * @module
 */
import {
  type Expression,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../../wasm/mod.ts";
import type { KernelModule } from "../kernels.ts";
import { type LaneInstructions, shuffle } from "../lane_instructions.ts";
import { COLUMNS, i32Parameters, loadRow, PIECE_BYTES, storeRow } from "./pieces.ts";

/** The kernels on float64 matrices. */
export const TURN_KERNELS: KernelModule = { name: "turning matrices", build: buildTurns };

/** Rows that are multiplied at once. */
const ROWS = 4;

/**
 * Builds, for row-major matrices of rows `row` bytes apart, vectors of whole pieces, and ranges of bytes of a row:
 *
 * - `multiplySymmetric(first, n, a, row, x, y)`: `y[i] = sum_j a[i, j] x[j]` for the rows from `first` on, some more than `n`;
 *   `x` is 0 before `first`;
 * - `subtractOuter(first, n, a, row, x, y)`: subtracts `x y^T + y x^T` from the rows from `first` on; both are 0 before it;
 * - `rotate(sweeps, table, numbers, a, row, columns)`: rotates neighbouring rows, sweep by sweep: those from the first to the
 *   last that `table` says, in 32-bit numbers, by the cosines and sines in `numbers`;
 * - `find(p, from, n, a, row, columns, roots, dot, tolerance)`: the first row from `from` on whose product with row `p` is
 *   above `tolerance` times their lengths in `roots`, and the product at `dot`; `n` if there is none;
 * - `rotatePair(x, y, columns, c, s)`: replaces rows `x` and `y` by `c x + s y` and `c y - s x`.
 */
function buildTurns(m: ModuleBuilder, lanes: LaneInstructions): void {
  buildSymmetric(m, lanes);
  buildOuter(m, lanes);
  buildRotate(m, lanes);
  buildFind(m, lanes);
  buildRotatePair(m, lanes);
}

/** The bytes of a row from the vector of column `first` to that of the last of `n` columns. */
function range(
  f: FunctionBuilder,
  first: Local<"i32">,
  n: Local<"i32">,
): readonly [start: Local<"i32">, end: Local<"i32">] {
  return [f.let(i32.shl(i32.shr_u(first, 1), 4)), f.let(i32.shl(i32.shr_u(i32.add(n, 1), 1), 4))];
}

const pointers = (f: FunctionBuilder, start: Expression<"i32">, row: Local<"i32">, count: number) =>
  Array.from({ length: count }, (_, k) => f.let(i32.add(start, i32.mul(row, k))));

function buildSymmetric(m: ModuleBuilder, { multiplyAdd }: LaneInstructions): void {
  const parameters = i32Parameters("first", "n", "a", "row", "x", "y");
  m.function({ name: "multiplySymmetric", parameters }, (f, { first, n, a, row, x, y }) => {
    const [start, end] = range(f, first, n), at = f.let(i32.add(y, i32.shl(first, 3)));
    const sums = Array.from({ length: ROWS }, () => f.local("v128"));
    f.for({ from: first, to: n, step: ROWS }, (i) => {
      const rows = pointers(f, i32.add(i32.add(a, i32.mul(i, row)), start), row, ROWS);
      const source = f.let(i32.add(x, start));
      for (const sum of sums) f.set(sum, f64x2.const(0));
      f.for({ from: start, to: end, step: 16 }, () => {
        const factor = f.let(v128.load(source));
        rows.forEach((p, k) => {
          f.set(sums[k]!, multiplyAdd(v128.load(p), factor, sums[k]!));
          f.increment(p, 16);
        });
        f.increment(source, 16);
      });
      for (let k = 0; k < ROWS; k += 2) {
        const [a, b] = [sums[k]!, sums[k + 1]!];
        f.do(v128.store(at, f64x2.add(shuffle(a, b, [0, 2]), shuffle(a, b, [1, 3])), 8 * k));
      }
      f.increment(at, 8 * ROWS);
    });
  });
}

function buildOuter(m: ModuleBuilder, { multiplyAdd }: LaneInstructions): void {
  const parameters = i32Parameters("first", "n", "a", "row", "x", "y");
  m.function({ name: "subtractOuter", parameters }, (f, { first, n, a, row, x, y }) => {
    const [start, end] = range(f, first, n);
    f.for({ from: first, to: n, step: 2 }, (i) => {
      const rows = pointers(f, i32.add(i32.add(a, i32.mul(i, row)), start), row, 2), own = f.let(i32.shl(i, 3));
      const factors = rows.map((_, k) =>
        [x, y].map((v) => f.let(f64x2.neg(v128.load64_splat(i32.add(v, own), 8 * k))))
      );
      const [p, q] = [x, y].map((v) => f.let(i32.add(v, start))) as [Local<"i32">, Local<"i32">]; // two
      f.for({ from: start, to: end, step: 16 }, () => {
        const u = f.let(v128.load(p)), v = f.let(v128.load(q));
        rows.forEach((at, k) => {
          const [ofX, ofY] = factors[k]!;
          f.do(v128.store(at, multiplyAdd(ofX!, v, multiplyAdd(ofY!, u, v128.load(at)))));
        });
        for (const pointer of [...rows, p, q]) f.increment(pointer, 16);
      });
    });
  });
}

function buildRotate(m: ModuleBuilder, { multiplyAdd }: LaneInstructions): void {
  const parameters = i32Parameters("sweeps", "table", "numbers", "a", "row", "columns");
  m.function({ name: "rotate", parameters }, (f, { sweeps, table, numbers, a, row, columns }) => {
    const carried = Array.from({ length: COLUMNS / 2 }, () => f.local("v128"));
    const t = f.local("i32"), q = f.local("i32"), p = f.local("i32");
    f.for({ to: columns, step: COLUMNS }, () => {
      f.set(t, table);
      f.set(q, numbers);
      f.for({ to: sweeps }, () => {
        f.set(p, i32.add(a, i32.mul(i32.load(t), row)));
        loadRow(f, p, carried);
        f.for({ from: i32.load(t), to: i32.load(t, 4) }, () => {
          const c = f.let(v128.load64_splat(q)), s = f.let(v128.load64_splat(q, 8)), next = f.let(i32.add(p, row));
          carried.forEach((u, k) => {
            const v = f.let(v128.load(next, 16 * k));
            f.do(v128.store(p, multiplyAdd(c, u, f64x2.mul(s, v)), 16 * k));
            f.set(u, f64x2.sub(f64x2.mul(c, v), f64x2.mul(s, u)));
          });
          f.set(p, next);
          f.increment(q, 16);
        });
        storeRow(f, p, carried);
        f.increment(t, 8);
      });
      f.increment(a, PIECE_BYTES);
    });
  });
}

function buildFind(m: ModuleBuilder, { multiplyAdd }: LaneInstructions): void {
  const parameters = {
    ...i32Parameters("p", "from", "n", "a", "row", "columns", "roots", "dot"),
    tolerance: "f64",
  } as const;
  m.function({ name: "find", parameters, result: "i32" }, (f, given) => {
    const { p, from, n, a, row, columns, roots, dot, tolerance } = given;
    const own = f.let(i32.add(a, i32.mul(p, row))), bytes = f.let(i32.shl(columns, 3));
    const bound = f.let(f64.mul(tolerance, f64.load(i32.add(roots, i32.shl(p, 3)))));
    const sums = Array.from({ length: COLUMNS / 2 }, () => f.local("v128")), product = f.local("f64");
    const u = f.local("i32"), v = f.local("i32");
    f.for({ from, to: n }, (q) => {
      f.set(u, own);
      f.set(v, i32.add(a, i32.mul(q, row)));
      for (const sum of sums) f.set(sum, f64x2.const(0));
      f.for({ to: bytes, step: PIECE_BYTES }, () => {
        sums.forEach((sum, k) => f.set(sum, multiplyAdd(v128.load(u, 16 * k), v128.load(v, 16 * k), sum)));
        f.increment(u, PIECE_BYTES);
        f.increment(v, PIECE_BYTES);
      });
      const total = f.let(f64x2.add(f64x2.add(sums[0]!, sums[1]!), f64x2.add(sums[2]!, sums[3]!)));
      f.set(product, f64.add(f64x2.extract_lane(total, 0), f64x2.extract_lane(total, 1)));
      f.if(f64.gt(f64.abs(product), f64.mul(bound, f64.load(i32.add(roots, i32.shl(q, 3))))), () => {
        f.do(f64.store(dot, product));
        f.return(q);
      });
    });
    f.return(n);
  });
}

function buildRotatePair(m: ModuleBuilder, { multiplyAdd }: LaneInstructions): void {
  const parameters = { ...i32Parameters("x", "y", "columns"), c: "f64", s: "f64" } as const;
  m.function({ name: "rotatePair", parameters }, (f, { x, y, columns, c, s }) => {
    const cosine = f.let(f64x2.splat(c)), sine = f.let(f64x2.splat(s));
    f.for({ to: columns, step: 2 }, () => {
      const u = f.let(v128.load(x)), v = f.let(v128.load(y));
      f.do(
        v128.store(x, multiplyAdd(cosine, u, f64x2.mul(sine, v))),
        v128.store(y, f64x2.sub(f64x2.mul(cosine, v), f64x2.mul(sine, u))),
      );
      f.increment(x, 16);
      f.increment(y, 16);
    });
  });
}
