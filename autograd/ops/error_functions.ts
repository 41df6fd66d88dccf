/**
 * The complement and the inverse of the error function; `exponential.ts` has the error function itself.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { CENTRAL, FAR, NEAR } from "../../blas/scalar/erf_inverse.ts";
import { quotientOf } from "../../blas/scalar/polynomial.ts";
import {
  abs,
  add,
  div,
  equal,
  erf,
  exp,
  less,
  log,
  max,
  min,
  mul,
  neg,
  round,
  type Scalar,
  select,
  sign,
  sqrt,
  sub,
} from "../../blas/scalar/scalar.ts";
import { TAIL_FAR, TAIL_IS_FAR, TAIL_NEAR } from "../../blas/scalar/special_functions.ts";
import { applyElementwise, errorFunction } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";

/** `exp(-x^2)`, which is 0 long before 64: its slopes would be NaN at Infinity. */
export function bell(far: Scalar): Scalar {
  const x = min(max(far, -64), 64);
  return exp(neg(mul(x, x)));
}

/**
 * `1 - erf(x)` up to 0.8, where hardly anything cancels, and `exp(-x^2 + …) / x` above. There `x = high + low`, with so few
 * bits in `high` that its square is exact: the exponential keeps its digits however large `x` is.
 */
function complement(x: Scalar): Scalar {
  const high = div(round(mul(x, 16)), 16), inverse = div(1, x);
  const logarithm = select(
    less(x, TAIL_IS_FAR),
    quotientOf(inverse, TAIL_NEAR),
    quotientOf(mul(inverse, inverse), TAIL_FAR),
  );
  const rest = exp(add(mul(sub(high, x), add(high, x)), logarithm));
  const tail = mul(exp(sub(neg(mul(high, high)), 0.5625)), mul(rest, inverse));
  // From 28 on it is 0 in both dtypes, and the steps above would give NaN for Infinity.
  return select(less(x, 0.8), sub(1, erf(x)), select(less(x, 28), tail, select(equal(x, x), 0, x)));
}

/** Rational approximations in `9/16 - x^2`, or in `sqrt(-log(1 - |x|))` beyond 3/4; those of `blas/scalar/erf_inverse.ts`. */
function inverse(x: Scalar): Scalar {
  const size = abs(x), central = add(x, mul(x, quotientOf(sub(0.5625, mul(x, x)), CENTRAL)));
  const r = sqrt(neg(log(sub(1, size))));
  const far = sub(r, mul(r, select(less(r, 3), quotientOf(r, NEAR), quotientOf(r, FAR))));
  return select(less(size, 0.75), central, mul(sign(x), select(equal(size, 1), Infinity, far)));
}

const erfcPrimitive = /* @__PURE__ */ errorFunction("erfc", complement, {
  derivatives: [(x) => mul(-2 / Math.sqrt(Math.PI), bell(x!))],
});
const erfInvPrimitive = /* @__PURE__ */ errorFunction("erfInv", inverse, {
  derivatives: [(x) => mul(Math.sqrt(Math.PI) / 2, exp(mul(inverse(x!), inverse(x!))))],
  domains: [[-0.7, 0.8]],
});

/** The primitives of this file, for the generic checks. */
export const errorFunctionPrimitives = [erfcPrimitive, erfInvPrimitive];

/**
 * Computes the complementary error function of every element, `1 - erf(x)`, without the cancellation of that difference for large
 * `x`.
 *
 * @param x Any shape.
 * @returns The shape of `x`; numbers in [0, 2].
 *
 * @example The tail of the normal distribution: 6 standard deviations
 * ```ts
 * import { erfc, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(erfc(tensor64(6 / Math.SQRT2))) / 2, 9.865876450376981e-10, 1e-23);
 * ```
 *
 * @see Cody, Rational Chebyshev Approximations for the Error Function, Mathematics of Computation 23, 1969.
 */
export function erfc<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(erfcPrimitive, [x]);
}

/**
 * Computes the inverse of the error function for every element: infinite at -1 and 1, NaN beyond.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { erf, erfInv, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertAlmostEquals(toList(erfInv(erf(tensor64([0.5]))))[0]!, 0.5);
 * assertEquals(toList(erfInv(tensor64([-1, 0, 1, 2]))), [-Infinity, 0, Infinity, NaN]);
 * ```
 *
 * @see Wichura, Algorithm AS 241, Applied Statistics 37, 1988.
 */
export function erfInv<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(erfInvPrimitive, [x]);
}
