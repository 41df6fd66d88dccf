/**
 * Sums in float64 beside those of tiles: summing many passes over a long axis in float32 would lose digits.
 *
 * @module
 */
import { shuffle } from "../../lane_instructions.ts";
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  type Local,
  memory,
  v128,
} from "../../../wasm/mod.ts";
import { repeat } from "./repeat.ts";

/**
 * How a tile stores its sums: it writes them, adds them to the numbers in memory, or adds them to float64 numbers in
 * memory.
 */
export type Accumulate = false | true | "wide";

/** The most passes whose sums are added in float32, and the most short ones. */
const NARROW_PASSES = 16, NARROW_SHORT_PASSES = 64;

/** Tells whether this many passes are summed in float64. */
export const isWide = (passes: number, bytes: number, areShort = false): boolean =>
  bytes === 4 && passes > (areShort ? NARROW_SHORT_PASSES : NARROW_PASSES);

/** Returns the bytes of an element that a tile writes, or adds to. */
export const elementBytes = (accumulate: Accumulate, bytes: number): number => accumulate === "wide" ? 8 : bytes;

/** Adds the first `count` lanes of float32 to float64 numbers that lie side by side. */
export function addWide(
  f: FunctionBuilder,
  count: number,
  address: Local<"i32">,
  value: Local<"v128">,
  offset: number,
): readonly Expression<"none">[] {
  function two(half: 0 | 1) {
    const lanes = half === 0 ? value : f.let(shuffle(value, value, [1, 1]));
    const at = offset + 16 * half;
    return v128.store(address, f64x2.add(v128.load(address, at), f64x2.promote_low_f32x4(lanes)), at);
  }
  if (count === 4) return [two(0), two(1)];
  const last = count - 1, one = () => addWideLane(address, value, last, offset + 8 * last);
  return count === 3 ? [two(0), one()] : count === 2 ? [two(0)] : [one()];
}

/** Adds one lane of float32 to a float64 number. */
export function addWideLane(
  address: Local<"i32">,
  value: Local<"v128">,
  lane: number,
  offset: number,
): Expression<"none"> {
  const number = f64.promote_f32(f32x4.extract_lane(value, lane));
  return f64.store(address, f64.add(f64.load(address, offset), number), offset);
}

/** Emits zeros in place of `count` float64 numbers. */
export function emitWideZeros(f: FunctionBuilder, address: Local<"i32">, count: number): void {
  f.do(memory.fill(address, 0, 8 * count));
}

/** Lines of numbers. */
type Lines = {
  readonly lines: number;
  /** The number of numbers in a line. */
  readonly length: number;
  /** The bytes between lines of the float32 numbers; the float64 numbers are contiguous. */
  readonly step: number;
};

/** Emits the rounding of float64 numbers to float32. */
export function emitNarrow(f: FunctionBuilder, from: Local<"i32">, to: Local<"i32">, given: Lines): void {
  const { lines, length, step } = given, source = f.let(from), line = f.let(to);
  if (step === 4 * length && lines > 1) return emitNarrow(f, from, to, { lines: 1, length: lines * length, step: 0 });
  repeat(f, lines, () => {
    narrowLine(f, source, line, length);
    f.increment(line, step);
  });
}

/** Emits the rounding of contiguous numbers; the first pointer moves to their end. */
function narrowLine(f: FunctionBuilder, source: Local<"i32">, to: Local<"i32">, count: number): void {
  const target = f.let(to), rest = count % 4;
  repeat(f, Math.floor(count / 4), () => {
    const [low, high] = [0, 16].map((at) => f.let(f32x4.demote_f64x2_zero(v128.load(source, at))));
    f.do(v128.store(target, shuffle(low!, high!, [0, 2])));
    f.increment(source, 32);
    f.increment(target, 16);
  });
  for (let i = 0; i < rest; i++) f.do(f32.store(target, f32.demote_f64(f64.load(source, 8 * i)), 4 * i));
  if (rest > 0) f.increment(source, 8 * rest);
}
