/**
 * Powers and roots.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import {
  abs,
  constantScalar,
  div,
  equal,
  greater,
  less,
  mul,
  pow as power,
  type Scalar,
  select,
  sqrt as root,
  sub,
} from "../../blas/scalar/scalar.ts";
import { derivative } from "../../blas/scalar/derivative.ts";
import type { Shape } from "../../blas/shape.ts";
import { applyElementwise, arithmetic, type Elementwise, elementwise, NO_ATTRIBUTES } from "../elementwise.ts";
import type { SampleInput } from "../primitive.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { mul as times } from "./arithmetic.ts";

/** Tells whether a number lies between 0 and a limit, apart from its sign. */
const isWithin = (x: Scalar, limit: number): Scalar => mul(greater(abs(x), 0), less(abs(x), limit));

/**
 * Computes `factor * x^(exponent - order)`. If that power is infinite and `x^exponent`, which is given, is not, it
 * divides the latter, `factor` before it; elsewhere that form would underflow first.
 */
function lowered(x: Scalar, exponent: Scalar, value: Scalar, order: number, factor: Scalar): Scalar {
  const grows = select(less(exponent, 1), isWithin(x, 1), 0); // a choice, which a known exponent decides
  const divided = Array.from({ length: order }).reduce((quotient: Scalar) => div(quotient, x), mul(value, factor));
  return select(grows, divided, mul(power(x, sub(exponent, order)), factor));
}

/** Computes `exponent (exponent - 1) ...`, as many factors as the order says. */
const falling = (exponent: Scalar, order: number): Scalar =>
  Array.from({ length: order - 1 }, (_, k) => sub(exponent, k + 1)).reduce(
    (product, next) => mul(product, next),
    exponent,
  );

/** Computes the derivative in `x` of that order, times a cotangent. `x^0` is 1 everywhere, so its slope is 0. */
function slopeOf(x: Scalar, exponent: Scalar, value: Scalar, cotangent: Scalar, order: number): Scalar {
  const factor = falling(exponent, order);
  return select(equal(factor, 0), 0, lowered(x, exponent, value, order, mul(factor, cotangent)));
}

/** Computes the derivative of {@link slopeOf} in the exponent. At exponent 0 it is `1 / x`, though the slope is 0 there. */
function exponentSlope(x: Scalar, exponent: Scalar, cotangent: Scalar, order: number): Scalar {
  const factor = falling(exponent, order);
  const own = derivative(lowered(x, exponent, power(x, exponent), order, mul(factor, cotangent)), 1);
  return select(isWithin(x, Infinity), own, select(equal(factor, 0), 0, own));
}

/** The derivatives of powers in `x` that have been asked for, by their order. */
const powSlopes: Elementwise[] = [];

/**
 * Returns the primitive of a derivative in `x`, of the operands, the value and a cotangent. Its derivatives are those of the
 * power, which leave out the way through the value: there, 0 would meet infinite slopes. So the samples lie where the
 * value is not read.
 */
function powSlope(order: number): Elementwise {
  const known = powSlopes[order];
  if (known !== undefined) return known;
  const plain = elementwise(
    `powSlope${order}`,
    (x, exponent, value, cotangent) => slopeOf(x!, exponent!, value!, cotangent!, order),
    {
      derivatives: [
        () => constantScalar(0),
        (x, exponent, _, cotangent) => exponentSlope(x!, exponent!, cotangent!, order),
        () => constantScalar(0),
        () => constantScalar(0),
      ],
      samples: () => {
        const [base, exponent, other] = [[1.1, 2], [-2, 2], [-2, 2]].map(([min, max]) => ({ min, max }));
        const inputsOf = (...shapes: readonly Shape[]): readonly SampleInput[] =>
          [base, exponent, other, other].map((domain, k) => ({ ...domain, shape: shapes[k]! }));
        return [inputsOf([2, 3], [2, 3], [2, 3], [2, 3]), inputsOf([2, 1], [], [2, 3], [3])]
          .map((inputs) => ({ attributes: NO_ATTRIBUTES, inputs }));
      },
    },
  );
  return powSlopes[order] = {
    ...plain,
    vjp: (index, given, application) => {
      if (index === 1) return plain.vjp(1, given, application);
      const [x, exponent, value, cotangent] = application.inputs as readonly [Tensor, Tensor, Tensor, Tensor]; // its arity
      if (index === 2) return null;
      return index === 0
        ? applyElementwise(powSlope(order + 1), [x, exponent, value, times(given, cotangent)])
        : applyElementwise(powSlope(order), [x, exponent, value, given]);
    },
  };
}
const plainPow = /* @__PURE__ */ elementwise("pow", (x, exponent) => power(x!, exponent!), {
  derivatives: [
    (x, exponent) => slopeOf(x!, exponent!, power(x!, exponent!), constantScalar(1), 1),
    (x, exponent) => derivative(power(x!, exponent!), 1),
  ],
  domains: [[0.3, 2], [-2, 2]],
});
const powPrimitive: Elementwise = /* @__PURE__ */ (() => ({
  ...plainPow,
  vjp: (index, cotangent, application) => {
    if (index === 1) return plainPow.vjp(1, cotangent, application);
    const [x, exponent] = application.inputs;
    return applyElementwise(powSlope(1), [x!, exponent!, application.output, cotangent]);
  },
}))();
const squarePrimitive = /* @__PURE__ */ arithmetic("square", (x) => mul(x, x));
const sqrtPrimitive = /* @__PURE__ */ arithmetic("sqrt", (x) => root(x), { domains: [[0.1, 4]] });
const safeSqrtPrimitive = /* @__PURE__ */ arithmetic("safeSqrt", (x) => root(x), {
  derivatives: [(x) => select(equal(x!, 0), 0, div(0.5, root(x!)))],
  domains: [[0.1, 4]],
});
const rsqrtPrimitive = /* @__PURE__ */ arithmetic("rsqrt", (x) => div(1, root(x)), { domains: [[0.1, 4]] });
const reciprocalPrimitive = /* @__PURE__ */ arithmetic("reciprocal", (x) => div(1, x), { domains: [[0.3, 2]] });

/** The primitives of this file, for the generic checks. */
export const powerPrimitives = [
  powPrimitive,
  /* @__PURE__ */ powSlope(1), // the others differ in their order only
  squarePrimitive,
  sqrtPrimitive,
  safeSqrtPrimitive,
  rsqrtPrimitive,
  reciprocalPrimitive,
];

/**
 * Raises `x` to the power `exponent`, element by element. A negative `x` needs whole exponents; `pow(x, 0)` is 1 with
 * slope 0.
 *
 * @example
 * ```ts
 * import { pow, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(pow(tensor64([2, 3]), 2)), [4, 9]);
 * ```
 *
 * @param x Any shape, or a number.
 * @param exponent A shape that broadcasts with `x`'s, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function pow<D extends DType>(x: Tensor<D>, exponent: TensorLike<NoInfer<D>>): Tensor<D>;
/** Raises to a power where the base may be a number. */
export function pow<D extends DType = "float32">(x: TensorLike<NoInfer<D>>, exponent: TensorLike<D>): Tensor<D>;
export function pow<D extends DType>(x: TensorLike<D>, exponent: TensorLike<D>): Tensor<D> {
  return applyElementwise(powPrimitive, [x, exponent]);
}

/**
 * Computes `x * x`, element by element.
 *
 * @example
 * ```ts
 * import { square, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(square(tensor64([-2, 3]))), [4, 9]);
 * ```
 */
export function square<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(squarePrimitive, [x]);
}

/**
 * Computes the square root of every element; NaN below 0, infinite slope at 0.
 *
 * @example
 * ```ts
 * import { sqrt, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(sqrt(tensor64([4, 9]))), [2, 3]);
 * ```
 */
export function sqrt<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(sqrtPrimitive, [x]);
}

/**
 * Computes {@link sqrt} with slope 0 at 0, for norms and deviations: 0 is one of their subgradients there, and never
 * NaN.
 */
export function safeSqrt<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(safeSqrtPrimitive, [x]);
}

/**
 * Computes `1 / sqrt(x)`, element by element.
 *
 * @example
 * ```ts
 * import { rsqrt, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(rsqrt(tensor64([4, 16]))), [0.5, 0.25]);
 * ```
 */
export function rsqrt<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(rsqrtPrimitive, [x]);
}

/**
 * Computes `1 / x`, element by element.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(reciprocal(tensor64([2, -4]))), [0.5, -0.25]);
 * ```
 */
export function reciprocal<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(reciprocalPrimitive, [x]);
}
