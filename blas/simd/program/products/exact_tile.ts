/**
 * Products with few results, in float32: no sum of a product hides the errors of the others, so terms are added in float64.
 *
 * @module
 */
import { type LaneInstructions, shuffle, type Vector } from "../../lane_instructions.ts";
import { f32, f64, f64x2, type FunctionBuilder, i32, type Local, v128 } from "../../../wasm/mod.ts";
import { loadPartialVector } from "./partial_vector.ts";
import { repeat } from "./repeat.ts";

/** The sizes of a product, and its strides in bytes, none below 0. */
export type ExactSpec = {
  readonly rows: number;
  readonly columns: number;
  /** The number of terms of each sum. */
  readonly depth: number;
  readonly a: { readonly row: number; readonly step: number };
  readonly b: { readonly column: number; readonly step: number };
  readonly target: { readonly row: number; readonly column: number };
};

/** The addresses of the matrices. */
export type ExactAddresses = { readonly a: Local<"i32">; readonly b: Local<"i32">; readonly c: Local<"i32"> };

/** The most multiplications of which each product is exact: that takes little beside what a call takes. */
const MOST_EXACT = 2048;

/** The terms of a lane that are added in float32 where products are not exact. */
const CHAIN = 4;

/** The vectors in one iteration, a multiple of {@link CHAIN}. */
const UNROLLED = 8;

/** The most sums that are computed together, a vector each: they and their totals stay in registers. */
const TOGETHER = 4;

/** Emits a product. */
export function emitExactTile(f: FunctionBuilder, lanes: LaneInstructions, spec: ExactSpec, at: ExactAddresses): void {
  const { rows, columns, a, b, target } = spec, isAlong = a.step === lanes.bytes && b.step === lanes.bytes;
  const height = Math.min(rows, TOGETHER), wide = isAlong ? 1 : lanes.count;
  const width = Math.min(columns, Math.max(1, Math.floor(TOGETHER / height)) * wide);
  for (let r = 0; r < rows; r += height) {
    for (let j = 0; j < columns; j += width) {
      const part = { ...spec, rows: Math.min(height, rows - r), columns: Math.min(width, columns - j) };
      const places = {
        a: f.let(i32.add(at.a, r * a.row)),
        b: f.let(i32.add(at.b, j * b.column)),
        c: f.let(i32.add(at.c, r * target.row + j * target.column)),
      };
      (isAlong ? emitAlong : emitAcross)(f, lanes, part, places);
    }
  }
}

/** A float64 total for each half of a vector. */
type Total = readonly [Local<"v128">, Local<"v128">];

const totalOf = (f: FunctionBuilder): Total => {
  const total = [f.local("v128"), f.local("v128")] as const;
  total.forEach((half) => f.set(half, f64x2.const(0)));
  return total;
};

/** Adds vectors in pairs, and the pairs in pairs. */
function inPairs(vectors: readonly Vector[]): Vector {
  if (vectors.length === 1) return vectors[0]!;
  const half = Math.ceil(vectors.length / 2);
  return f64x2.add(inPairs(vectors.slice(0, half)), inPairs(vectors.slice(half)));
}

/** Adds a vector of float32 to a total. */
function settle(f: FunctionBuilder, total: Total, sum: Local<"v128">): void {
  const upper = shuffle(sum, sum, [1, 1]);
  [sum, upper].forEach((v, half) => f.set(total[half]!, f64x2.add(total[half]!, f64x2.promote_low_f32x4(v))));
}

/** Emits sums whose lanes are neighbouring terms. */
function emitAlong(f: FunctionBuilder, lanes: LaneInstructions, spec: ExactSpec, at: ExactAddresses): void {
  const { rows, columns, depth, a, b, target } = spec, { count, vector, multiplyAdd, multiplyAddWidened } = lanes;
  const lines = (start: Local<"i32">, length: number, step: number) =>
    Array.from({ length }, (_, i) => f.let(i32.add(start, i * step)));
  const left = lines(at.a, rows, a.row), right = lines(at.b, columns, b.column);
  const totals = left.map(() => right.map(() => totalOf(f)));
  const isExact = depth * rows * columns <= MOST_EXACT;
  /** Adds neighbouring terms `at` vectors from the pointers, vector by vector; the last may have fewer lanes. */
  const add = (widths: readonly number[], at = 0) => {
    if (isExact) {
      const halves = (line: Local<"i32">, k: number): readonly Vector[] => {
        if (widths[k] === count) {
          return [0, 8].map((half) => f64x2.promote_low_f32x4(v128.load64_zero(line, 16 * (at + k) + half)));
        }
        const part = f.let(loadPartialVector(lanes, widths[k]!, line, 16 * (at + k)));
        return [f64x2.promote_low_f32x4(part), f64x2.promote_low_f32x4(shuffle(part, part, [1, 1]))];
      };
      const [x, y] = [left[0]!, right[0]!], [only] = totals.flat();
      if (rows * columns === 1) {
        // In pairs, so that no addition waits for another for long.
        const products = widths.map((_, k) => {
          const [xs, ys] = [halves(x, k), halves(y, k)];
          return xs.map((x, half) => f.let(f64x2.mul(x, ys[half]!)));
        });
        only!.forEach((total, half) => {
          f.set(total, f64x2.add(total, inPairs(products.map((two) => two[half]!))));
        });
      } else {
        widths.forEach((_, k) => {
          const ys = right.map((line) => halves(line, k).map((half) => f.let(half)));
          left.forEach((line, r) => {
            const xs = halves(line, k).map((half) => f.let(half));
            ys.forEach((y, j) =>
              totals[r]![j]!.forEach((total, half) => f.set(total, multiplyAddWidened(xs[half]!, y[half]!, total)))
            );
          });
        });
      }
    } else {
      const sums = left.map(() => right.map(() => f.local("v128")));
      widths.forEach((width, k) => {
        const load = (line: Local<"i32">) => f.let(loadPartialVector(lanes, width, line, 16 * (at + k)));
        const ys = right.map(load);
        left.forEach((line, r) => {
          const x = load(line);
          ys.forEach((y, j) => f.set(sums[r]![j]!, k === 0 ? vector.mul(x, y) : multiplyAdd(x, y, sums[r]![j]!)));
        });
      });
      totals.forEach((row, r) => row.forEach((total, j) => settle(f, total, sums[r]![j]!)));
    }
  };
  const advance = (vectors: number) => [...left, ...right].forEach((line) => f.increment(line, 16 * vectors));
  const vectors = Math.floor(depth / count),
    rest = depth % count,
    full = (length: number) => new Array(length).fill(count);
  repeat(f, Math.floor(vectors / UNROLLED), () => {
    for (let k = 0; k < UNROLLED; k += CHAIN) add(full(CHAIN), k);
    advance(UNROLLED);
  });
  const last = [...full(vectors % UNROLLED), ...rest > 0 ? [rest] : []];
  for (let k = 0; k < last.length; k += CHAIN) add(last.slice(k, k + CHAIN), k);
  totals.forEach((row, r) =>
    row.forEach(([low, high], j) => {
      const sum = f.let(f64x2.add(low, high)), lane = (k: number) => f64x2.extract_lane(sum, k);
      f.do(f32.store(at.c, f32.demote_f64(f64.add(lane(0), lane(1))), r * target.row + j * target.column));
    })
  );
}

/** Emits sums whose lanes are columns. */
function emitAcross(f: FunctionBuilder, lanes: LaneInstructions, spec: ExactSpec, at: ExactAddresses): void {
  const { rows, columns, depth, a, b, target } = spec, { count, vector, multiplyAdd, loadSplat } = lanes;
  const left = Array.from({ length: rows }, (_, r) => f.let(i32.add(at.a, r * a.row))), right = f.let(at.b);
  const widths = Array.from({ length: Math.ceil(columns / count) }, (_, v) => Math.min(count, columns - v * count));
  const totals = left.map(() => widths.map(() => totalOf(f)));
  const load = (width: number, offset: number): Vector => {
    if (b.column === lanes.bytes || width === 1) return loadPartialVector(lanes, width, right, offset);
    const v = f.let(v128.load32_zero(right, offset));
    for (let lane = 1; lane < width; lane++) f.set(v, v128.load32_lane(right, v, lane, offset + lane * b.column));
    return v;
  };
  const add = (steps: number) => {
    const sums = left.map(() => widths.map(() => f.local("v128")));
    for (let k = 0; k < steps; k++) {
      const ys = widths.map((width, v) => f.let(load(width, k * b.step + v * count * b.column)));
      left.forEach((line, r) => {
        const x = f.let(loadSplat(line, k * a.step));
        ys.forEach((y, v) => f.set(sums[r]![v]!, k === 0 ? vector.mul(x, y) : multiplyAdd(x, y, sums[r]![v]!)));
      });
    }
    totals.forEach((row, r) => row.forEach((total, v) => settle(f, total, sums[r]![v]!)));
    left.forEach((line) => f.increment(line, steps * a.step));
    f.increment(right, steps * b.step);
  };
  repeat(f, Math.floor(depth / CHAIN), () => add(CHAIN));
  if (depth % CHAIN > 0) add(depth % CHAIN);
  totals.forEach((row, r) =>
    row.forEach((total, v) => {
      for (let lane = 0; lane < widths[v]!; lane++) {
        const sum = f64x2.extract_lane(total[lane >> 1]!, lane % 2);
        f.do(f32.store(at.c, f32.demote_f64(sum), r * target.row + (v * count + lane) * target.column));
      }
    })
  );
}
