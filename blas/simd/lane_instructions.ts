/**
 * Instructions under common names for both dtypes, so that a kernel is written once: vectors of four float32 or two
 * float64, and scalars.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  type InstructionFunction,
  type Local,
  type Operand,
  v128,
} from "../wasm/mod.ts";

/** A vector of 128 bits. */
export type Vector = Expression<"v128">;

/** A scalar of the dtype, `f32` or `f64`. */
export type Float = Expression<"f32" | "f64">;

type FloatOperand = Operand<"f32" | "f64">;

/** The instructions that `f32x4` and `f64x2` share. Methods, since their parameters may be narrower than declared. */
export type VectorInstructions = {
  const(value: number): Vector;
  splat(x: FloatOperand): Vector;
  extract_lane(v: Vector, lane: number): Float;
  add(a: Vector, b: Vector): Vector;
  sub(a: Vector, b: Vector): Vector;
  mul(a: Vector, b: Vector): Vector;
  abs(a: Vector): Vector;
  max(a: Vector, b: Vector): Vector;
};

/** The instructions that `f32` and `f64` share. */
export type ScalarInstructions = {
  load(address: Operand<"i32">, offset?: number): Float;
  store(address: Operand<"i32">, x: FloatOperand, offset?: number): Expression<"none">;
  add(a: FloatOperand, b: FloatOperand): Float;
  mul(a: FloatOperand, b: FloatOperand): Float;
  abs(a: FloatOperand): Float;
  max(a: FloatOperand, b: FloatOperand): Float;
  eq(a: FloatOperand, b: FloatOperand): Expression<"i32">;
  ne(a: FloatOperand, b: FloatOperand): Expression<"i32">;
};

/** The instructions of one dtype. */
export type LaneInstructions = {
  readonly dtype: DType;
  /** The WebAssembly type of a scalar. */
  readonly type: "f32" | "f64";
  /** Bytes of a scalar. */
  readonly bytes: number;
  /** Scalars in a vector. */
  readonly count: number;
  readonly vector: VectorInstructions;
  readonly scalar: ScalarInstructions;
  /** Computes `a * b + c`, rounded once if kernels use fused multiply-add, otherwise twice. */
  multiplyAdd(a: Vector, b: Vector, c: Vector): Vector;
  /** The same for vectors of float64 whose elements were float32: their product is exact, so that it is the same either way. */
  multiplyAddWidened(a: Vector, b: Vector, c: Vector): Vector;
  /** Loads one scalar into all lanes. */
  readonly loadSplat: InstructionFunction<"v128.load32_splat">;
  /** Stores one lane. */
  readonly storeLane: InstructionFunction<"v128.store32_lane">;
  /** Returns `[a0, b0, a1, b1, …]` in two vectors. */
  interleave(a: Vector, b: Vector): readonly [Vector, Vector];
};

/** Returns a vector of the numbered lanes: the lanes of `a` count from 0, those of `b` follow. */
export function shuffle(a: Vector, b: Vector, lanes: readonly number[]): Vector {
  let key = lanes.length;
  for (let i = 0; i < lanes.length; i++) key = 8 * key + lanes[i]!; // no lane is above 7
  return i8x16.shuffle(a, b, SHUFFLES[key] ??= bytesOfLanes(lanes));
}

/** The bytes of shuffles by the number and the numbers of their lanes, which take longer to write than to look up. */
const SHUFFLES: { [lanes: number]: readonly number[] } = {};

function bytesOfLanes(lanes: readonly number[]): readonly number[] {
  const width = 16 / lanes.length, bytes: number[] = [];
  for (const lane of lanes) for (let byte = 0; byte < width; byte++) bytes.push(lane * width + byte);
  return bytes;
}

/** Returns the function that interleaves vectors, given the lanes of its results. */
function interleaving(first: readonly number[], second: readonly number[]): LaneInstructions["interleave"] {
  const low = bytesOfLanes(first), high = bytesOfLanes(second);
  return (a, b) => [i8x16.shuffle(a, b, low), i8x16.shuffle(a, b, high)];
}

/** Two float64 lanes with the sum of all lanes between them. */
export function widened({ dtype }: LaneInstructions, v: Local<"v128">): Vector {
  if (dtype === "float64") return v;
  return f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(shuffle(v, v, [1, 1])));
}

/** A scalar as float64. */
export const wide = (x: Float): Expression<"f64"> =>
  // The type of the expression is what its field says.
  x.type === "f32" ? f64.promote_f32(x as Expression<"f32">) : x as Expression<"f64">;

/**
 * Returns the instructions of a dtype.
 *
 * @param dtype The element type.
 * @param fused Whether to multiply and add in one instruction of relaxed SIMD.
 */
export function laneInstructionsOf(dtype: DType, fused: boolean): LaneInstructions {
  const bytes = BYTES_PER_ELEMENT[dtype], vector = FLOAT_VECTORS[dtype];
  const adding = ({ add, mul, relaxed_madd }: typeof vector): LaneInstructions["multiplyAdd"] =>
    fused ? relaxed_madd : (a, b, c) => add(mul(a, b), c);
  return {
    dtype,
    bytes,
    count: 16 / bytes,
    vector,
    multiplyAdd: adding(vector),
    multiplyAddWidened: adding(f64x2),
    ...OWN[dtype],
  };
}

/** The vector instructions of each dtype. */
export const FLOAT_VECTORS: { readonly [D in DType]: typeof f32x4 | typeof f64x2 } = { float32: f32x4, float64: f64x2 };

/** The rotations, in bytes, that reduce all lanes of a vector if it is combined with each rotation in turn. */
export const ROTATIONS: { readonly [D in DType]: readonly (4 | 8)[] } = { float32: [8, 4], float64: [8] };

/** The instructions that differ between dtypes. */
const OWN: {
  readonly [D in DType]: Pick<LaneInstructions, "type" | "scalar" | "loadSplat" | "storeLane" | "interleave">;
} = /* @__PURE__ */ (() => ({
  float32: {
    type: "f32",
    scalar: f32,
    loadSplat: v128.load32_splat,
    storeLane: v128.store32_lane,
    interleave: interleaving([0, 4, 1, 5], [2, 6, 3, 7]),
  },
  float64: {
    type: "f64",
    scalar: f64,
    loadSplat: v128.load64_splat,
    storeLane: v128.store64_lane,
    interleave: interleaving([0, 2], [1, 3]),
  },
}))();
