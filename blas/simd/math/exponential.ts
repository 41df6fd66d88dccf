/**
 * `exp`, `exp2` and `expm1`, and the parts of them that other functions use.
 *
 * `x = n log 2 + r` with whole `n` and `|r| <= log(2) / 2`; `exp(r) = 1 + r + r^2 q(r)`, where `q` is the polynomial of
 * least maximum error (Remez; `tests/fixtures/make_vector_math.py --coefficients exp`), and `exp(x) = 2^n exp(r)`.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { i32x4, v128 } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { type VectorMath, whenAny } from "./vector_math.ts";

/** `(exp(r) - 1 - r) / r^2`; the relative error of `exp(r) - 1` is below 2^-25.9 and 2^-55.4. */
const TAIL: { readonly [D in DType]: readonly number[] } = {
  float32: [0.5, 0.1666654348373413, 0.04166628420352936, 0.008366580121219158, 0.0013946419348940253],
  // deno-fmt-ignore: a table of coefficients, several in a line
  float64: [
    0.5000000000000006, 0.16666666666666685, 0.04166666666657403, 0.008333333333314532, 0.001388888893228135,
    0.00019841269903150572, 2.4801504536605446e-05, 2.755722785251675e-06, 2.7626297718526354e-07,
    2.5114503801201587e-08,
  ],
};

/** Up to this absolute value of `x`, `2^n` is a normal number. */
const ORDINARY: { readonly [D in DType]: number } = { float32: 87, float64: 708 };

/** Beyond these, `exp` is infinite or 0, and the exponents below would overflow. */
const RANGE: { readonly [D in DType]: readonly [low: number, high: number] } = {
  float32: [-104, 89],
  float64: [-746, 710],
};

/** Beyond these, `exp2` is 0 or infinite. */
const POWERS: { readonly [D in DType]: readonly [low: number, high: number] } = {
  float32: [-152, 129],
  float64: [-1077, 1025],
};

/** For `x` below `low`, `expm1` is -1; for `|x|` below `tiny`, it is `x`. */
const EXPM1: { readonly [D in DType]: readonly [low: number, tiny: number] } = /* @__PURE__ */ (() => ({
  float32: [-20, 2 ** -26],
  float64: [-40, 2 ** -55],
}))();

/** Clamps `x` to an interval; NaN stays. */
function clamp({ float, keep, constant }: VectorMath, x: Vector, low: number, high: number): Vector {
  return keep(float.pmax(float.pmin(x, constant(high)), constant(low)));
}

/** Returns `n`, `rounded` with `n` plus the bias in its lowest bits, `r`, and `high`, `r` before the last step. */
function reduce(math: VectorMath, x: Vector) {
  const { float, keep, constant, multiplyAdd, subtractProduct, format: { exponentRounder, log2Parts } } = math;
  const rounded = keep(multiplyAdd(x, constant(Math.LOG2E), constant(exponentRounder)));
  const n = keep(float.sub(rounded, constant(exponentRounder)));
  const high = keep(subtractProduct(x, n, constant(log2Parts[0])));
  return { rounded, n, high, r: keep(subtractProduct(high, n, constant(log2Parts[1]))) };
}

/** Returns `2^n`, if it is a normal number, from a vector with `n` plus the bias in its lowest bits. */
export function powerOfTwo({ integer, format: { fractionBits } }: VectorMath, biased: Vector): Vector {
  return integer.shl(biased, fractionBits);
}

/** Computes `exp(r)` for `|r| <= log(2) / 2`. */
function expSmall({ polynomial, dtype }: VectorMath, r: Vector): Vector {
  return polynomial(r, [1, 1, ...TAIL[dtype]]);
}

/** Computes `p * 2^n` in two steps; the first is exact, so subnormal results are rounded once. */
function scale(math: VectorMath, p: Vector, biased: Vector): Vector {
  const { float, keep, bits, format: { bias } } = math;
  // In both dtypes only the 32 lowest bits matter, and few machines have signed 64-bit shifts.
  const twice = keep(i32x4.add(biased, bits(BigInt(bias)))), half = keep(i32x4.shr_s(twice, 1));
  return float.mul(float.mul(p, powerOfTwo(math, half)), powerOfTwo(math, i32x4.sub(twice, half)));
}

/** Computes e to the power `x`. */
export function exp(math: VectorMath, x: Vector): Vector {
  const { f } = math, result = f.let(expBounded(math, x));
  whenAny(math, isExtreme(math, x), () => f.set(result, expOfSum(math, x)));
  return result;
}

/** Computes 2 to the power `x`: whole powers exactly. */
export function exp2(math: VectorMath, x: Vector): Vector {
  const { float, keep, constant, dtype, format: { exponentRounder } } = math, [low, high] = POWERS[dtype];
  const near = clamp(math, x, low, high), rounded = keep(float.add(near, constant(exponentRounder)));
  const rest = float.sub(near, float.sub(rounded, constant(exponentRounder)));
  return scale(math, expSmall(math, keep(float.mul(rest, constant(Math.LN2)))), rounded);
}

/** Computes `exp(x + correction)` for a correction far smaller than `x`; 0 or infinite if `x` is out of range. */
export function expOfSum(math: VectorMath, x: Vector, correction?: Vector): Vector {
  const { float, keep, constant, dtype } = math, [low, high] = RANGE[dtype];
  // A result of 0 is computed as exp(0) and cleared: arithmetic that underflows takes ten times as long.
  const tooSmall = keep(float.lt(x, constant(low)));
  const { rounded, r } = reduce(math, keep(v128.andnot(float.pmin(x, constant(high)), tooSmall)));
  const p = expSmall(math, correction === undefined ? r : keep(float.add(r, correction)));
  return v128.andnot(scale(math, p, rounded), tooSmall);
}

/** Computes `exp(x)` for `x` so near 0 (64 in float32, 512 in float64) that the power of two is a normal number. */
export function expBounded(math: VectorMath, x: Vector): Vector {
  const { rounded, r } = reduce(math, x);
  return math.float.mul(expSmall(math, r), powerOfTwo(math, rounded));
}

/** Computes the parts of `exp(x) = power (1 + rest)` for `x` as near 0 as for {@link expBounded}. */
export function expParts(math: VectorMath, x: Vector): { readonly power: Vector; readonly rest: Vector } {
  const { float, keep, multiplyAdd, polynomial, dtype } = math, { rounded, r } = reduce(math, x);
  const rest = keep(multiplyAdd(keep(float.mul(r, r)), polynomial(r, TAIL[dtype]), r));
  return { power: keep(powerOfTwo(math, rounded)), rest };
}

/** Returns the mask of lanes too large for {@link expBounded} and {@link expParts}: `2^n` is not a normal number. */
export function isExtreme({ float, constant, dtype }: VectorMath, x: Vector): Vector {
  return float.gt(float.abs(x), constant(ORDINARY[dtype]));
}

/**
 * Computes `exp(x) - 1` without cancellation as `(2^n - 1) + 2^n r + 2^n (r^2 q(r))`, with the rounding error of the
 * first sum. All terms are halved until the end, so that 2^1024 does not overflow.
 */
export function expm1(math: VectorMath, x: Vector): Vector {
  const { float, integer, keep, constant, bits, choose, multiplyAdd, subtractProduct, polynomial, dtype, format } =
    math;
  const { fractionBits, log2Parts } = format, [low, tiny] = EXPM1[dtype];
  const { rounded, n, high, r } = reduce(math, clamp(math, x, low, RANGE[dtype][1]));
  const lost = subtractProduct(float.sub(high, r), n, constant(log2Parts[1]));
  const tail = multiplyAdd(keep(float.mul(r, r)), polynomial(r, TAIL[dtype]), lost);
  const power = keep(integer.shl(integer.sub(rounded, bits(1n)), fractionBits));
  const whole = keep(float.sub(power, constant(0.5))), linear = keep(float.mul(power, r));
  const sum = keep(float.add(whole, linear)), rest = float.sub(linear, float.sub(sum, whole));
  const half = keep(float.add(sum, multiplyAdd(power, tail, rest)));
  return choose(float.lt(float.abs(x), constant(tiny)), x, float.add(half, half));
}
