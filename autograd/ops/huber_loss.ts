/**
 * Losses that grow with the distance and not with its square: L1, Huber, smooth L1.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { abs } from "./choice.ts";
import { checkReduction, checkSameShape, type LossOptions, reduceLoss } from "./loss.ts";

/** A parabola up to `delta`, and beyond it a line with the slope reached there. */
const huberPrimitive = /* @__PURE__ */ arithmetic("huber", (x, delta) => {
  const distance = scalar.abs(x);
  return scalar.select(
    scalar.lessEqual(distance, delta),
    scalar.mul(0.5, scalar.mul(x, x)),
    scalar.mul(delta, scalar.sub(distance, scalar.mul(0.5, delta))),
  );
}, { domains: [[-2, 2], [0.5, 1.5]] });

/** The same divided by `beta`, as a separate formula: `beta` may be so small that its reciprocal is infinite. */
const smoothL1Primitive = /* @__PURE__ */ arithmetic("smoothL1", (x, beta) => {
  const distance = scalar.abs(x);
  return scalar.select(
    scalar.lessEqual(distance, beta),
    scalar.mul(0.5, scalar.mul(x, scalar.div(x, beta))),
    scalar.sub(distance, scalar.mul(0.5, beta)),
  );
}, { domains: [[-2, 2], [0.5, 1.5]] });

/** The primitives of this file, for the generic checks. */
export const huberPrimitives = [huberPrimitive, smoothL1Primitive];

/**
 * Computes the mean of `|pred - target|` over all elements; the slope is 0 where they are equal.
 *
 * @param pred Any shape.
 * @param target The same shape.
 * @param options `reduction`: `"mean"` (default), `"sum"` or `"none"`.
 * @returns 0-d, or the operands' shape with `"none"`.
 * @throws {ShapeError} If the shapes differ.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { l1Loss, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(l1Loss(tensor64([1, 2]), tensor64([4, 1]))), 2);
 * ```
 */
export function l1Loss<D extends DType>(
  pred: Tensor<D>,
  target: Tensor<NoInfer<D>>,
  options: LossOptions = {},
): Tensor<D> {
  checkOptions("apply l1Loss", options, { reduction: true });
  const { reduction = "mean" } = options;
  checkReduction("l1Loss", reduction);
  checkSameShape("l1Loss", pred, target);
  return reduceLoss(abs(sub(pred, target)), reduction);
}

/** The settings of {@link huberLoss}. */
export type HuberLossOptions = LossOptions & {
  /** The distance up to which the loss is quadratic, 1 if left out. */
  readonly delta?: number | undefined;
};

/**
 * Computes half the squared distance up to `delta`, and its tangent `delta * (|pred - target| - delta / 2)` beyond.
 *
 * @param pred Any shape.
 * @param target The same shape.
 * @param options `delta`: 1 by default; `reduction`: `"mean"` (default) over all elements, `"sum"` or `"none"`.
 * @returns 0-d, or the operands' shape with `"none"`.
 * @throws {ShapeError} If the shapes differ.
 * @throws {RangeError} If `delta` is not a finite number above 0.
 * @throws {DTypeError} If the dtypes differ.
 * @see Huber, Robust Estimation of a Location Parameter, 1964.
 *
 * @example
 * ```ts
 * import { huberLoss, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const losses = huberLoss(tensor64([0, 1, 5]), tensor64([0, 0, 0]), { delta: 2, reduction: "none" });
 * assertEquals(toList(losses), [0, 0.5, 8]);
 * ```
 */
export function huberLoss<D extends DType>(
  pred: Tensor<D>,
  target: Tensor<NoInfer<D>>,
  options: HuberLossOptions = {},
): Tensor<D> {
  checkOptions("apply huberLoss", options, { delta: true, reduction: true });
  const { delta = 1, reduction = "mean" } = options;
  checkReduction("huberLoss", reduction);
  if (!(Number.isFinite(delta) && delta > 0)) {
    throw new RangeError(
      `Cannot apply huberLoss with delta ${describe(delta)}: it must be a finite number above 0; 1 is usual`,
    );
  }
  checkSameShape("huberLoss", pred, target);
  return reduceLoss(applyElementwise<D>(huberPrimitive, [sub(pred, target), delta]), reduction);
}

/** The settings of {@link smoothL1Loss}. */
export type SmoothL1LossOptions = LossOptions & {
  /** The distance up to which the loss is quadratic, 1 if left out. */
  readonly beta?: number | undefined;
};

/**
 * Computes {@link l1Loss} with a rounded tip: `(pred - target)^2 / (2 beta)` up to the distance `beta`, `|pred -
 * target| - beta / 2` beyond. It is {@link huberLoss} divided by `beta`; with `beta` 0 it is {@link l1Loss}.
 *
 * @param pred Any shape.
 * @param target The same shape.
 * @param options `beta`: 1 by default; `reduction`: `"mean"` (default) over all elements, `"sum"` or `"none"`.
 * @returns 0-d, or the operands' shape with `"none"`.
 * @throws {ShapeError} If the shapes differ.
 * @throws {RangeError} If `beta` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 * @see Girshick, Fast R-CNN, 2015.
 *
 * @example
 * ```ts
 * import { smoothL1Loss, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const losses = smoothL1Loss(tensor64([0, 1, 5]), tensor64([0, 0, 0]), { beta: 2, reduction: "none" });
 * assertEquals(toList(losses), [0, 0.25, 4]);
 * ```
 */
export function smoothL1Loss<D extends DType>(
  pred: Tensor<D>,
  target: Tensor<NoInfer<D>>,
  options: SmoothL1LossOptions = {},
): Tensor<D> {
  checkOptions("apply smoothL1Loss", options, { beta: true, reduction: true });
  const { beta = 1, reduction = "mean" } = options;
  checkReduction("smoothL1Loss", reduction);
  if (!(Number.isFinite(beta) && beta >= 0)) {
    throw new RangeError(
      `Cannot apply smoothL1Loss with beta ${describe(beta)}: it must be a finite number of 0 or more; 1 is usual`,
    );
  }
  checkSameShape("smoothL1Loss", pred, target);
  const distance = sub(pred, target);
  const losses = beta === 0 ? abs(distance) : applyElementwise<D>(smoothL1Primitive, [distance, beta]);
  return reduceLoss(losses, reduction);
}
