/**
 * Threefry-2x32 in vector code: four counters in a vector. `blas/threefry.ts` defines it.
 *
 * @module
 */
import { PARITY, ROTATIONS } from "../../threefry.ts";
import { type Expression, i32, i32x4, i8x16, type Local, v128 } from "../../wasm/mod.ts";
import type { VectorCode } from "./vector_math.ts";
import type { Vector } from "../lane_instructions.ts";
import type { ConstantPool } from "./vector_math.ts";

/** The expanded key under which counters are hashed. */
export type KeySchedule = {
  /** The two words of the key in all lanes, and the third word, which is derived from them. */
  readonly words: readonly [Local<"v128">, Local<"v128">, Local<"v128">];
  /** The number that is added to the second word after each group of rounds. */
  readonly injections: readonly Local<"v128">[];
};

/** The number of groups of four rounds. */
const GROUPS = 5;

/** Expands a key. */
export function keySchedule(f: VectorCode, [high, low]: readonly [Local<"i32">, Local<"i32">]): KeySchedule {
  const third = f.let(i32.xor(i32.xor(high, low), PARITY)), words = [high, low, third] as const;
  const splat = (x: Expression<"i32">) => f.let(i32x4.splat(x));
  return {
    words: [splat(high), splat(low), splat(third)],
    injections: Array.from({ length: GROUPS }, (_, group) => splat(i32.add(words[(group + 2) % 3]!, group + 1))),
  };
}

/** Counters below 2^32, and the key under which they are hashed. */
export type Hash = { readonly schedule: KeySchedule; readonly counters: Vector };

/**
 * Hashes vectors of counters. Every step is emitted for all vectors before the next step, since each waits for the
 * previous one: eight vectors at a time are twice as fast as one.
 *
 * @param byteRotations If given, words are rotated by whole bytes with one instruction of relaxed SIMD.
 * @returns The two words of each hash.
 */
export function threefry(
  f: VectorCode,
  hashes: readonly Hash[],
  byteRotations?: ConstantPool,
): readonly (readonly [Vector, Vector])[] {
  let a: readonly Vector[] = hashes.map(({ schedule }) => schedule.words[0]);
  let b: readonly Vector[] = hashes.map(({ schedule, counters }) => f.let(i32x4.add(counters, schedule.words[1])));
  const addEach = (vectors: readonly Vector[], others: readonly Vector[]): readonly Vector[] =>
    vectors.map((v, k) => f.let(i32x4.add(v, others[k]!)));
  for (let group = 0; group < GROUPS; group++) {
    for (const rotation of ROTATIONS[group % 2]!) {
      const sums = addEach(a, b);
      a = sums;
      b = b.map((v, k) => f.let(v128.xor(rotated(v, rotation, byteRotations), sums[k]!)));
    }
    a = addEach(a, hashes.map(({ schedule }) => schedule.words[(group + 1) % 3]!));
    b = addEach(b, hashes.map(({ schedule }) => schedule.injections[group]!));
  }
  return a.map((high, k) => [high, b[k]!]);
}

/** Rotates words to the left. */
function rotated(words: Vector, by: number, byteRotations: ConstantPool | undefined): Vector {
  if (by % 8 !== 0 || byteRotations === undefined) return v128.or(i32x4.shl(words, by), i32x4.shr_u(words, 32 - by));
  const sources = Array.from({ length: 16 }, (_, byte) => (byte & ~3) + ((byte - by / 8) & 3));
  return i8x16.relaxed_swizzle(words, byteRotations.get(`rotation by ${by}`, () => i8x16.const(...sources)));
}
