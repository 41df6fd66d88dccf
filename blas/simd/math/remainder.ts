/**
 * The remainder in vector code.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { v128 } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { signBit, throughFloat64, type VectorMath, whenAny } from "./vector_math.ts";

/** 2^27 + 1: multiplying by it splits a float64 into halves of 26 bits. */
const SPLITTER = 0x800_0001; // 2^27 + 1

/** Computes the remainder of a division, with the sign of the divisor. */
export function remainder(math: VectorMath, x: Vector, y: Vector): Vector {
  return REMAINDERS[math.dtype](math, x, y);
}

/** Products with whole numbers below this of float32 divisors, in float64, are exact. */
const EXACT_PRODUCTS = 0x1000_0000; // 2^28

const REMAINDERS: { readonly [D in DType]: (math: VectorMath, x: Vector, y: Vector) => Vector } = {
  float32: (math, x, y) => throughFloat64(math, [x, y], (wide, [x, y]) => exactRemainder(wide, x!, y!, EXACT_PRODUCTS)),
  float64: (math, x, y) => exactRemainder(math, x, y),
};

/**
 * Subtracts multiples of the divisor, without rounding, until what is left is smaller than it. One subtraction is enough for
 * quotients below 2^53, and each removes as many bits. The sum of what is left and the divisor, if their signs differ, is rounded
 * as in Python. Exact for all numbers: those that are too small or too large to be split are multiplied by a power of two first,
 * and quotients that are too large are taken of a multiple of the divisor.
 *
 * The product of quotient and divisor is a sum of two numbers: T. Dekker, A floating-point technique for extending the available
 * precision, 1971.
 *
 * @param exact Quotients below this have an exact product with the divisor, so that the first subtraction needs no second number.
 */
function exactRemainder(math: VectorMath, x: Vector, y: Vector, exact = 0): Vector {
  const { f, float, keep, constant, choose } = math, zero = constant(0);
  function halves(v: Vector) {
    const scaled = keep(float.mul(v, constant(SPLITTER))), high = keep(float.sub(scaled, float.sub(scaled, v)));
    return { high, low: keep(float.sub(v, high)) };
  }
  const size = keep(float.abs(y));
  const regular = keep(v128.and(float.lt(float.abs(x), constant(Infinity)), float.gt(size, zero)));
  const wide = exact === 0, isSmall = () => float.lt(size, constant(2 ** -700));
  // Of float32, all numbers and quotients are moderate.
  const unit = wide
    ? keep(choose(
      float.gt(size, constant(2 ** 900)),
      constant(2 ** -200),
      choose(keep(v128.and(isSmall(), float.lt(float.abs(x), constant(2 ** 700)))), constant(2 ** 300), constant(1)),
    ))
    : constant(1);
  const scaled = (v: Vector): Vector => wide ? keep(float.mul(v, unit)) : v;
  const divisor = scaled(y), limit = wide ? keep(float.abs(divisor)) : size;
  const rest = f.let(scaled(x));
  if (exact > 0) {
    const n = keep(float.nearest(float.div(x, y))), isFinite = float.lt(size, constant(Infinity));
    const isExact = v128.and(v128.and(regular, isFinite), float.lt(float.abs(n), constant(exact)));
    f.set(rest, choose(keep(isExact), float.sub(x, float.mul(n, y)), rest));
  }
  const open = () => v128.and(regular, float.ge(float.abs(rest), limit));
  const isMore = (v: Vector, most: number) => float.ge(v, constant(most));
  f.while(v128.any_true(open()), () => {
    const by = f.let(divisor);
    if (wide) {
      const quotient = keep(float.abs(float.div(rest, divisor)));
      whenAny(math, isMore(quotient, 2 ** 900), () => {
        // Up to 2^2098: 2^950 times the divisor, and 2^500 times that, since no float64 is as large as both.
        const far = keep(float.mul(divisor, constant(2 ** 950))), left = keep(float.abs(float.div(rest, far)));
        const farther = choose(isMore(left, 2 ** 900), float.mul(far, constant(2 ** 500)), far);
        const multiple = choose(isMore(quotient, Infinity), farther, float.mul(divisor, constant(2 ** 600)));
        f.set(by, choose(isMore(quotient, 2 ** 900), multiple, divisor));
      });
    }
    const part = halves(by);
    const nearest = keep(float.nearest(float.div(rest, by)));
    // A product with almost the largest float64 could be rounded to infinity, one with the power of two below is exact.
    const isModerate = () => float.lt(float.abs(float.mul(nearest, by)), constant(2 ** 1023));
    const n = wide ? keep(choose(isModerate(), nearest, v128.and(nearest, math.bits(-(1n << 52n))))) : nearest;
    const product = keep(float.mul(n, by)), factor = halves(n);
    const first = float.sub(float.mul(factor.high, part.high), product);
    const crossed = float.add(float.add(first, float.mul(factor.high, part.low)), float.mul(factor.low, part.high));
    const lost = float.add(crossed, float.mul(factor.low, part.low));
    f.set(rest, choose(keep(open()), float.sub(float.sub(rest, product), lost), rest));
  });
  // What was smaller than the divisor is as it was: scaling it down may have lost digits.
  if (wide) f.set(rest, choose(float.lt(float.abs(x), size), x, float.div(rest, unit)));
  const isZero = float.eq(rest, zero), opposed = v128.xor(float.lt(rest, zero), float.lt(y, zero));
  const signed = choose(opposed, float.add(rest, y), rest);
  return choose(regular, choose(isZero, v128.and(y, signBit(math)), signed), constant(NaN));
}
