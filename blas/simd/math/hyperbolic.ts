/**
 * `tanh` and `sigmoid`.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Vector } from "../lane_instructions.ts";
import { exp, expParts, isExtreme, powerOfTwo } from "./exponential.ts";
import { FORMATS, type VectorMath, whenAny, withSignOf } from "./vector_math.ts";

/** `((exp(2 r) - 1) / 2 - r) / r^2`; `make_vector_math.py --coefficients tanh`. Errors 2^-25.7 and 2^-54.7. */
const TAIL: { readonly [D in DType]: readonly number[] } = {
  float32: [1, 0.6666741967201233, 0.33330199122428894, 0.13241782784461975, 0.051514849066734314],
  // deno-fmt-ignore: a table of coefficients, several in a line
  float64: [
    1.000000000000001, 0.666666666666644, 0.33333333333235793, 0.13333333334952885, 0.044444444607601795,
    0.01269840912059703, 0.0031746081989942293, 0.0007056805751006552, 0.000139495525348282, 3.0123584397141393e-05,
  ],
};

/**
 * log(2) / 2 as a sum of parts. In float32 one part is enough: its error matters most for n = 1, and is 1/14 ulp of the
 * result there.
 */
const HALF_LOG2: { readonly [D in DType]: readonly number[] } = /* @__PURE__ */ (() => ({
  float32: [Math.LN2 / 2],
  float64: FORMATS.float64.log2Parts.map((part) => part / 2),
}))();

/** From here on `tanh` is 1 in both dtypes. */
const FAR = 20;

/** The bound for a small `h` below, for which `n` is 0. */
const SMALL = 0.34;

/**
 * Computes the hyperbolic tangent: `h / (h + 1)` with `h = (exp(2 |x|) - 1) / 2 = 2^n ((exp(2 r) - 1) / 2) + (2^n - 1)
 * / 2` and `|x| = n log(2) / 2 + r`.
 *
 * `r` ranges from -log(2) / 8 to 3 log(2) / 8, so that if `n` is 1 or more, the second summand is the larger one and no
 * digits cancel.
 */
export function tanh(math: VectorMath, x: Vector): Vector {
  const { float, keep, constant, choose, multiplyAdd, subtractProduct, polynomial, dtype, format } = math;
  const { exponentRounder: rounder } = format;
  const whole = keep(float.abs(x)), size = keep(float.pmin(whole, constant(FAR)));
  const rounded = keep(float.add(multiplyAdd(size, constant(2 * Math.LOG2E), constant(-0.25)), constant(rounder)));
  const n = keep(float.sub(rounded, constant(rounder)));
  const r = keep(HALF_LOG2[dtype].reduce((rest: Vector, part) => subtractProduct(rest, n, constant(part)), size));
  const small = multiplyAdd(keep(float.mul(r, r)), polynomial(r, TAIL[dtype]), r),
    power = keep(powerOfTwo(math, rounded));
  const h = keep(multiplyAdd(power, small, multiplyAdd(power, constant(0.5), constant(-0.5))));
  const quotient = keep(float.div(h, float.add(h, constant(1))));
  // For small h, rounding h + 1 can change the quotient by a whole unit, but hardly affects h - h h / (h + 1).
  const near = subtractProduct(h, h, quotient);
  return withSignOf(choose(float.lt(h, constant(SMALL)), near, quotient), x, whole);
}

/**
 * Computes the logistic function `1 / (1 + exp(-x))`.
 *
 * With `exp(-x) = 2^n (1 + rest)`, the divisor is `(1 + 2^n) + 2^n rest`. The product is exact, and so is the first sum
 * unless `n` is large; what it loses then is added to the product. So hardly anything but the last sum and the quotient
 * is rounded.
 */
export function sigmoid(math: VectorMath, x: Vector): Vector {
  const { f, float, keep, constant, choose, multiplyAdd } = math, one = constant(1);
  const { power, rest } = expParts(math, keep(float.neg(x)));
  const sum = keep(float.add(power, one)), lost = float.sub(one, float.sub(sum, power));
  const result = f.let(float.div(one, float.add(sum, multiplyAdd(power, rest, lost))));
  const extreme = keep(isExtreme(math, x));
  // Where 2^n is not a normal number, 1 + exp(-x) is 1 or exp(-x).
  whenAny(math, extreme, () => f.set(result, choose(extreme, exp(math, keep(float.pmin(x, constant(0)))), result)));
  return result;
}
