/**
 * The tangent, and angles from their sines, cosines and tangents.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import {
  abs,
  add,
  atan as arctangent,
  cos,
  div,
  equal,
  greater,
  less,
  max,
  min,
  mul,
  neg,
  type Scalar,
  select,
  sin,
  sqrt,
  sub,
} from "../../blas/scalar/scalar.ts";
import { applyElementwise, type Elementwise, elementwise } from "../elementwise.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { div as over, mul as times, neg as negative, sub as minus } from "./arithmetic.ts";
import { hypot, hypotSlope, proportions } from "./hypot.ts";

const tangent = (x: Scalar): Scalar => div(sin(x), cos(x));

/** `sqrt(1 - x^2)`, without cancellation near 1. */
const otherLeg = (x: Scalar): Scalar => sqrt(mul(sub(1, x), add(1, x)));

/** The same for slopes, whose own slopes would cancel near 0. */
const otherLegForSlopes = (x: Scalar): Scalar => select(less(abs(x), 0.5), sqrt(sub(1, mul(x, x))), otherLeg(x));

/** Tells whether a number has a minus sign; -0 has one. */
const isNegative = (x: Scalar): Scalar => less(select(equal(x, 0), div(1, x), x), 0);

/** Returns the angle of a point, computed from an angle between 0 and pi / 4. */
function angle(y: Scalar, x: Scalar): Scalar {
  const height = abs(y), width = abs(x), long = max(height, width), short = min(height, width);
  const ratio = select(equal(long, 0), 0, select(equal(short, Infinity), 1, div(short, long)));
  const steep = arctangent(ratio), upper = select(greater(height, width), sub(Math.PI / 2, steep), steep);
  const size = select(isNegative(x), sub(Math.PI, upper), upper);
  return select(isNegative(y), neg(size), size);
}

const tanPrimitive = /* @__PURE__ */ elementwise("tan", tangent, {
  derivatives: [(x) => add(1, mul(tangent(x!), tangent(x!)))],
  domains: [[-1.2, 1.2]],
});
const asinPrimitive = /* @__PURE__ */ elementwise("asin", (x) => arctangent(div(x, otherLeg(x))), {
  derivatives: [(x) => div(1, otherLegForSlopes(x!))],
  domains: [[-0.9, 0.9]],
});
const acosPrimitive = /* @__PURE__ */ elementwise(
  "acos",
  (x) => mul(2, arctangent(sqrt(div(sub(1, x), add(1, x))))),
  { derivatives: [(x) => div(-1, otherLegForSlopes(x!))], domains: [[-0.9, 0.9]] },
);
const atanPrimitive = /* @__PURE__ */ elementwise("atan", (x) => arctangent(x), {
  // 1 / (1 + x^2), whose square would overflow.
  derivatives: [(x) => {
    const isFar = greater(abs(x!), 1), inverse = div(1, select(isFar, x!, 1));
    return select(isFar, div(inverse, add(x!, inverse)), div(1, add(1, mul(x!, x!))));
  }],
});

/**
 * Computes `cotangent * a / (a^2 + b^2)`, whose squares would overflow or vanish; NaN at the origin. The derivatives are made of
 * slopes of the length, like those of `hypot`.
 */
const angleSlopePrimitive: Elementwise = /* @__PURE__ */ (() => ({
  ...elementwise("angleSlope", (a, b, cotangent) => {
    const { long, share, square } = proportions(a, b);
    return div(mul(cotangent, div(share, square)), long);
  }, { domains: [[0.3, 2], [-2, 2], [-2, 2]] }),
  vjp: (index, given, { inputs }) => {
    const [a, b, cotangent] = inputs as readonly [Tensor, Tensor, Tensor]; // its arity
    if (index === 2) return angleSlope(a, b, given);
    const length = hypot(a, b), weight = times(given, cotangent), inA = hypotSlope(a, b, weight);
    const curvature = index === 0
      ? minus(hypotSlope(b, a, hypotSlope(b, a, weight)), hypotSlope(a, b, inA))
      : times(hypotSlope(b, a, inA), -2);
    return over(over(curvature, length), length);
  },
}))();

const angleSlope = <D extends DType>(a: Tensor<D>, b: Tensor<D>, cotangent: Tensor<D>): Tensor<D> =>
  applyElementwise(angleSlopePrimitive, [a, b, cotangent]);

const atan2Primitive: Elementwise = /* @__PURE__ */ (() => ({
  ...elementwise("atan2", angle, { domains: [[0.3, 2], [-2, 2]] }),
  vjp: (index, cotangent, { inputs: [y, x] }) =>
    index === 0 ? angleSlope(x!, y!, cotangent) : negative(angleSlope(y!, x!, cotangent)),
}))();

/** The primitives of this file, for the generic checks. */
export const trigonometricPrimitives = [
  tanPrimitive,
  asinPrimitive,
  acosPrimitive,
  atanPrimitive,
  atan2Primitive,
  angleSlopePrimitive,
];

/**
 * Computes the tangent of every element.
 *
 * @param x Any shape, in radians.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { tan, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(tan(tensor64(Math.PI / 4))), 1);
 * ```
 */
export function tan<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(tanPrimitive, [x]);
}

/**
 * Computes the arcsine of every element; NaN outside [-1, 1].
 *
 * @param x Any shape.
 * @returns The shape of `x`; radians in [-pi / 2, pi / 2].
 *
 * @example
 * ```ts
 * import { asin, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(asin(tensor64([-1, 0, 1, 2]))), [-Math.PI / 2, 0, Math.PI / 2, NaN]);
 * ```
 */
export function asin<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(asinPrimitive, [x]);
}

/**
 * Computes the arccosine of every element, accurately near 1 as well; NaN outside [-1, 1].
 *
 * @param x Any shape.
 * @returns The shape of `x`; radians in [0, pi].
 *
 * @example
 * ```ts
 * import { acos, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(acos(tensor64([-1, 0, 1]))), [Math.PI, Math.PI / 2, 0]);
 * ```
 */
export function acos<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(acosPrimitive, [x]);
}

/**
 * Computes the arctangent of every element.
 *
 * @param x Any shape.
 * @returns The shape of `x`; radians in [-pi / 2, pi / 2].
 *
 * @example
 * ```ts
 * import { atan, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(atan(tensor64([0, 1, -Infinity]))), [0, Math.PI / 4, -Math.PI / 2]);
 * ```
 */
export function atan<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(atanPrimitive, [x]);
}

/**
 * Computes the angle of the points (x, y), element by element, from the positive x-axis counterclockwise. Signs of zeros and
 * infinities count as in `Math.atan2`.
 *
 * The gradient at the origin is NaN.
 *
 * @param y A tensor or a number.
 * @param x A shape that broadcasts with that of `y`, or a number.
 * @returns The broadcast shape; radians in [-pi, pi].
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { atan2, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(atan2(tensor64([1, 1, -1]), tensor64([1, -1, 0]))), [1, 3, -2].map((n) => n * Math.PI / 4));
 * ```
 */
export function atan2<D extends DType>(y: Tensor<D>, x: TensorLike<NoInfer<D>>): Tensor<D>;
/** Computes the angle of the points (x, y), where the first operand may be a number. */
export function atan2<D extends DType = "float32">(y: TensorLike<NoInfer<D>>, x: TensorLike<D>): Tensor<D>;
export function atan2<D extends DType>(y: TensorLike<D>, x: TensorLike<D>): Tensor<D> {
  return applyElementwise(atan2Primitive, [y, x]);
}
