/**
 * The arctangent in vector code.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Vector } from "../lane_instructions.ts";
import { type VectorMath, withSignOf } from "./vector_math.ts";

/** `(atan(r) / r - 1) / r^2` in `r^2`, up to tan(pi / 8); `make_vector_math.py --coefficients atan`. */
const TAIL: { readonly [D in DType]: readonly number[] } = {
  float32: [-0.33333316445350647, 0.19998528063297272, -0.1424444019794464, 0.10599628835916519, -0.06091269850730896],
  // deno-fmt-ignore: a table of coefficients, several in a line
  float64: [
    -0.3333333333333333, 0.19999999999999912, -0.14285714285698667, 0.11111111109764862, -0.09090909023439293,
    0.07692305534814997, -0.06666620191010512, 0.05881656894240505, -0.052557964019712695, 0.047067996244904056,
    -0.04059095544155518, 0.029689263793166477, -0.01304731060001702,
  ],
};

/** pi / 2 minus its nearest number, for each dtype. */
const LOST: { readonly [D in DType]: number } = { float32: -4.371139000186241e-8, float64: 6.123233995736766e-17 };

/** tan(pi / 8) and tan(3 pi / 8). */
const LOW = 0.41421356237309515, HIGH = 2.414213562373095;

/**
 * Computes the arctangent by a polynomial in `r`, with `t = |x|`: `r = t` up to tan(pi / 8); then `pi / 4` is added and
 * `r = (t - 1) / (t + 1)`; from tan(3 pi / 8) on `pi / 2` is added and `r = -1 / t`.
 */
export function atan(math: VectorMath, x: Vector): Vector {
  const { float, keep, constant, choose, multiplyAdd, polynomial, dtype } = math, one = constant(1), zero = constant(0);
  const size = keep(float.abs(x)), middle = keep(float.gt(size, constant(LOW)));
  const high = keep(float.gt(size, constant(HIGH)));
  const above = choose(high, constant(-1), choose(middle, float.sub(size, one), size));
  const below = choose(high, size, choose(middle, float.add(size, one), one));
  const r = keep(float.div(above, below)), square = keep(float.mul(r, r));
  const turn = choose(high, constant(Math.PI / 2), choose(middle, constant(Math.PI / 4), zero));
  const lost = choose(high, constant(LOST[dtype]), choose(middle, constant(LOST[dtype] / 2), zero));
  const tail = multiplyAdd(keep(float.mul(square, r)), polynomial(square, TAIL[dtype]), lost);
  return withSignOf(float.add(turn, float.add(r, tail)), x, size);
}
