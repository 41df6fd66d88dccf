/**
 * The logarithm of the beta function, `log(gamma(a) gamma(b) / gamma(a + b))`, and differences of digamma functions.
 *
 * A sum of three logarithms of gamma functions loses all digits where the arguments lie far apart or are large: for 1
 * and 1e300 the terms are 7e302, and the result is -690. Here Stirling's series is subtracted term by term.
 *
 * @see Didonato and Morris, Algorithm 708: significant digit computation of the incomplete beta function ratios, ACM
 * Transactions on Mathematical Software 18, 1992.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { derivative } from "../../blas/scalar/derivative.ts";
import {
  add,
  constantScalar,
  div,
  less,
  log,
  log1p,
  mul,
  neg,
  type Scalar,
  select,
  sub,
  substitute,
} from "../../blas/scalar/scalar.ts";
import { applyElementwise, elementwise } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";
import { bernoulli, digammaOfPositive, LARGE, logGammaOfPositive, stirlingSeries } from "./gamma_functions.ts";

/** The eight numbers from 0 on by which arguments below 8 are shifted: the series needs larger ones. */
const SHIFTS = [0, 1, 2, 3, 4, 5, 6, 7];

function logBetaOf(a: Scalar, b: Scalar): Scalar {
  const isFirst = less(a, b), p = select(isFirst, a, b), q = select(isFirst, b, a);
  const isMiddle = less(q, LARGE), z = select(isMiddle, add(q, LARGE), q);
  const shift = SHIFTS.map((k) => add(1, div(p, add(q, k)))).reduce((product, factor) => mul(product, factor));
  const low = log1p(div(p, z)); // log((p + z) / z)
  const small = sub(
    sub(logGammaOfPositive(p), mul(p, sub(log(z), 1))),
    mul(add(p, sub(z, 0.5)), low),
  );
  const powers = add(mul(sub(p, 0.5), log1p(div(z, p))), mul(z, low));
  const large = add(sub(Math.log(2 * Math.PI) / 2, add(powers, mul(0.5, log(z)))), stirlingSeries(p));
  const series = sub(stirlingSeries(z), stirlingSeries(add(p, z)));
  return add(select(less(p, LARGE), small, large), add(series, log(select(isMiddle, shift, 1))));
}

/** Returns `(f(x) - f(y)) / (x - y)` of a polynomial, without a difference. */
function slopeBetween(x: Scalar, y: Scalar, coefficients: readonly number[]): Scalar {
  const start = { value: constantScalar(coefficients.at(-1)!), slope: constantScalar(0) };
  return coefficients.slice(0, -1).reduceRight(({ value, slope }, c) => ({
    value: add(mul(value, y), c),
    slope: add(mul(slope, x), value),
  }), start).slope;
}

/** For positive numbers; a number below 8 is shifted, `digamma(x) = digamma(x + 1) - 1 / x`. */
function digammaStepOf(x: Scalar, step: Scalar): Scalar {
  const isMiddle = less(x, LARGE), z = select(isMiddle, add(x, LARGE), x), end = add(z, step);
  const u = div(1, z), v = div(1, end), between = mul(div(step, end), u); // 1 / z - 1 / end
  const coefficients = [0, ...bernoulli().map((b, k) => b / (2 * k + 2))];
  const series = mul(mul(between, add(u, v)), slopeBetween(mul(u, u), mul(v, v), coefficients));
  const far = neg(add(log1p(div(step, z)), add(mul(0.5, between), series)));
  const near = SHIFTS.map((k) => div(div(step, add(add(x, step), k)), add(x, k))).reduce((sum, term) => add(sum, term));
  return sub(far, select(isMiddle, near, 0));
}

const logBetaPrimitive = /* @__PURE__ */ elementwise("logBeta", logBetaOf, {
  derivatives: [(a, b) => digammaStepOf(a!, b!), (a, b) => digammaStepOf(b!, a!)],
  domains: [[0.3, 4], [5, 12]],
});
const digammaStepPrimitive = /* @__PURE__ */ elementwise("digammaStep", digammaStepOf, {
  derivatives: [
    (x, step) => derivative(digammaStepOf(x!, step!), 0),
    // That of the difference would be a sum of terms that are too large where the numbers are small.
    (x, step) =>
      neg(substitute(derivative(digammaOfPositive(x!), 0), (part) => part === x ? add(x!, step!) : undefined)),
  ],
  domains: [[0.3, 4], [0.3, 12]],
});

/** The primitives of this file, for the generic checks. */
export const logBetaPrimitives = [logBetaPrimitive, digammaStepPrimitive];

/** Computes `log(gamma(a) gamma(b) / gamma(a + b))` of numbers above 0 that broadcast. */
export function logBeta<D extends DType>(a: Tensor<D>, b: Tensor<NoInfer<D>>): Tensor<D> {
  return applyElementwise(logBetaPrimitive, [a, b]);
}

/** Computes `digamma(x) - digamma(x + step)`, which is below 0, of numbers above 0 that broadcast. */
export function digammaStep<D extends DType>(x: Tensor<D>, step: Tensor<NoInfer<D>>): Tensor<D> {
  return applyElementwise(digammaStepPrimitive, [x, step]);
}
