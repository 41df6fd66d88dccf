/**
 * Kernels that multiply small matrices in place, and substitute in triangles: unpacked, since their operands are cached.
 *
 * @module
 */
import { f64x2, type FunctionBuilder, i32, type Local, type ModuleBuilder, v128 } from "../../wasm/mod.ts";
import type { KernelModule } from "../kernels.ts";
import type { LaneInstructions } from "../lane_instructions.ts";
import { COLUMNS, i32Parameters, loadRow, PIECE_BYTES, storeRow } from "./pieces.ts";

/** The kernels on float64 matrices. */
export const MULTIPLY_KERNELS: KernelModule = { name: "small products", build: buildProducts };

/** The rows of a tile. With pieces of 4 vectors, 8 accumulators cover the latency of two multiply-adds a cycle. */
const ROWS = 2;

/**
 * Builds, for float64 matrices whose strides are in bytes, `columns` a multiple of 8, and `rows` rounded up to even:
 *
 * - `multiply(rows, columns, depth, a, aRow, aStep, b, bRow, c, cRow)`: `c = a b`; `add`: `c += a b`; `subtract`:
 *   `c -= a b`. Rows of `b` and `c` are contiguous;
 * - `substitute(n, columns, a, aRow, aStep, b, bRow, isUnit)`: solves `a x = b` in place, reading the lower triangle of
 *   `a`, without its diagonal if that counts as 1. With negative strides, it is the upper one.
 */
function buildProducts(m: ModuleBuilder, lanes: LaneInstructions): void {
  buildProduct(m, lanes, "multiply");
  buildProduct(m, lanes, "add");
  buildProduct(m, lanes, "subtract");
  buildSubstitute(m, lanes);
}

function buildProduct(m: ModuleBuilder, lanes: LaneInstructions, name: "multiply" | "add" | "subtract"): void {
  const parameters = i32Parameters("rows", "columns", "depth", "a", "aRow", "aStep", "b", "bRow", "c", "cRow");
  m.function({ name, parameters }, (f, { rows, columns, depth, a, aRow, aStep, b, bRow, c, cRow }) => {
    const left = f.local("i32"), target = f.local("i32"), below = f.local("i32"), right = f.local("i32");
    const factors = Array.from({ length: ROWS }, () => f.local("i32"));
    const sums = factors.map(() => Array.from({ length: COLUMNS / 2 }, () => f.local("v128")));
    const zero = f.constant(f64x2.const(0));
    f.for({ to: columns, step: COLUMNS }, () => {
      f.set(left, a);
      f.set(target, c);
      f.for({ to: rows, step: ROWS }, () => {
        f.set(below, i32.add(target, cRow));
        sums.forEach((row, i) => {
          f.set(factors[i]!, i === 0 ? left : i32.add(left, aRow));
          if (name === "multiply") { for (const sum of row) f.set(sum, zero); }
          else loadRow(f, i === 0 ? target : below, row);
        });
        f.set(right, b);
        f.for({ to: depth }, () => accumulate(f, lanes, sums, factors, right, name === "subtract", [aStep, bRow]));
        storeRow(f, target, sums[0]!);
        storeRow(f, below, sums[1]!);
        f.increment(left, i32.mul(aRow, ROWS));
        f.set(target, i32.add(below, cRow));
      });
      f.increment(b, PIECE_BYTES);
      f.increment(c, PIECE_BYTES);
    });
  });
}

/** Adds, or subtracts, the products of one column of `a` and one row of `b`, and advances to the next. */
function accumulate(
  f: FunctionBuilder,
  { multiplyAdd }: LaneInstructions,
  sums: readonly (readonly Local<"v128">[])[],
  factors: readonly Local<"i32">[],
  right: Local<"i32">,
  isNegative: boolean,
  [aStep, bRow]: readonly [Local<"i32">, Local<"i32">],
): void {
  const row = sums[0]!.map((_, k) => f.let(v128.load(right, 16 * k)));
  sums.forEach((own, i) => {
    const loaded = v128.load64_splat(factors[i]!), factor = f.let(isNegative ? f64x2.neg(loaded) : loaded);
    own.forEach((sum, k) => f.set(sum, multiplyAdd(factor, row[k]!, sum)));
    f.increment(factors[i]!, aStep);
  });
  f.increment(right, bRow);
}

function buildSubstitute(m: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = i32Parameters("n", "columns", "a", "aRow", "aStep", "b", "bRow", "isUnit");
  m.function({ name: "substitute", parameters }, (f, { n, columns, a, aRow, aStep, b, bRow, isUnit }) => {
    const sums = Array.from({ length: COLUMNS / 2 }, () => f.local("v128"));
    const left = f.local("i32"), target = f.local("i32"), factor = f.local("i32"), right = f.local("i32");
    f.for({ to: columns, step: COLUMNS }, () => {
      f.set(left, a);
      f.set(target, b);
      f.for({ to: n }, (i) => {
        f.set(factor, left);
        f.set(right, b);
        loadRow(f, target, sums);
        f.for({ to: i }, () => accumulate(f, lanes, [sums], [factor], right, true, [aStep, bRow]));
        f.if(i32.eqz(isUnit), () => {
          const diagonal = f.let(v128.load64_splat(factor));
          for (const sum of sums) f.set(sum, f64x2.div(sum, diagonal));
        });
        storeRow(f, target, sums);
        f.increment(left, aRow);
        f.increment(target, bRow);
      });
      f.increment(b, PIECE_BYTES);
    });
  });
}
