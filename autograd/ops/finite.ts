/**
 * Finding and replacing numbers that are not finite.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { abs, equal, less, select } from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { where } from "./choice.ts";

const isNaNPrimitive = /* @__PURE__ */ arithmetic("isNaN", (x) => select(equal(x, x), 0, 1));
const isFinitePrimitive = /* @__PURE__ */ arithmetic("isFinite", (x) => less(abs(x), Infinity));
const nanToNumPrimitive = /* @__PURE__ */ arithmetic(
  "nanToNum",
  (x, nan, high, low) =>
    select(equal(x, x), select(equal(x, Infinity), high, select(equal(x, -Infinity), low, x)), nan),
  {
    samples: () =>
      ([[2, 3], [], [0, 2]] as const).map((shape) => ({
        attributes: {},
        inputs: [{ shape }, { shape: [] }, { shape: [] }, { shape: [] }],
      })),
  },
);

/** The primitives of this file, for the generic checks. */
export const finitePrimitives = [isNaNPrimitive, isFinitePrimitive, nanToNumPrimitive];

/**
 * Returns 1 where an element is NaN and 0 elsewhere. The result is not tracked: no gradient flows through it.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { isNaN, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(isNaN(tensor64([1, NaN, Infinity]))), [0, 1, 0]);
 * ```
 */
export function isNaN<D extends DType>(x: Tensor<D>): Tensor<D> {
  checkOperands("isNaN", [x]);
  return applyElementwise(isNaNPrimitive, [stopGradient(x)]);
}

/**
 * Returns 1 where an element is neither infinite nor NaN and 0 elsewhere. The result is not tracked: no gradient flows through
 * it.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { isFinite, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(isFinite(tensor64([1, NaN, Infinity]))), [1, 0, 0]);
 * ```
 */
export function isFinite<D extends DType>(x: Tensor<D>): Tensor<D> {
  checkOperands("isFinite", [x]);
  return applyElementwise(isFinitePrimitive, [stopGradient(x)]);
}

/** The replacements for numbers that are not finite. */
export type NanToNumOptions = {
  /** The replacement for NaN, 0 if left out. */
  readonly nan?: number | undefined;
  /** The replacement for Infinity, the dtype's largest number if left out. */
  readonly positiveInfinity?: number | undefined;
  /** The replacement for -Infinity, the dtype's lowest number if left out. */
  readonly negativeInfinity?: number | undefined;
};

/**
 * Replaces NaN and infinities by numbers. The slope is 0 where an element has been replaced, 1 elsewhere.
 *
 * @param x Any shape.
 * @param options `nan`, 0 by default; `positiveInfinity` and `negativeInfinity`, the dtype's largest and lowest number.
 * @returns The shape of `x`.
 * @throws {TypeError} If one of them is not a number.
 *
 * @example
 * ```ts
 * import { nanToNum, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(nanToNum(tensor64([1, NaN, -Infinity]))), [1, 0, -Number.MAX_VALUE]);
 * assertEquals(toList(nanToNum(tensor64([NaN, Infinity]), { nan: -1, positiveInfinity: 9 })), [-1, 9]);
 * ```
 */
export function nanToNum<D extends DType>(x: Tensor<D>, options: NanToNumOptions = {}): Tensor<D> {
  checkOperands("nanToNum", [x]);
  checkOptions("apply nanToNum", options, { nan: true, positiveInfinity: true, negativeInfinity: true });
  const { epsilon, smallestNormal } = DTYPES[x.dtype], largest = (2 - epsilon) * (2 / smallestNormal);
  const { nan = 0, positiveInfinity = largest, negativeInfinity = -largest } = options;
  for (const [name, value] of Object.entries({ nan, positiveInfinity, negativeInfinity })) {
    if (typeof value === "number") continue;
    throw new TypeError(
      `Cannot apply nanToNum with ${name} ${describe(value)}: it must be a number; pass one, or leave it out`,
    );
  }
  return applyElementwise<D>(nanToNumPrimitive, [x, nan, positiveInfinity, negativeInfinity]);
}

/** Returns the power of 2 to multiply two numbers with so that their distance does not overflow: 1, or 1/2 where it does. */
export const fittingFactor = <D extends DType>(low: Tensor<D>, high: Tensor<D>): Tensor<D> =>
  where<D>(isFinite(sub(high, low)), 1, 0.5);
