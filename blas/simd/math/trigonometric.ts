/**
 * `sin` and `cos`.
 *
 * In float64, `x = n pi / 2 + r` with whole `n` and `|r| <= pi / 4`; polynomials in `r` give sine and cosine there, and `n` modulo
 * 4 selects one of them and the sign. pi / 2 is subtracted in parts of 33 bits, whose products with `n` are exact (W.
 * Cody and W. Waite, Software Manual for the Elementary Functions, 1980); another function computes larger angles.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { call, f32, f32x4, f64, f64x2, i32, i32x4, i64, i64x2, v128 } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { throughFloat64, type VectorMath, whenAny } from "./vector_math.ts";

/** pi / 2 in four parts, the first three of 33 bits. */
const QUARTER = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32] as const;

/** The largest `|x|` for which `n` has at most 20 bits. */
const LIMIT = 1.6e6;

/** `(sin(r) / r - 1) / r^2` and `(cos(r) - 1 + r^2 / 2) / r^4` in `r^2`; `make_vector_math.py --coefficients sin`, `cos`. */
// deno-fmt-ignore: a table of coefficients, several in a line
const SINE = [
  -0.16666666666666632, 0.008333333333322512, -0.00019841269829863736, 2.7557313706027493e-06, -2.5050759720983943e-08,
  1.5896861706882144e-10,
];
// deno-fmt-ignore: a table of coefficients, several in a line
const COSINE = [
  0.0416666666666666, -0.0013888888888874183, 2.4801587289507555e-05, -2.7557314357092026e-07, 2.0875723641046417e-09,
  -1.1359654898275593e-11,
];
/** The same for the sine up to `pi / 2` with an error of 2^-35, for float32 arguments and results. */
// deno-fmt-ignore: a table of coefficients, several in a line
const SINE_OF_32 = [
  -0.1666666663176138, 0.008333331322775117, -0.00019840893823506322, 2.7526597265478335e-06, -2.390876456197953e-08,
];

/** Computes the sine of an angle in radians. */
export function sin(math: VectorMath, x: Vector): Vector {
  return SINES[math.dtype](math, x, 0);
}

/** Computes the cosine of an angle in radians. */
export function cos(math: VectorMath, x: Vector): Vector {
  return SINES[math.dtype](math, x, 1);
}

/** The function that computes the sine of `x` plus `quarters` quarter turns, for each dtype. */
const SINES: { readonly [D in DType]: (math: VectorMath, x: Vector, quarters: 0 | 1) => Vector } = {
  float32: sine32,
  float64: sine64,
};

/** Computes the sine of float32 lanes, in float64. */
function sine32(math: VectorMath, x: Vector, quarters: 0 | 1): Vector {
  const { f, float, keep, constant } = math;
  const result = f.let(throughFloat64(math, [x], (wide, [x]) => sineByHalves(wide, x!, quarters)));
  const regular = keep(float.le(float.abs(x), constant(LIMIT)));
  whenAny(math, v128.not(regular), () => {
    const slowPath = math.slowPaths[quarters === 0 ? "sin" : "cos"]!;
    for (const lane of [0, 1, 2, 3]) {
      f.if(i32.eqz(i32x4.extract_lane(regular, lane)), () => {
        const angle = f64.promote_f32(f32x4.extract_lane(x, lane));
        f.set(result, f32x4.replace_lane(result, f32.demote_f64(call(slowPath, angle)), lane));
      });
    }
  });
  return result;
}

/**
 * Computes the sine of `x` plus `quarters` quarter turns with an error of 2^-34, where `x` is a float32: `x = n pi + r` with
 * `|r| <= pi / 2`, so that the sine of `r` is all that is needed. For a cosine, `n` is a whole number plus a half.
 */
function sineByHalves(math: VectorMath, x: Vector, quarters: 0 | 1): Vector {
  const { float, keep, constant, multiplyAdd, subtractProduct, polynomial, format: { rounder } } = math;
  const turns = quarters === 0 ? x : keep(float.sub(x, constant(Math.PI / 2)));
  const rounded = keep(multiplyAdd(turns, constant(1 / Math.PI), constant(rounder)));
  const whole = float.sub(rounded, constant(rounder));
  const n = keep(quarters === 0 ? whole : float.add(whole, constant(0.5)));
  const high = keep(subtractProduct(x, n, constant(2 * QUARTER[0])));
  const r = keep(subtractProduct(high, n, constant(2 * QUARTER[1]))), square = keep(float.mul(r, r));
  // The sine of -0 is -0: the last step is a product.
  const value = float.mul(r, multiplyAdd(square, polynomial(square, SINE_OF_32), constant(1)));
  const odd = quarters === 0 ? rounded : i64x2.add(rounded, math.bits(1n));
  return v128.xor(value, i64x2.shl(odd, 63));
}

/** Computes the sine of `x` plus `quarters` quarter turns. */
function sine64(math: VectorMath, x: Vector, quarters: 0 | 1): Vector {
  const { f, float, keep, constant, bits, choose, multiplyAdd, format: { rounder } } = math;
  const rounded = keep(multiplyAdd(x, constant(2 / Math.PI), constant(rounder)));
  const n = keep(float.sub(rounded, constant(rounder)));
  const { r, lost } = reducePrecisely(math, x, n);
  const turns = quarters === 0 ? rounded : keep(i64x2.add(rounded, bits(1n)));
  const odd = i64x2.ne(v128.and(turns, bits(1n)), bits(0n));
  const value = choose(odd, cosineOfSmall(math, r, lost), sineOfSmall(math, r, lost));
  const negative = i64x2.shl(v128.and(turns, bits(2n)), 62);
  const signed = v128.xor(value, negative), tiny = float.lt(float.abs(x), constant(2 ** -27));
  const result = f.let(quarters === 0 ? choose(tiny, x, signed) : signed);
  const regular = keep(float.le(float.abs(x), constant(LIMIT)));
  whenAny(math, v128.not(regular), () => {
    const slowPath = math.slowPaths[quarters === 0 ? "sin" : "cos"]!;
    for (const lane of [0, 1]) {
      f.if(i64.eqz(i64x2.extract_lane(regular, lane)), () => {
        f.set(result, f64x2.replace_lane(result, call(slowPath, f64x2.extract_lane(x, lane)), lane));
      });
    }
  });
  return result;
}

/** Subtracts `n` quarter turns from `x`; the result, a sum of two vectors, has a relative error of 2^-53. */
function reducePrecisely({ float, keep, constant, subtractProduct }: VectorMath, x: Vector, n: Vector) {
  function subtract(a: Vector, b: Vector) {
    const difference = keep(float.sub(a, b)), taken = keep(float.sub(a, difference));
    const error = float.add(float.sub(a, float.add(difference, taken)), float.sub(taken, b));
    return { difference, error };
  }
  const first = keep(float.sub(x, float.mul(n, constant(QUARTER[0]))));
  const second = subtract(first, keep(float.mul(n, constant(QUARTER[1]))));
  const third = subtract(second.difference, keep(float.mul(n, constant(QUARTER[2]))));
  const errors = keep(subtractProduct(float.add(second.error, third.error), n, constant(QUARTER[3])));
  const r = keep(float.add(third.difference, errors));
  return { r, lost: keep(float.add(float.sub(third.difference, r), errors)) };
}

/** Computes `sin(r + lost)` as `sin(r) + lost (1 - r^2 / 2)`, beginning with the smallest terms. */
function sineOfSmall(math: VectorMath, r: Vector, lost: Vector): Vector {
  const { float, keep, constant, multiplyAdd, subtractProduct, polynomial } = math;
  const square = keep(float.mul(r, r)), cube = float.mul(square, r);
  const factor = subtractProduct(constant(1), square, constant(0.5));
  return float.add(r, multiplyAdd(cube, polynomial(square, SINE), float.mul(lost, factor)));
}

/** Computes `cos(r + lost)`: `1 - r^2 / 2` with its rounding error, `- r lost`, and the other terms. */
function cosineOfSmall(math: VectorMath, r: Vector, lost: Vector): Vector {
  const { float, keep, constant, multiplyAdd, subtractProduct, polynomial } = math;
  const square = keep(float.mul(r, r)), one = constant(1), half = keep(float.mul(square, constant(0.5)));
  const first = keep(float.sub(one, half)), fourth = keep(float.mul(square, square));
  const rest = subtractProduct(float.sub(float.sub(one, first), half), r, lost);
  return float.add(first, multiplyAdd(fourth, polynomial(square, COSINE), rest));
}
