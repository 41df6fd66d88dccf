/**
 * The inner product of float32 vectors, for kernels: terms are added in float64, a few of them in float32 before.
 *
 * @module
 */
import { type Expression, f64, f64x2, type FunctionBuilder, i32, type Local, v128 } from "../wasm/mod.ts";
import { type LaneInstructions, type Vector, wide, widened } from "./lane_instructions.ts";
import { forEachElement } from "./run_loop.ts";

/** The vectors whose products are added in float32, in two pairs, before their sum is added in float64. */
const GROUP = 4;

/** Up to this many terms, every product is exact: that takes little beside what a call takes. */
const SHORT = 256;

/** Where elements begin, and the bytes between them. */
type Line = { readonly at: Local<"i32">; readonly step: Local<"i32"> };

/** Emits the inner product of contiguous vectors of `n` elements; the pointers move to their ends. */
export function emitExactDot(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  n: Local<"i32">,
  x: Local<"i32">,
  y: Local<"i32">,
): Expression<"f64"> {
  const { vector, multiplyAdd, multiplyAddWidened, scalar, bytes } = lanes,
    totals = [f.local("v128"), f.local("v128")] as const;
  const products = Array.from({ length: GROUP / 2 }, () => f.local("v128")), rest = f.local("f64");
  totals.forEach((total) => f.set(total, f64x2.const(0)));
  f.set(rest, 0);
  const add = (total: Local<"v128">, terms: Vector) => f.set(total, f64x2.add(total, terms));
  const run = { n, pointers: [x, y], unroll: GROUP };
  const addOne = () => f.set(rest, f64.add(rest, f64.mul(wide(scalar.load(x)), wide(scalar.load(y)))));
  const inFloat64 = () => {
    const two = (from: Local<"i32">, offset: number) => f64x2.promote_low_f32x4(v128.load64_zero(from, offset));
    forEachElement(f, lanes, run, (offset) => {
      totals.forEach((total, half) => {
        const at = offset + 2 * bytes * half;
        f.set(total, multiplyAddWidened(two(x, at), two(y, at), total));
      });
    }, addOne);
  };
  const inGroups = () => {
    const product = (offset: number) => vector.mul(v128.load(x, offset), v128.load(y, offset));
    forEachElement(f, lanes, run, (offset, k, together) => {
      const pair = products[k >> 1]!;
      f.set(pair, k % 2 === 0 ? product(offset) : multiplyAdd(v128.load(x, offset), v128.load(y, offset), pair));
      if (together === 1) add(totals[0], widened(lanes, pair));
      else if (k === GROUP - 1) add(totals[0], widened(lanes, f.let(vector.add(products[0]!, products[1]!))));
    }, addOne);
  };
  f.if(i32.le_s(n, SHORT), inFloat64, inGroups);
  const total = f.let(f64x2.add(...totals));
  return f64.add(f64.add(f64x2.extract_lane(total, 0), f64x2.extract_lane(total, 1)), rest);
}

/** Emits the inner product of vectors whose elements are apart, all in float64; the pointers move to their ends. */
export function emitStridedDot(
  f: FunctionBuilder,
  { scalar }: LaneInstructions,
  n: Local<"i32">,
  x: Line,
  y: Line,
): Expression<"f64"> {
  const sums = Array.from({ length: GROUP }, () => f.local("f64")), i = f.local("i32");
  sums.forEach((sum) => f.set(sum, 0));
  const add = (sum: Local<"f64">) => {
    f.set(sum, f64.add(sum, f64.mul(wide(scalar.load(x.at)), wide(scalar.load(y.at)))));
    f.increment(x.at, x.step);
    f.increment(y.at, y.step);
  };
  f.for({ counter: i, from: 0, to: i32.sub(n, GROUP - 1), step: GROUP }, () => sums.forEach(add));
  f.for({ counter: i, to: n }, () => add(sums[0]!));
  return f64.add(f64.add(sums[0]!, sums[1]!), f64.add(sums[2]!, sums[3]!));
}

/**
 * Emits the products of some pairs of rows of a matrix and a vector, all in float64, and adds them to `sums`. Rows are
 * neighbours in memory, and a pair is a vector.
 */
export function emitPairDots(
  f: FunctionBuilder,
  { bytes, scalar, multiplyAddWidened }: LaneInstructions,
  n: Local<"i32">,
  a: Line,
  x: Line,
  { sums, pairs }: { readonly sums: Local<"i32">; readonly pairs: number },
): void {
  const from = f.let(a.at), factors = f.let(x.at), i = f.local("i32");
  const totals = Array.from({ length: pairs }, () => [0, 1].map(() => f.let(f64x2.const(0))));
  const add = (which: 0 | 1) => {
    const factor = f.let(f64x2.splat(wide(scalar.load(factors))));
    totals.forEach((two, pair) => {
      const rows = f64x2.promote_low_f32x4(v128.load64_zero(from, 2 * bytes * pair));
      f.set(two[which]!, multiplyAddWidened(rows, factor, two[which]!));
    });
    f.increment(from, a.step);
    f.increment(factors, x.step);
  };
  f.for({ counter: i, from: 0, to: i32.sub(n, 1), step: 2 }, () => {
    add(0);
    add(1);
  });
  f.for({ counter: i, to: n }, () => add(0));
  totals.forEach(([a, b], pair) =>
    f.do(v128.store(sums, f64x2.add(v128.load(sums, 16 * pair), f64x2.add(a!, b!)), 16 * pair))
  );
}
