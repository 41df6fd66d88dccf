/**
 * Indices as byte offsets: numbers are rounded, clamped to an axis, and multiplied by its step.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { IndexRange } from "../../program/operations/check_indices.ts";
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i32x4,
  i8x16,
  type Local,
  v128,
} from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";

/** The axis that indices refer to. */
export type IndexedAxis = {
  /** Its length, at least 1. */
  readonly length: number;
  /** The distance between neighbours, in bytes. */
  readonly step: number;
  /** Whether indices are known to be whole numbers within the axis. */
  readonly checked: boolean;
};

/**
 * For axes up to these lengths, adding this power of two to a number leaves its rounded value in the lowest bits,
 * because no bits remain for a fraction.
 */
const SHORT = 0x80_0000, ONES = { float32: 0x80_0000, float64: 0x10_0000_0000_0000 } as const; // 2^23, 2^52

/** Converts a vector of indices of a dtype to byte offsets, 32-bit integers in the lowest lanes. */
export function offsetsOf(dtype: DType, indices: Vector, { length, step, checked }: IndexedAxis): Vector {
  const highest = length - 1;
  if (checked && length <= SHORT) {
    const shifted = dtype === "float32"
      ? f32x4.add(indices, f32x4.const(ONES.float32))
      : inLowLanes(f64x2.add(indices, f64x2.const(ONES.float64)));
    return stepped(v128.and(shifted, i32x4.const(SHORT - 1)), step);
  }
  // Negative numbers saturate to negative integers, and NaN is 0.
  const whole = dtype === "float32"
    ? i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(indices, f32x4.const(0.5))))
    : i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(f64x2.add(indices, f64x2.const(0.5))));
  const inside = i32x4.min_s(i32x4.max_s(whole, i32x4.const(0)), i32x4.const(highest));
  return stepped(inside, step);
}

/** Numbers read as indices. */
export type CheckedOffsets = {
  /** Byte offsets within the axis, 32-bit integers in the lowest lanes, whatever the numbers are. */
  readonly offsets: Vector;
  /** A vector whose bits are all set in lanes that hold indices, and in unused lanes. */
  readonly valid: Vector;
};

/**
 * Converts numbers that may not be indices to byte offsets. A number is whole if it equals itself truncated; other
 * numbers and NaN may become any integer.
 *
 * @param negative Whether numbers below 0 count from the end.
 */
export function checkedOffsetsOf(
  f: FunctionBuilder,
  { dtype, relaxed }: { readonly dtype: DType; readonly relaxed: boolean },
  x: Vector,
  { length, step }: Pick<IndexedAxis, "length" | "step">,
  { count, negative }: Pick<IndexRange, "count" | "negative">,
): CheckedOffsets {
  const whole = f.let(truncated(dtype, relaxed, x));
  const same = dtype === "float32"
    ? f32x4.eq(f32x4.convert_i32x4_s(whole), x)
    : f64x2.eq(f64x2.convert_low_i32x4_s(whole), x);
  const below = v128.and(i32x4.shr_s(whole, 31), i32x4.const(count));
  // Read as unsigned, numbers below 0 are large.
  const index = negative ? f.let(i32x4.add(whole, below)) : whole;
  const inside = f.let(i32x4.min_u(index, i32x4.const(Math.min(count, length) - 1)));
  return { offsets: stepped(inside, step), valid: v128.and(same, i32x4.eq(inside, index)) };
}

/** Truncates numbers to integers, two float64 to the lowest lanes; with relaxed SIMD, in one instruction. */
function truncated(dtype: DType, relaxed: boolean, x: Vector): Vector {
  if (dtype === "float32") return relaxed ? i32x4.relaxed_trunc_f32x4_s(x) : i32x4.trunc_sat_f32x4_s(x);
  return relaxed ? i32x4.relaxed_trunc_f64x2_s_zero(x) : i32x4.trunc_sat_f64x2_s_zero(x);
}

/** Returns the lower halves of 64-bit lanes, side by side. */
const inLowLanes = (v: Vector): Vector => i8x16.shuffle(v, v, [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);

function stepped(indices: Vector, step: number): Vector {
  const shift = Math.log2(step);
  return Number.isInteger(shift) ? i32x4.shl(indices, shift) : i32x4.mul(indices, i32x4.const(step));
}

/** Converts the index at an address to a byte offset. */
export function offsetAt(
  f: FunctionBuilder,
  dtype: DType,
  address: Expression<"i32"> | number,
  offset: number,
  axis: IndexedAxis,
): Local<"i32"> {
  const vector = dtype === "float32" ? f32x4.splat(f32.load(address, offset)) : f64x2.splat(f64.load(address, offset));
  return f.let(i32x4.extract_lane(offsetsOf(dtype, vector, axis), 0));
}
