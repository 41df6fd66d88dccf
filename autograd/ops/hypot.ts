/**
 * Lengths of vectors of two numbers, and points between two numbers.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import {
  abs,
  add,
  div,
  equal,
  less,
  max,
  min,
  mul,
  type Scalar,
  select,
  sign,
  sqrt,
  sub,
} from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic, type Elementwise } from "../elementwise.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { add as plus, div as quotient, mul as product, neg } from "./arithmetic.ts";
import { equal as isEqual } from "./comparison.ts";

/** Computes `sqrt(a^2 + b^2)`: divides by the longer one first, so that no square overflows. */
function hypotenuse(a: Scalar, b: Scalar): Scalar {
  const long = max(abs(a), abs(b)), ratio = div(min(abs(a), abs(b)), long);
  const isInfinite = max(equal(abs(a), Infinity), equal(abs(b), Infinity));
  const finite = select(equal(long, 0), 0, mul(long, sqrt(add(1, mul(ratio, ratio)))));
  return select(isInfinite, Infinity, finite);
}

/** Returns the longer one of two legs, the other and `a` divided by it, and the square of the hypotenuse of those quotients. */
export function proportions(
  a: Scalar,
  b: Scalar,
): { readonly long: Scalar; readonly share: Scalar; readonly square: Scalar } {
  const long = max(abs(a), abs(b)),
    short = min(abs(a), abs(b)),
    ratio = select(equal(short, long), 1, div(short, long));
  return { long, share: select(equal(abs(a), long), sign(a), div(a, long)), square: add(1, mul(ratio, ratio)) };
}

/**
 * Computes `cotangent * a / hypot(a, b)`, 0 at the origin. The quotient, which lies between -1 and 1, is computed as a whole: a
 * cotangent divided by a tiny length would be infinite. The derivatives are products of such quotients: those of the expression
 * would be those of `abs`, `max` and `min` at their kinks, where the length has none.
 */
const hypotSlopePrimitive: Elementwise = /* @__PURE__ */ (() => ({
  ...arithmetic("hypotSlope", (a, b, cotangent) => {
    const { share, square } = proportions(a, b);
    return mul(cotangent, div(share, sqrt(square)));
  }, { domains: [[0.3, 2], [-2, 2], [-2, 2]] }),
  vjp: (index, given, { inputs }) => {
    const [a, b, cotangent] = inputs as readonly [Tensor, Tensor, Tensor]; // its arity
    if (index === 2) return hypotSlope(a, b, given);
    const length = hypot(a, b), other = hypotSlope(b, a, product(given, cotangent));
    const curvature = index === 0 ? hypotSlope(b, a, other) : neg(hypotSlope(a, b, other));
    return quotient(curvature, plus(length, isEqual(length, 0))); // 0 at the origin
  },
}))();

/** Computes `cotangent * a / hypot(a, b)`, 0 at the origin: the slope of the length in `a`. */
export function hypotSlope<D extends DType>(a: Tensor<D>, b: Tensor<D>, cotangent: Tensor<D>): Tensor<D> {
  return applyElementwise(hypotSlopePrimitive, [a, b, cotangent]);
}

const hypotPrimitive: Elementwise = /* @__PURE__ */ (() => ({
  ...arithmetic("hypot", hypotenuse, { domains: [[0.3, 2], [-2, 2]] }),
  vjp: (index, cotangent, { inputs }) => hypotSlope(inputs[index]!, inputs[1 - index]!, cotangent),
}))();
// Exact at both ends, where the other operand is multiplied by 0. The way is halved, so that it does not overflow. Where
// that is NaN, as it is after the whole way from an infinity, the sum of both by their weights may be that infinity.
const lerpPrimitive = /* @__PURE__ */ arithmetic(
  "lerp",
  (a, b, weight) => {
    const half = sub(mul(b, 0.5), mul(a, 0.5));
    const rest = sub(1, weight);
    const found = select(less(weight, 0.5), add(a, mul(mul(weight, 2), half)), sub(b, mul(half, mul(rest, 2))));
    return select(equal(found, found), found, add(mul(a, rest), mul(b, weight)));
  },
  { derivatives: [(_a, _b, weight) => sub(1, weight!), (_a, _b, weight) => weight!, (a, b) => sub(b!, a!)] },
);

/** The primitives of this file, for the generic checks. */
export const hypotPrimitives = [hypotPrimitive, hypotSlopePrimitive, lerpPrimitive];

/**
 * Computes `sqrt(a^2 + b^2)`, element by element, without overflow. The gradient at 0 is 0.
 *
 * @param a A tensor or a number.
 * @param b A shape that broadcasts with that of `a`, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { hypot, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(hypot(tensor64([3, 3 * 2 ** 600]), tensor64([4, 4 * 2 ** 600]))), [5, 5 * 2 ** 600]);
 * ```
 */
export function hypot<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Computes `sqrt(a^2 + b^2)`, where the first operand may be a number. */
export function hypot<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function hypot<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(hypotPrimitive, [a, b]);
}

/**
 * Goes from `a` to `b` by a fraction of the way, `a + weight * (b - a)`, element by element; exactly `a` at 0 and `b` at
 * 1. Between a finite number and an infinite one, or two equal ones, is that infinity.
 *
 * @param a Any shape.
 * @param b A shape that broadcasts with the others', or a number.
 * @param weight A shape that broadcasts with the others', or a number; it may lie outside [0, 1].
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { lerp, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(lerp(tensor64([0, 10]), tensor64([4, 20]), 0.25)), [1, 12.5]);
 * ```
 */
export function lerp<D extends DType>(
  a: Tensor<D>,
  b: TensorLike<NoInfer<D>>,
  weight: TensorLike<NoInfer<D>>,
): Tensor<D> {
  return applyElementwise(lerpPrimitive, [a, b, weight]);
}
