/**
 * The loop of most vector kernels: it runs over contiguous elements, first in whole vectors, then one by one.
 *
 * @module
 */
import { f64x2, type FunctionBuilder, i32, type Local } from "../wasm/mod.ts";
import { type Float, type LaneInstructions, type Vector, widened } from "./lane_instructions.ts";

/** The elements to run over. */
export type Runs = {
  /** The number of elements. */
  readonly n: Local<"i32">;
  /** The addresses of the elements; the loop advances them. */
  readonly pointers: readonly Local<"i32">[];
  /** The number of vectors in one iteration of the loop. Default 1. */
  readonly unroll?: number;
  /** What follows after each block of `iterations` iterations: sums are carried over before they lose digits. */
  readonly settle?: { readonly iterations: number; readonly emit: () => void };
};

/**
 * Runs over elements.
 *
 * @param vectors Emits the work on the vector `offset` bytes from the pointers; `k` counts the vectors of one
 * iteration, from 0 to `together - 1`, which is `unroll - 1`, or 0 where fewer are left.
 * @param single Emits the work on the one element at the pointers.
 * @param between Emits the code between the vectors and the single elements.
 */
export function forEachElement(
  f: FunctionBuilder,
  { bytes, count }: LaneInstructions,
  { n, pointers, unroll = 1, settle }: Runs,
  vectors: (offset: number, k: number, together: number) => void,
  single: () => void,
  between: () => void = () => {},
): void {
  const i = f.local("i32");
  f.set(i, 0);
  const several = (iteration: number) => {
    for (let k = 0; k < iteration; k++) vectors(16 * k, k % unroll, Math.min(iteration, unroll));
    pointers.forEach((pointer) => f.increment(pointer, 16 * iteration));
  };
  if (settle !== undefined) {
    // Two iterations in one make up for what settling takes: a dot product of 1e5 elements was 3.5 % slower without.
    const elements = settle.iterations * unroll * count, joined = settle.iterations % 2 === 0 ? 2 : 1;
    f.for({ counter: i, to: i32.sub(n, elements - 1), step: elements }, () => {
      f.for({ to: settle.iterations / joined }, () => several(joined * unroll));
      settle.emit();
    });
  }
  for (const iteration of unroll > 1 ? [unroll, 1] : [1]) {
    f.for({ counter: i, to: i32.sub(n, iteration * count - 1), step: iteration * count }, () => several(iteration));
  }
  between();
  f.for({ counter: i, to: n }, () => {
    single();
    pointers.forEach((pointer) => f.increment(pointer, bytes));
  });
}

/** Emits the addition of sums, pair by pair, to a vector of float64 sums, and zeros in their place. */
export function carryOver(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  sums: readonly Local<"v128">[],
  carried: Local<"v128">,
): void {
  const { vector } = lanes, half = sums.length / 2;
  const add = (these: readonly Vector[]) => these.reduce(vector.add);
  const all = f.let(half > 1 ? vector.add(add(sums.slice(0, half)), add(sums.slice(half))) : add(sums));
  f.set(carried, f64x2.add(carried, widened(lanes, all)));
  sums.forEach((sum) => f.set(sum, vector.const(0)));
}

/** Reduces some vectors to a scalar: combines first the vectors, then the lanes. */
export function horizontal(
  f: FunctionBuilder,
  { count, vector }: LaneInstructions,
  vectors: readonly Vector[],
  join: (a: Vector, b: Vector) => Vector,
  joinScalars: (a: Float, b: Float) => Float,
): Local<"f32" | "f64"> {
  const all = f.let(vectors.reduce(join));
  return f.let(Array.from({ length: count }, (_, lane) => vector.extract_lane(all, lane)).reduce(joinScalars));
}
