/**
 * `pow`: `exp(y log |x|)` with a logarithm of 65 bits; signs and special cases as in C, which are those of
 * ECMAScript's `**`, except that 1 to the NaN, and 1 and -1 to an infinite power, are 1.
 *
 * In float64 the result's relative error is up to 745 times that of the logarithm, so the logarithm is a sum of two
 * numbers (double-double arithmetic; T. Dekker, A floating-point technique for extending the available precision,
 * 1971). For float32 a float64 logarithm is enough.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { v128 } from "../../wasm/mod.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import type { Vector } from "../lane_instructions.ts";
import { expOfSum, powerOfTwo } from "./exponential.ts";
import { signBit, throughFloat64, type VectorMath } from "./vector_math.ts";
import { split, splitAny } from "./logarithm.ts";

/** An unevaluated sum; the second number is far smaller. */
type Pair = { readonly high: Vector; readonly low: Vector };

/** `((log(1 + f) / s - 2) / z - 2 / 3) / z`; `make_vector_math.py --coefficients pow`. */
// deno-fmt-ignore: a table of coefficients, several in a line
const TAIL = [
  0.39999999999999986, 0.28571428571442026, 0.2222222221815835, 0.18181818805219446, 0.15384560740676437,
  0.1333618557125289, 0.1167721936277848, 0.1197088990390429,
];

/** `log2(1 + f) / s` in `z`, and `2^r`, for powers of float32: errors 2^-36 and 2^-29; `--coefficients "2 of"`. */
const LOG2_OF_32 = [
  2.8853900817901654,
  0.9617966732507102,
  0.5770836012959975,
  0.4116717849191279,
  0.3407467584263408,
];
// deno-fmt-ignore: a table of coefficients, several in a line
const EXP2_OF_32 = [
  0.9999999999195222, 0.693147206744399, 0.24022651503905362, 0.05550327145356597, 0.009617994615815317,
  0.0013400459394707072, 0.0001547799856192967,
];

/** 2 / 3 as a sum of two float64. */
const TWO_THIRDS = [0.6666666666666666, 3.700743415417188e-17] as const;

/** Computes `x` to the power `y`. */
export function pow(math: VectorMath, x: Vector, y: Vector): Vector {
  const { float, keep, constant, choose } = math;
  const size = keep(float.abs(x));
  const magnitude = MAGNITUDES[math.dtype](math, size, y);
  const half = keep(float.mul(y, constant(0.5))), whole = keep(float.eq(float.nearest(y), y));
  const odd = v128.andnot(whole, float.eq(float.nearest(half), half));
  const signed = v128.or(magnitude, v128.and(v128.and(odd, x), signBit(math)));
  const finite = float.lt(size, constant(Infinity));
  const undefinedRoot = v128.andnot(v128.and(float.lt(x, constant(0)), finite), whole);
  const unknown = keep(v128.or(undefinedRoot, v128.or(float.ne(x, x), float.ne(y, y))));
  const turns = v128.and(float.eq(float.abs(y), constant(Infinity)), float.eq(size, constant(1)));
  const isOne = v128.or(v128.or(float.eq(y, constant(0)), float.eq(x, constant(1))), turns);
  return choose(isOne, constant(1), choose(unknown, constant(NaN), signed));
}

/** The function that computes `x` to the power `y` for `x` of 0 or more, for each dtype. */
const MAGNITUDES: { readonly [D in DType]: (math: VectorMath, x: Vector, y: Vector) => Vector } = {
  float32: (math, x, y) => throughFloat64(math, [x, y], (wide, [x, y]) => powerOfFloat32(wide, x!, y!)),
  float64: powerOfPositive,
};

/** Computes `2^(y log2(x))` for float64 lanes converted from float32, with `x` of 0 or more. */
function powerOfFloat32(math: VectorMath, x: Vector, y: Vector): Vector {
  const { float, keep, constant, multiplyAdd, polynomial, format: { exponentRounder: rounder } } = math;
  const { k, m } = split(math, x), one = constant(1);
  const s = keep(float.div(float.sub(m, one), float.add(m, one))), z = keep(float.mul(s, s));
  const logarithm = limits(math, x, multiplyAdd(s, polynomial(z, LOG2_OF_32), k));
  // The largest float32 is below 2^128, the smallest above 2^-150.
  const exponent = keep(float.pmax(float.pmin(float.mul(y, logarithm), constant(160)), constant(-160)));
  const rounded = keep(float.add(exponent, constant(rounder)));
  const r = keep(float.sub(exponent, float.sub(rounded, constant(rounder))));
  return float.mul(polynomial(r, EXP2_OF_32), powerOfTwo(math, rounded));
}

/** Returns the logarithm, or its limit if `x` is 0 or infinite. */
function limits({ float, keep, constant, choose }: VectorMath, x: Vector, logarithm: Vector): Vector {
  const finite = choose(float.eq(x, constant(0)), constant(-Infinity), keep(logarithm));
  return choose(float.eq(x, constant(Infinity)), x, finite);
}

function powerOfPositive(math: VectorMath, x: Vector, y: Vector): Vector {
  const { float, keep, constant, multiplyAdd } = math;
  const { high, low } = logarithm(math, x), first = keep(limits(math, x, high));
  const { high: exponent, low: error } = product(math, y, first);
  // If the exponent is so large that the result is 0 or infinite, its error may be NaN.
  const moderate = float.lt(float.abs(exponent), constant(800));
  return expOfSum(math, exponent, keep(v128.and(moderate, multiplyAdd(y, low, error))));
}

/** Computes `a + b` exactly; `a` must be 0 or have a larger exponent than `b`. */
function sum({ float, keep }: VectorMath, a: Vector, b: Vector): Pair {
  const high = keep(float.add(a, b));
  return { high, low: float.sub(b, float.sub(high, a)) };
}

/** Computes `a * b` exactly. Halves of 26 bits have exact products, whether or not multiply-add rounds once. */
function product({ float, keep, bits }: VectorMath, a: Vector, b: Vector): Pair {
  const mask = bits(0xfffffffff8000000n), high = keep(float.mul(a, b));
  const a1 = keep(v128.and(a, mask)), a2 = keep(float.sub(a, a1));
  const b1 = keep(v128.and(b, mask)), b2 = keep(float.sub(b, b1));
  const largest = float.sub(float.mul(a1, b1), high);
  const low = float.add(float.add(float.add(largest, float.mul(a1, b2)), float.mul(a2, b1)), float.mul(a2, b2));
  return { high, low: keep(low) };
}

/** Computes the logarithm of a positive finite number as a sum: `k log 2 + s (2 + z (2 / 3 + z t(z)))`. */
function logarithm(math: VectorMath, x: Vector): Pair {
  const { float, keep, constant, multiplyAdd, polynomial, format: { log2Parts } } = math;
  const { k, m } = splitAny(math, x), one = constant(1);
  const f = keep(float.sub(m, one)), divisor = keep(float.add(m, one)), lost = float.sub(m, float.sub(divisor, one));
  const s1 = keep(float.div(f, divisor)), back = product(math, s1, divisor);
  const remainder = float.sub(float.sub(float.sub(f, back.high), back.low), float.mul(s1, lost));
  const s2 = keep(float.div(remainder, divisor));

  const square = product(math, s1, s1), z1 = square.high;
  const z2 = keep(multiplyAdd(float.add(s1, s1), s2, square.low));
  const tail = sum(math, constant(TWO_THIRDS[0]), keep(float.mul(z1, polynomial(z1, TAIL))));
  const t1 = tail.high, t2 = keep(float.add(tail.low, constant(TWO_THIRDS[1])));
  const w = product(math, z1, t1);
  const bracket = sum(math, constant(2), w.high);
  const b1 = bracket.high;
  const b2 = keep(float.add(bracket.low, multiplyAdd(z1, t2, multiplyAdd(z2, t1, w.low))));
  const fraction = product(math, s1, b1), fractionLow = multiplyAdd(s1, b2, multiplyAdd(s2, b1, fraction.low));

  const whole = sum(math, keep(float.mul(k, constant(log2Parts[0]))), fraction.high);
  const low = keep(float.add(whole.low, multiplyAdd(k, constant(log2Parts[1]), fractionLow)));
  const total = sum(math, whole.high, low);
  return { high: total.high, low: keep(total.low) };
}

/** Computes powers with small constant exponents by products and roots: also within 2 ulp, and far faster. */
export function powerByMultiplying(
  math: VectorMath,
  x: Extract<Scalar, { readonly kind: "binary" }>,
  value: (x: Scalar) => Vector,
): Vector | undefined {
  if (x.name !== "pow" || x.inputs[1].kind !== "constant") return undefined;
  const { float, keep, constant, choose } = math, base = () => value(x.inputs[0]);
  const inverse = () => keep(float.div(constant(1), base()));
  // Two cases differ from sqrt: here the root of -0 is 0, and that of -Infinity is Infinity.
  const root = () =>
    choose(float.eq(base(), constant(-Infinity)), constant(Infinity), float.add(float.sqrt(base()), constant(0)));
  switch (x.inputs[1].value) {
    case -2:
      return float.mul(inverse(), inverse());
    case -1:
      return float.div(constant(1), base());
    case -0.5:
      return float.div(constant(1), root());
    case 0.5:
      return root();
    case 3:
      return float.mul(float.mul(base(), base()), base());
    case 4: {
      const square = keep(float.mul(base(), base()));
      return float.mul(square, square);
    }
    default:
      return undefined;
  }
}
