/**
 * The inverse error function in vector code, with the same bits as `blas/scalar/erf_inverse.ts`.
 *
 * @module
 */
import { CENTRAL, FAR, FAR32, NEAR, NEAR32, type Rational } from "../../scalar/erf_inverse.ts";
import { LOG2_HIGH, LOG2_LOW, LOG_TAIL } from "../../scalar/logarithm.ts";
import { f32x4, f64x2, i32x4, i64x2, type Local, v128 } from "../../wasm/mod.ts";
import { hasFusedMultiplyAdd } from "../features.ts";
import { shuffle, type Vector } from "../lane_instructions.ts";
import { split } from "./logarithm.ts";
import type { VectorFunctions } from "./vector_functions.ts";
import { type VectorMath, vectorMathOf, whenAny } from "./vector_math.ts";

/** The instructions for float64. */
const widened = (math: VectorMath): VectorMath => vectorMathOf({ ...math, dtype: "float64" });

/** Converts vectors of float32 to float64: first the lower two lanes of each, then the upper two. */
const promoted = ({ keep }: VectorMath, vectors: readonly Vector[]): readonly Vector[] =>
  vectors.flatMap((x) => [
    keep(f64x2.promote_low_f32x4(x)),
    keep(f64x2.promote_low_f32x4(shuffle(x, x, [2, 3, 2, 3]))),
  ]);

/** Converts such vectors of float64 back to float32. */
const demoted = ({ keep }: VectorMath, halves: readonly Vector[]): readonly Vector[] =>
  halves.flatMap((low, k) =>
    k % 2 === 0
      ? [keep(shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(halves[k + 1]!), [0, 1, 4, 5]))]
      : []
  );

/**
 * Computes the inverse error function of float32 lanes strictly between -1 and 1. Every step is emitted for all vectors before
 * the next one, since each waits for the one before it.
 */
export function erfInverse32(math: VectorMath, xs: readonly Vector[]): readonly Local<"v128">[] {
  const { f, keep, constant, choose } = math, wide = widened(math);
  const ws = negatedLogs(math, wide, xs.map((x) => keep(f32x4.mul(x, x))));
  const near = polynomial32(math, wide, ws.map((w) => keep(f32x4.sub(w, constant(2.5)))), NEAR32);
  return near.map((slope, k) => {
    const x = xs[k]!, w = ws[k]!, result = f.let(f32x4.mul(slope, x)), far = keep(f32x4.ge(w, constant(5)));
    whenAny(math, far, () => {
      const [slope] = polynomial32(math, wide, [keep(f32x4.sub(f32x4.sqrt(w), constant(3)))], FAR32);
      f.set(result, choose(far, f32x4.mul(slope!, x), result));
    });
    return result;
  });
}

/**
 * Computes a polynomial, highest power first, that is rounded to float32 once at every step. Where multiply-add rounds
 * more than once, the steps are computed in float64, in which the product of two float32 is exact. There the sum is
 * rounded twice, which makes no difference for any number that a draw starts from: a test tries them all.
 */
function polynomial32(
  math: VectorMath,
  wide: VectorMath,
  vectors: readonly Vector[],
  coefficients: readonly number[],
): readonly Vector[] {
  const [first, ...others] = coefficients as [number, ...number[]]; // at least one
  if (math.relaxed && hasFusedMultiplyAdd()) {
    return others.reduce<readonly Vector[]>(
      (sums, c) => sums.map((sum, k) => math.keep(math.multiplyAdd(sum, vectors[k]!, math.constant(c)))),
      vectors.map(() => math.constant(first)),
    );
  }
  const halves = promoted(math, vectors),
    sums = others.reduce<readonly Vector[]>((sums, c, k) => {
      const next = sums.map((sum, i) => wide.keep(wide.multiplyAdd(sum, halves[i]!, wide.constant(c))));
      return k === others.length - 1 ? next : next.map((sum) => wide.keep(roundedTo32(wide, sum)));
    }, halves.map(() => wide.constant(first)));
  return demoted(math, sums);
}

/** The bits of float64's fraction that float32 lacks. */
const LACKING = 29n;

/** Rounds float64 lanes to float32's precision; ties are rounded away from 0. */
const roundedTo32 = ({ bits }: VectorMath, x: Vector): Vector =>
  v128.and(i64x2.add(x, bits(1n << LACKING - 1n)), bits(-(1n << LACKING)));

/** `(log(m) / s - 2) / s^2` in `s^2`, where `s = (m - 1) / (m + 1)`: `make_vector_math.py --coefficients log of normal numbers`. */
// deno-fmt-ignore
const LOG_TAIL32 = [
  0.6666666666658735, 0.400000000522505, 0.28571417128721954, 0.22223372011536746, 0.18123625565447102,
  0.1682008918613037,
];

/** The bits of the root of one half in float32. */
const ROOT_BITS = 0x3f3504f3;

/**
 * Computes `-log(1 - x)` for float32 lanes in [0, 1): in float64, so accurately that rounding it to float32 gives the
 * nearest number. `1 - x = 2^k m`, where `k` can be taken from the difference in float32.
 */
function negatedLogs(math: VectorMath, wide: VectorMath, xs: readonly Vector[]): readonly Vector[] {
  const { keep, constant, bits } = math, { multiplyAdd } = wide, zero = bits(0n);
  const exponents = xs.map((x) => {
    const rest = f32x4.sub(constant(1), x);
    return keep(i32x4.shr_s(i32x4.sub(rest, bits(BigInt(ROOT_BITS))), 23));
  });
  const ks = exponents.flatMap((k) =>
    [k, shuffle(k, k, [2, 3, 2, 3])].map((own) => keep(f64x2.convert_low_i32x4_s(own)))
  );
  const shifts = exponents.flatMap((k) => {
    const shifted = keep(i32x4.shl(k, 20));
    return [[0, 4, 1, 5], [2, 6, 3, 7]].map((lanes) => keep(shuffle(zero, shifted, lanes)));
  });
  const ms = promoted(math, xs).map((x, i) => keep(i64x2.sub(f64x2.sub(wide.constant(1), x), shifts[i]!)));
  const ss = ms.map((m) => keep(f64x2.div(f64x2.sub(wide.constant(1), m), f64x2.add(m, wide.constant(1)))));
  const zs = ss.map((s) => keep(f64x2.mul(s, s))), coefficients = [2, ...LOG_TAIL32];
  const tails = coefficients.slice(0, -1).reduceRight<readonly Vector[]>(
    (sums, c) => sums.map((sum, i) => keep(multiplyAdd(sum, zs[i]!, wide.constant(c)))),
    zs.map(() => wide.constant(coefficients.at(-1)!)),
  );
  return demoted(math, ks.map((k, i) => keep(multiplyAdd(k, wide.constant(-Math.LN2), f64x2.mul(ss[i]!, tails[i]!)))));
}

/**
 * Computes the inverse error function of float64 lanes strictly between -1 and 1. Multiply-add is not used: each step
 * is rounded as in the scalar function. Both branches are computed for all vectors, since few vectors need only one.
 */
export function erfInverse64(math: VectorMath, xs: readonly Vector[]): readonly Local<"v128">[] {
  const { f, keep, constant, choose } = math, sizes = xs.map((x) => keep(f64x2.abs(x)));
  const squares = xs.map((x) => keep(f64x2.sub(constant(0.5625), f64x2.mul(x, x))));
  const excesses = rationals(math, squares, CENTRAL);
  const centrals = xs.map((x, k) => keep(f64x2.add(x, f64x2.mul(x, excesses[k]!))));
  const logs = logarithms(math, sizes.map((size) => keep(f64x2.sub(constant(1), size))));
  const rs = logs.map((log) => keep(f64x2.sqrt(f64x2.neg(log))));
  return rationals(math, rs, NEAR).map((near, k) => {
    const x = xs[k]!, r = rs[k]!, shortfall = f.let(near), far = keep(f64x2.ge(r, constant(3)));
    whenAny(math, far, () => f.set(shortfall, choose(far, rationals(math, [r], FAR)[0]!, shortfall)));
    const outer = v128.or(f64x2.sub(r, f64x2.mul(r, shortfall)), v128.and(x, constant(-0)));
    return f.let(choose(keep(f64x2.gt(sizes[k]!, constant(0.75))), outer, centrals[k]!));
  });
}

function rationals(math: VectorMath, xs: readonly Vector[], { numerator, denominator }: Rational): readonly Vector[] {
  const upper = horner(math, xs, numerator), lower = horner(math, xs, denominator);
  return upper.map((value, k) => math.keep(f64x2.div(value, lower[k]!)));
}

/** Computes a polynomial, lowest power first, rounded after products and sums. */
const horner = ({ keep, constant }: VectorMath, xs: readonly Vector[], coefficients: readonly number[]) =>
  coefficients.slice(0, -1).reduceRight<readonly Vector[]>(
    (sums, c) => sums.map((sum, k) => keep(f64x2.add(constant(c), f64x2.mul(xs[k]!, sum)))),
    xs.map(() => constant(coefficients.at(-1)!)),
  );

/** Computes the logarithms of normal numbers, with the steps of `blas/scalar/logarithm.ts`. */
function logarithms(math: VectorMath, xs: readonly Vector[]): readonly Vector[] {
  const { keep, constant } = math, parts = xs.map((x) => split(math, x));
  const fs = parts.map(({ m }) => keep(f64x2.sub(m, constant(1))));
  const ss = fs.map((f) => keep(f64x2.div(f, f64x2.add(constant(2), f))));
  const zs = ss.map((s) => keep(f64x2.mul(s, s))), tails = horner(math, zs, LOG_TAIL);
  return parts.map(({ k }, i) => {
    const f = fs[i]!, half = keep(f64x2.mul(f64x2.mul(constant(0.5), f), f)), tail = f64x2.mul(zs[i]!, tails[i]!);
    const correction = f64x2.add(f64x2.mul(ss[i]!, f64x2.add(half, tail)), f64x2.mul(k, constant(LOG2_LOW)));
    return keep(f64x2.sub(f64x2.mul(k, constant(LOG2_HIGH)), f64x2.sub(f64x2.sub(half, correction), f)));
  });
}

/** The functions of both dtypes. */
export const ERF_INVERSES: NonNullable<VectorFunctions["erfInverse"]> = {
  float32: erfInverse32,
  float64: erfInverse64,
};
