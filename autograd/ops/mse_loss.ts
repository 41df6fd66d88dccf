/**
 * Mean squared error.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { checkReduction, checkSameShape, type LossOptions, reduceLoss } from "./loss.ts";
import { square } from "./power.ts";

/**
 * Computes the mean of `(pred - target)^2` over all elements.
 *
 * @example
 * ```ts
 * import { mseLoss, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(mseLoss(tensor64([1, 2]), tensor64([1, 4]))), 2);
 * ```
 *
 * @param pred Any shape.
 * @param target The same shape.
 * @param options `reduction`: `"mean"` (default), `"sum"` or `"none"`.
 * @returns 0-d, or the operands' shape with `"none"`.
 * @throws {ShapeError} If the shapes differ.
 * @throws {DTypeError} If the dtypes differ.
 */
export function mseLoss<D extends DType>(
  pred: Tensor<D>,
  target: Tensor<NoInfer<D>>,
  options: LossOptions = {},
): Tensor<D> {
  checkOptions("apply mseLoss", options, { reduction: true });
  const { reduction = "mean" } = options;
  checkReduction("mseLoss", reduction);
  checkSameShape("mseLoss", pred, target);
  return reduceLoss(square(sub(pred, target)), reduction);
}
