/**
 * The error function in vector code.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Vector } from "../lane_instructions.ts";
import { expBounded } from "./exponential.ts";
import { type VectorMath, withSignOf } from "./vector_math.ts";

/** `2 / sqrt(pi) - 1`. */
const FIRST = 0.1283791670955126;

/** `(erf(x) / x - 2 / sqrt(pi)) / x^2` in `x^2`, up to 1; `make_vector_math.py --coefficients erf`. */
const NEAR32 = [
  -0.37612637877464294,
  0.11283784359693527,
  -0.0268655214458704,
  0.005221263039857149,
  -0.0008487201994284987,
  0.00011287293455097824,
  -9.725093150336761e-06,
];
// deno-fmt-ignore: a table of coefficients, several in a line
const NEAR64 = [
  -0.37612638903183754, 0.11283791670955122, -0.02686617064513008, 0.005223977625425649, -0.0008548327022078169,
  0.00012055332908630954, -1.4925647724140237e-05, 1.646204839907974e-06, -1.6364680829902116e-07,
  1.4792744820973648e-08, -1.2166539837981124e-09, 8.715715811841507e-11, -4.240923089202825e-12,
];

/** `-log(1 - erf(x)) / x` from 1 to 4, where `erf` becomes 1 in float32. */
const FAR32 = [
  1.1285990476608276,
  0.6354126930236816,
  0.10566437989473343,
  -0.02308695577085018,
  0.0031792602967470884,
  -0.00013779768778476864,
  -2.8614249458769336e-05,
  3.5711041164177004e-06,
];
/** `exp(x^2) (1 - erf(x)) (1 + 2 x)` in `(x - 2) / (x + 2)`, from 1 to 6, where `erf` becomes 1 in float64. */
// deno-fmt-ignore: a table of coefficients, several in a line
const FAR64 = [
  1.2769783815525286, -0.09276382658574518, -0.16603039761522892, 0.16405128003371816, -0.05422000100432697,
  -0.008034015203598822, 0.008722654244529976, 0.0012713475131163944, -0.0014567932192914984, -0.0004544955304082237,
  0.0002054892418013341, 0.00015059990281212344, 5.267769919745159e-06, -1.8415091558584383e-05,
];

/** The coefficients up to 1, and the complement beyond it, for each dtype. */
const NEAR: { readonly [D in DType]: readonly number[] } = { float32: NEAR32, float64: NEAR64 };
const COMPLEMENTS: { readonly [D in DType]: (math: VectorMath, size: Vector) => Vector } = {
  float32: complement32,
  float64: complement64,
};

/** Computes the error function: a polynomial up to 1, and above it 1 minus its complement, which is at most 0.16. */
export function erf(math: VectorMath, x: Vector): Vector {
  const { float, keep, constant, choose, multiplyAdd, polynomial, dtype } = math;
  const size = keep(float.abs(x)), square = keep(float.mul(size, size));
  const slope = multiplyAdd(square, polynomial(square, NEAR[dtype]), constant(FIRST));
  const near = multiplyAdd(size, slope, size);
  const complement = COMPLEMENTS[dtype](math, size);
  const far = float.sub(constant(1), complement);
  return withSignOf(choose(float.lt(size, constant(1)), near, far), x, size);
}

function complement32(math: VectorMath, size: Vector): Vector {
  const { float, keep, constant, polynomial } = math, x = keep(float.pmin(size, constant(4)));
  return expBounded(math, keep(float.neg(float.mul(x, polynomial(x, FAR32)))));
}

function complement64(math: VectorMath, size: Vector): Vector {
  const { float, keep, constant, polynomial } = math, x = keep(float.pmin(size, constant(6)));
  const u = keep(float.div(float.sub(x, constant(2)), float.add(x, constant(2))));
  const bell = expBounded(math, keep(float.neg(float.mul(x, x))));
  return float.div(float.mul(bell, polynomial(u, FAR64)), float.add(float.add(x, x), constant(1)));
}
