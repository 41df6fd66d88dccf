/**
 * Hyperbolic functions and their inverses; `sigmoid.ts` has the hyperbolic tangent.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import {
  abs,
  add,
  div,
  exp,
  expm1,
  greater,
  less,
  log,
  log1p,
  mul,
  type Scalar,
  select,
  sign,
  sqrt,
  sub,
} from "../../blas/scalar/scalar.ts";
import { applyElementwise, type Elementwise, exponential, NO_ATTRIBUTES } from "../elementwise.ts";
import { apply } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { mul as product } from "./arithmetic.ts";

/**
 * Returns `exp(x) / 2` and `exp(-x) / 2`; far from 0 they are made from `exp(x / 2)`, which overflows later than `exp(x)`,
 * but its square has twice its error.
 */
function halves(x: Scalar): readonly [Scalar, Scalar] {
  const isFar = greater(abs(x), FAR), power = exp(select(isFar, mul(0.5, x), x)), rest = select(isFar, power, 1);
  return [mul(mul(0.5, power), rest), div(div(0.5, power), rest)];
}

/** Up to this number, exponentials and their reciprocals are normal numbers in both dtypes. */
const FAR = 80;

/** Functions with a kink are applied to `x` in conditions only, so that derivatives of all orders follow from the expressions. */
function hyperbolicSine(x: Scalar): Scalar {
  const [rising, falling] = halves(x), small = expm1(x);
  const near = mul(0.5, add(small, div(small, add(small, 1))));
  return select(less(abs(x), 1), near, sub(rising, falling));
}

const hyperbolicCosine = (x: Scalar): Scalar => add(...halves(x));

/** From here on `sqrt(x^2 + 1)` and `sqrt(x^2 - 1)` are `x` in both dtypes, and `x^2` is not infinite yet. */
const LARGE = 0x1000_0000; // 2^28

function inverseSine(x: Scalar): Scalar {
  const size = abs(x), square = mul(x, x), root = sqrt(add(square, 1));
  const near = log1p(add(size, div(square, add(1, root))));
  return mul(sign(x), select(greater(size, LARGE), add(log(size), Math.LN2), near));
}

const inverseSineSlope = (x: Scalar): Scalar => div(1, select(greater(abs(x), LARGE), abs(x), sqrt(add(1, mul(x, x)))));

/** `sqrt(x^2 - 1)`, without overflow. */
const leg = (x: Scalar): Scalar => mul(sqrt(sub(x, 1)), sqrt(add(x, 1)));

const inverseCosine = (x: Scalar): Scalar =>
  select(greater(x, LARGE), add(log(x), Math.LN2), log1p(add(sub(x, 1), leg(x))));

/**
 * Makes a hyperbolic function, whose derivative is computed by a primitive of its own: derivatives that follow from the
 * expressions overflow where `x` is far below 0.
 */
const hyperbolic = (name: string, value: (x: Scalar) => Scalar, slope: () => Elementwise): Elementwise => ({
  ...exponential(name, (x) => value(x!)),
  vjp: (_, cotangent, { inputs: [x] }) => apply(slope(), NO_ATTRIBUTES, [x!, cotangent]),
});

/** Makes the derivative of a hyperbolic function, times a cotangent; its own derivative in `x` is the function again. */
function slopeOf(name: string, slope: (x: Scalar) => Scalar, primitive: () => Elementwise): Elementwise {
  const own: Elementwise = {
    ...exponential(name, (x, cotangent) => mul(slope(x!), cotangent!)),
    vjp: (index, given, { inputs: [x, cotangent] }) =>
      index === 0
        ? product(product(given, cotangent!), apply(primitive(), NO_ATTRIBUTES, [x!]))
        : apply(own, NO_ATTRIBUTES, [x!, given]),
  };
  return own;
}

const sinhPrimitive: Elementwise = /* @__PURE__ */ hyperbolic("sinh", hyperbolicSine, () => sinhSlopePrimitive);
const coshPrimitive: Elementwise = /* @__PURE__ */ hyperbolic("cosh", hyperbolicCosine, () => coshSlopePrimitive);
const sinhSlopePrimitive = /* @__PURE__ */ slopeOf("sinhSlope", hyperbolicCosine, () => sinhPrimitive);
const coshSlopePrimitive = /* @__PURE__ */ slopeOf("coshSlope", hyperbolicSine, () => coshPrimitive);
const asinhPrimitive = /* @__PURE__ */ exponential("asinh", inverseSine, {
  derivatives: [(x) => inverseSineSlope(x!)],
});
const acoshPrimitive = /* @__PURE__ */ exponential("acosh", inverseCosine, {
  derivatives: [(x) => div(1, select(greater(x!, LARGE), x!, leg(x!)))],
  domains: [[1.2, 4]],
});
const atanhPrimitive = /* @__PURE__ */ exponential(
  "atanh",
  (x) => mul(0.5, sub(log1p(x), log1p(mul(-1, x)))),
  {
    // 1 / (1 - x^2); the slope of the product would cancel near 0.
    derivatives: [(x) => div(1, select(less(abs(x!), 0.5), sub(1, mul(x!, x!)), mul(sub(1, x!), add(1, x!))))],
    domains: [[-0.7, 0.7]],
  },
);

/** The primitives of this file, for the generic checks. */
export const hyperbolicPrimitives = [
  sinhPrimitive,
  coshPrimitive,
  sinhSlopePrimitive,
  coshSlopePrimitive,
  asinhPrimitive,
  acoshPrimitive,
  atanhPrimitive,
];

/**
 * Computes the hyperbolic sine of every element, accurately near 0 as well.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { sinh, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(sinh(tensor64([0, 1e-20, -Infinity]))), [0, 1e-20, -Infinity]);
 * ```
 */
export function sinh<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(sinhPrimitive, [x]);
}

/**
 * Computes the hyperbolic cosine of every element.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { cosh, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(cosh(tensor64([0, Infinity]))), [1, Infinity]);
 * ```
 */
export function cosh<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(coshPrimitive, [x]);
}

/**
 * Computes the inverse of `sinh` for every element.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { asinh, sinh, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(asinh(sinh(tensor64(-3)))), -3, 1e-14);
 * ```
 */
export function asinh<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(asinhPrimitive, [x]);
}

/**
 * Computes the inverse of `cosh` for every element: the one that is not negative. NaN below 1.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { acosh, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(acosh(tensor64([1, Infinity, 0]))), [0, Infinity, NaN]);
 * ```
 */
export function acosh<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(acoshPrimitive, [x]);
}

/**
 * Computes the inverse of `tanh` for every element: infinite at -1 and 1, NaN beyond.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { atanh, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(atanh(tensor64([0, 1, -1, 2]))), [0, Infinity, -Infinity, NaN]);
 * ```
 */
export function atanh<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(atanhPrimitive, [x]);
}
