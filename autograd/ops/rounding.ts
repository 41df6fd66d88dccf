/**
 * Rounding to whole numbers.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";

const BETWEEN_STEPS = { domains: [[1.1, 1.4]] } as const;

const floorPrimitive = /* @__PURE__ */ arithmetic("floor", (x) => scalar.floor(x), BETWEEN_STEPS);
const ceilPrimitive = /* @__PURE__ */ arithmetic("ceil", (x) => scalar.ceil(x), BETWEEN_STEPS);
const roundPrimitive = /* @__PURE__ */ arithmetic("round", (x) => scalar.round(x), BETWEEN_STEPS);
const truncPrimitive = /* @__PURE__ */ arithmetic("trunc", (x) => scalar.trunc(x), BETWEEN_STEPS);

/** The primitives of this file, for the generic checks. */
export const roundingPrimitives = [floorPrimitive, ceilPrimitive, roundPrimitive, truncPrimitive];

/**
 * Rounds every element down. The slope is 0 everywhere.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { floor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(floor(tensor64([-1.5, 0.5, 2]))), [-2, 0, 2]);
 * ```
 */
export function floor<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(floorPrimitive, [x]);
}

/**
 * Rounds every element up. The slope is 0 everywhere.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { ceil, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(ceil(tensor64([-1.5, 0.5, 2]))), [-1, 1, 2]);
 * ```
 */
export function ceil<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(ceilPrimitive, [x]);
}

/**
 * Rounds every element to the nearest whole number, the even one of two, as PyTorch and NumPy do. The slope is 0
 * everywhere.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { round, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(round(tensor64([-1.7, 0.5, 1.5, 2.5]))), [-2, 0, 2, 2]);
 * ```
 */
export function round<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(roundPrimitive, [x]);
}

/**
 * Rounds every element towards 0. The slope is 0 everywhere.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { tensor64, toList, trunc } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(trunc(tensor64([-1.5, 1.5, 2]))), [-1, 1, 2]);
 * ```
 */
export function trunc<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(truncPrimitive, [x]);
}
