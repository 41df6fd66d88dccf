/**
 * Loop nests over a shape, with the innermost axis in vectors.
 *
 * @module
 */
import { sizeOf } from "../../shape.ts";
import { type FunctionBuilder, i32, type Local } from "../../wasm/mod.ts";
import { type Pointers, pointersTo, type Source } from "./pointers.ts";

/** Elements that are computed together in one vector, adjacent in the result. */
export type VectorSpan = {
  /** The number of elements. */
  readonly count: number;
  /** Returns the distance of each, in bytes, from the element of a source that the pointers point to. */
  readonly offsets: (source: number) => readonly number[];
};

/** A range of indices along level 0 that is known only when the code runs. */
export type Range = {
  /** Default: 0. */
  readonly from?: Local<"i32">;
  readonly to: Local<"i32">;
  /** The indices of level 0 for each unit of `from` and `to`. */
  readonly scale: number;
};

/** A loop nest, and the code inside it. */
export type LoopNest = {
  /** The lengths of the levels, outermost first: at least one, none 0. */
  readonly lengths: readonly number[];
  readonly sources: readonly Source[];
  /** Elements in a vector. */
  readonly lanes: number;
  /** Whether a vector may hold the end of one row and the beginning of the next; rows of fewer elements than it do. Default: true. */
  readonly acrossRows?: boolean;
  /** About how many instructions computing one vector takes. */
  readonly weight: number;
  /** The range along level 0. Default: all of it. */
  readonly range?: Range;
  /** Called inside `level` loops, before the deeper ones, to compute values that are constant there. */
  readonly enter: (level: number, pointers: Pointers) => void;
  /** Emits the code for some vectors. */
  readonly body: (vectors: readonly VectorSpan[], pointers: Pointers) => void;
};

/** The most instructions, and the most vectors, of straight code in place of a loop. */
const STRAIGHT = 160, STRAIGHT_VECTORS = 16;

/** Innermost axes shorter than this that do not fill vectors are computed several rows at a time. */
const SHORT = 16;

/** Returns the number of vectors in one iteration, if each takes `weight` instructions. */
const unrollOf = (weight: number): number => weight <= 8 ? 4 : weight <= 16 ? 2 : 1;

/** Emits a loop nest. */
export function emitLoopNest(f: FunctionBuilder, nest: LoopNest): void {
  const { lengths, sources, lanes, range, enter, body } = nest, { first, iterations, step } = planOf(nest);
  const pointers = pointersTo(f, sources, {
    moves: (level) => level < first || (level === first && (iterations > 1 || (range !== undefined && level === 0))),
    ...range?.from && { from: scaled(f, range.from, range.scale) },
  });
  const block = (from: number, count: number) => {
    if (count > 0) body(vectorsOf(nest, first, from, count), pointers);
  };
  function count() {
    const { from, to, scale } = range!; // called only with a range
    return f.let(scaled(f, from === undefined ? to : f.let(i32.sub(to, from)), scale));
  }
  function whole() {
    const perIndex = sizeOf(lengths.slice(first + 1));
    pointers.loop(first, iterations, step, () => block(0, step * perIndex));
    const done = iterations * step * perIndex;
    block(done, lengths[first]! * perIndex - done);
  }
  /** Emits level 0 as the innermost level, with its range known at run time. */
  function part() {
    const left = count(), { scale } = range!;
    for (const size of new Set([lanes * unrollOf(nest.weight), lanes, 1])) {
      f.while(i32.ge_s(left, size), () => {
        block(0, size);
        pointers.advance(0, size);
        f.increment(left, -size);
      });
      if (scale % size === 0) break;
    }
  }
  function inside(level: number): void {
    enter(level, pointers);
    if (level === first) return range !== undefined && level === 0 ? part() : whole();
    if (range === undefined || level > 0) return pointers.loop(level, lengths[level]!, 1, () => inside(level + 1));
    f.for({ to: count() }, () => {
      inside(level + 1);
      pointers.advance(level, 1);
    });
  }
  inside(0);
}

/** How to traverse the levels from `first` on: `iterations` iterations of `step` indices each, and the remaining indices. */
type Traversal = { readonly first: number; readonly iterations: number; readonly step: number };

function planOf({ lengths, lanes, weight, range, acrossRows = true }: LoopNest): Traversal {
  const last = lengths.length - 1, n = lengths[last]!, unroll = unrollOf(weight);
  const vectors = Math.ceil(sizeOf(lengths) / lanes);
  if (range === undefined && vectors <= STRAIGHT_VECTORS && vectors * weight <= STRAIGHT) {
    return { first: 0, iterations: 0, step: 0 };
  }
  if (n % lanes !== 0 && n < (acrossRows ? SHORT : lanes) && last > 0 && (range === undefined || last > 1)) {
    // As many rows as it takes to fill vectors.
    const rows = lanes / greatestCommonDivisor(n, lanes), perBlock = rows * n / lanes;
    const step = rows * Math.max(1, Math.floor(unroll / perBlock));
    return turnsOf(last - 1, lengths[last - 1]!, step);
  }
  return n / lanes <= STRAIGHT_VECTORS / 2 && n / lanes * weight <= STRAIGHT
    ? { first: last, iterations: 0, step: 0 }
    : turnsOf(last, n, lanes * unroll);
}

function turnsOf(first: number, length: number, step: number): Traversal {
  const iterations = Math.floor(length / step);
  return iterations > 1 ? { first, iterations, step } : { first, iterations: 0, step: 0 };
}

function scaled(f: FunctionBuilder, index: Local<"i32">, scale: number): Local<"i32"> {
  return scale === 1 ? index : f.let(i32.mul(index, scale));
}

const greatestCommonDivisor = (a: number, b: number): number => b === 0 ? a : greatestCommonDivisor(b, a % b);

/** Splits `count` elements of the levels from `first` on, starting at element `from`, into vectors. */
function vectorsOf(
  { lengths, sources, lanes }: LoopNest,
  first: number,
  from: number,
  count: number,
): readonly VectorSpan[] {
  return Array.from({ length: Math.ceil(count / lanes) }, (_, v) => {
    const width = Math.min(lanes, count - v * lanes);
    return {
      count: width,
      offsets(source) {
        const strides = sources[source]!.strides, offsets: number[] = [];
        for (let lane = 0; lane < width; lane++) {
          offsets.push(offsetOf(from + v * lanes + lane, lengths, strides, first));
        }
        return offsets;
      },
    };
  });
}

/** Returns the offset of an element, given its number in row-major order among those of the levels from `first` on. */
function offsetOf(position: number, lengths: readonly number[], strides: readonly number[], first: number): number {
  let offset = 0, rest = position;
  for (let level = lengths.length - 1; level > first; level--) {
    offset += (rest % lengths[level]!) * strides[level]!;
    rest = Math.floor(rest / lengths[level]!);
  }
  return offset + rest * strides[first]!;
}
