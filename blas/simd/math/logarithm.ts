/**
 * `log` and `log1p`, and the splitting of numbers that `pow` uses too.
 *
 * `x = 2^k (1 + f)` with `1 + f` between sqrt(1/2) and sqrt(2); with `s = f / (2 + f)`, `log(1 + f) = 2 s + s z t(z)`,
 * `z = s^2`. Written as `f - (f^2 / 2 - s (f^2 / 2 + z t(z)))`, the largest term is exact (the form is that of W.
 * Kahan's and K. C. Ng's logarithms). `t` is the polynomial of least maximum error; `make_vector_math.py --coefficients
 * log`.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { type Local, v128 } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { type VectorMath, whenAny } from "./vector_math.ts";

/** `(log(1 + f) / s - 2) / z`; the relative error of the logarithm is below 2^-30 and 2^-58. */
const TAIL: { readonly [D in DType]: readonly number[] } = {
  float32: [0.6666666269302368, 0.4000033438205719, 0.2853730022907257, 0.23582395911216736],
  // deno-fmt-ignore: a table of coefficients, several in a line
  float64: [
    0.6666666666666734, 0.3999999999941539, 0.2857142874233869, 0.22222198570011958, 0.18183564829184412,
    0.15314030432171089, 0.1479621402661147,
  ],
};

/** The bits of sqrt(1/2). */
const ROOT_BITS: { readonly [D in DType]: bigint } = { float32: 0x3f3504f3n, float64: 0x3fe6a09e667f3bcdn };

/** The exponent of the power of two that makes a subnormal number normal. */
const LIFT: { readonly [D in DType]: number } = { float32: 25, float64: 54 };

/** Splits positive normal numbers into `2^k * m`, `m` between sqrt(1/2) and sqrt(2); others give undefined results. */
export function split(math: VectorMath, x: Vector): { readonly k: Vector; readonly m: Vector } {
  const { float, integer, keep, constant, bits, dtype, format: { fractionBits, bias } } = math;
  const width = BigInt(fractionBits), one = BigInt(bias) << width;
  const biased = keep(integer.shr_u(integer.add(x, bits(one - ROOT_BITS[dtype])), fractionBits));
  const asFloat = v128.or(biased, constant(2 ** fractionBits));
  return {
    k: keep(float.sub(asFloat, constant(2 ** fractionBits + bias))),
    m: keep(integer.add(integer.sub(x, integer.shl(biased, fractionBits)), bits(one))),
  };
}

/** Splits numbers like {@link split}, including subnormal ones. */
export function splitAny(math: VectorMath, x: Vector): { readonly k: Vector; readonly m: Vector } {
  const { f, float, keep, constant, choose, dtype, format } = math, lift = LIFT[dtype];
  const lifted = f.let(x), extra = f.let(constant(0)), small = keep(float.lt(x, constant(format.minNormal)));
  whenAny(math, small, () => {
    f.set(lifted, choose(small, float.mul(x, constant(2 ** lift)), x));
    f.set(extra, v128.and(small, constant(lift)));
  });
  const { k, m } = split(math, lifted);
  return { k: keep(float.sub(k, extra)), m };
}

/** Computes `k log 2 + log(1 + f) + correction` for a correction far smaller than the rest. */
function assemble(math: VectorMath, k: Vector, f: Vector, correction?: Vector): Vector {
  const { float, keep, constant, multiplyAdd, polynomial, dtype, format: { log2Parts } } = math;
  const s = keep(float.div(f, float.add(f, constant(2)))), z = keep(float.mul(s, s));
  const halfSquare = keep(float.mul(float.mul(f, constant(0.5)), f));
  const low = correction === undefined
    ? float.mul(k, constant(log2Parts[1]))
    : multiplyAdd(k, constant(log2Parts[1]), correction);
  const tail = keep(float.add(halfSquare, float.mul(z, polynomial(z, TAIL[dtype]))));
  const rest = float.sub(float.sub(halfSquare, multiplyAdd(s, tail, low)), f);
  return float.sub(float.mul(k, constant(log2Parts[0])), rest);
}

/** Computes the natural logarithm. */
export function log(math: VectorMath, x: Vector): Vector {
  const { f, float, keep, constant, format: { minNormal } } = math, one = constant(1);
  const { k, m } = split(math, x), result = f.let(assemble(math, k, keep(float.sub(m, one))));
  const regular = v128.and(float.ge(x, constant(minNormal)), float.lt(x, constant(Infinity)));
  whenAny(math, v128.not(regular), () => {
    const { k, m } = splitAny(math, x);
    f.set(result, assemble(math, k, keep(float.sub(m, one))));
    setSpecialCases(math, x, 0, result);
  });
  return result;
}

/** Sets the result to -Infinity at `zero`, to Infinity at Infinity, and to NaN below `zero`. */
function setSpecialCases(
  { f, float, constant, choose }: VectorMath,
  x: Vector,
  zero: number,
  result: Local<"v128">,
): void {
  f.set(result, choose(float.eq(x, constant(zero)), constant(-Infinity), result));
  f.set(result, choose(float.eq(x, constant(Infinity)), x, result));
  f.set(result, choose(float.ge(x, constant(zero)), result, constant(NaN)));
}

/** Computes `log(1 + x)`: the logarithm of the rounded sum `1 + x`, plus the rounding error divided by the sum. */
export function log1p(math: VectorMath, x: Vector): Vector {
  const { f, float, keep, constant, choose, dtype } = math;
  const one = constant(1), sum = keep(float.add(x, one));
  const large = float.gt(sum, constant(2)),
    lost = choose(
      large,
      float.sub(one, float.sub(sum, x)),
      float.sub(x, float.sub(sum, one)),
    );
  const { k, m } = split(math, sum), near = keep(float.eq(k, constant(0)));
  const fraction = keep(choose(near, x, float.sub(m, one)));
  const correction = keep(v128.andnot(float.div(lost, sum), near));
  const tiny = float.lt(float.abs(x), constant(2 ** -LIFT[dtype]));
  const result = f.let(choose(tiny, x, assemble(math, k, fraction, correction)));
  const regular = v128.and(float.gt(x, constant(-1)), float.lt(x, constant(Infinity)));
  whenAny(math, v128.not(regular), () => setSpecialCases(math, x, -1, result));
  return result;
}
