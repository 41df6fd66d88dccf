/**
 * Reductions as WebAssembly functions: an expression computed for every element, and joined along axes as it is computed.
 *
 * Sums are added in blocks: a bounded number in each lane, in the operands' precision, then in float64. Products are taken in
 * float64. The order depends on the shape and the strides alone, so the same numbers always give the same result.
 *
 * @module
 */
import { IDENTITY } from "../../reduction.ts";
import { constantScalar } from "../../scalar/scalar.ts";
import { reducedShape, sizeOf } from "../../shape.ts";
import type { Vector } from "../lane_instructions.ts";
import { type Callable, i32x4, type ModuleBuilder, v128 } from "../../wasm/mod.ts";
import { emitLoop } from "./loop_function.ts";
import { type Known, type Offsets, type ReduceCode, reduceCode, type ReduceSpec } from "./reduce_code.ts";

export type { ReduceSpec } from "./reduce_code.ts";

/** Builds the function that computes a reduction; it has no parameters. */
export function buildReduce(m: ModuleBuilder, spec: ReduceSpec): Callable<"none"> {
  return m.function({ parameters: {} }, (f) => {
    const { loop: { shape }, axes, reduction, result } = spec;
    if (sizeOf(shape) === 0) {
      const loop = {
        shape: reducedShape(shape, axes),
        operands: [],
        expressions: [constantScalar(IDENTITY[reduction])],
      };
      return emitLoop(f, { ...spec, loop, results: [result] });
    }
    const code = reduceCode(f, spec);
    (code.byRows ? reduceRows : reduceColumns)(code);
  });
}

/** Instructions in straight code, at most, where a loop would do as well; and vectors. */
const STRAIGHT = 128, STRAIGHT_VECTORS = 16;

const isStraight = (vectors: number, weight: number): boolean =>
  vectors <= STRAIGHT_VECTORS && vectors * weight <= STRAIGHT;

const ORIGIN: Offsets = () => [0];

/** Each number of the result from vectors along the innermost level. */
function reduceRows(code: ReduceCode): void {
  const { math, reduction, lanes, lengths, kept, weight, pointers, along, vector, store } = code;
  const last = lengths.length - 1, n = lengths[last]!, vectors = Math.ceil(n / lanes);
  const ways = Math.min(vectors, weight <= 8 ? 8 : weight <= 16 ? 4 : 2), step = ways * lanes;
  const turns = isStraight(vectors, weight) ? 0 : Math.floor(n / step), done = turns * step;
  const perRegister = turns + Math.ceil(Math.ceil((n - done) / lanes) / ways);
  const uniform = code.hoisted(-1, -1, ORIGIN, new Map());
  const accumulator = code.accumulator(ways, perRegister);
  const row = () => {
    const known = code.hoisted(0, kept - 1, ORIGIN, uniform);
    const absorb = (from: number, to: number) => {
      for (let i = from, v = 0; i < to; i += lanes, v++) {
        const count = Math.min(lanes, to - i), x = vector(along(last, i, count), known);
        accumulator.absorb(count === lanes ? x : filledUp(code, x, count), v % ways);
      }
    };
    code.reduceLevels([accumulator], {
      turns,
      step,
      perRegister,
      turn: () => absorb(0, step),
      rest: () => absorb(done, n),
    });
    store(accumulator.lowest(), 0, 1);
  };
  const inside = (level: number): void =>
    level === kept ? row() : pointers.loop(level, lengths[level]!, 1, () => inside(level + 1));
  inside(0);

  function filledUp({ bytes }: ReduceCode, x: Vector, count: number): Vector {
    const inside = i32x4.const(...[0, 1, 2, 3].map((lane) => lane * 4 < count * bytes ? -1 : 0));
    const mask = math.f.constant(inside);
    return reduction === "sum" ? v128.and(x, mask) : v128.bitselect(x, math.constant(IDENTITY[reduction]), mask);
  }
}

/** Several numbers of the result at a time, side by side in vectors. */
function reduceColumns(code: ReduceCode): void {
  const { lanes, lengths, kept, weight, pointers, along, vector, store } = code;
  const level = kept - 1, last = lengths.length - 1, n = lengths[level]!, rows = lengths[last]!;
  const widest = Math.min(Math.ceil(n / lanes), weight <= 16 ? 4 : 2) * lanes;
  const uniform = code.hoisted(-1, -1, ORIGIN, new Map());
  const columns = (first: number, width: number) => {
    const vectors = Math.ceil(width / lanes), ways = Math.min(rows, Math.max(1, Math.floor(4 / vectors)));
    const turns = isStraight(rows * vectors, weight) ? 0 : Math.floor(rows / ways), done = turns * ways;
    const perRegister = turns + Math.ceil((rows - done) / ways);
    const sides = Array.from({ length: vectors }, (_, v) => {
      const from = first + v * lanes, count = Math.min(lanes, first + width - from);
      const here = along(level, from, count);
      const known: Known = code.hoisted(0, level, here, uniform);
      return { from, count, here, known, accumulator: code.accumulator(ways, perRegister) };
    });
    const absorb = (from: number, to: number) => {
      for (let row = from; row < to; row++) {
        for (const { here, known, accumulator } of sides) {
          const offsets: Offsets = (source) => {
            const [down] = along(last, row, 1)(source) as [number];
            return here(source).map((offset) => offset + down);
          };
          accumulator.absorb(vector(offsets, known), (row - from) % ways);
        }
      }
    };
    code.reduceLevels(sides.map(({ accumulator }) => accumulator), {
      turns,
      step: ways,
      perRegister,
      turn: () => absorb(0, ways),
      rest: () => absorb(done, rows),
    });
    for (const { from, count, accumulator } of sides) store(accumulator.lanes(), from * code.bytes, count);
  };
  const blocks = Math.floor(n / widest), looped = blocks > 1 ? blocks : 0;
  const across = () => {
    pointers.loop(level, looped, widest, () => columns(0, widest));
    for (let done = looped * widest; done < n; done += widest) columns(done, Math.min(widest, n - done));
  };
  const inside = (at: number): void =>
    at === level ? across() : pointers.loop(at, lengths[at]!, 1, () => inside(at + 1));
  inside(0);
}
