/**
 * Whether any or all elements are true.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { resolveAxes } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { equal, greater, notEqual } from "./comparison.ts";
import { type ReductionOptions, sum } from "./sum.ts";

/**
 * Returns 1 if any element over axes is not 0, else 0; of no elements it is 0. A NaN is not 0. The result is not tracked.
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape of `t` without those axes.
 * @throws {ShapeError} If an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { any, greater, tensor64, toArray, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 5], [2, 3]]);
 * assertEquals(toNumber(any(greater(t, 4))), 1);
 * assertEquals(toArray(any(greater(t, 4), { axes: 1 })), [1, 0]);
 * ```
 */
export function any<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  checkReduction("any", t, options);
  // Sums are exact where it matters: that of ones is 0 only if there are none.
  return greater<D>(sum(notEqual<D>(t, 0), options), 0);
}

/**
 * Returns 1 if all elements over axes are not 0, else 0; of no elements it is 1. A NaN is not 0. The result is not tracked.
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape of `t` without those axes.
 * @throws {ShapeError} If an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { all, greater, tensor64, toArray, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 5], [6, 7]]);
 * assertEquals(toNumber(all(greater(t, 4))), 0);
 * assertEquals(toArray(all(greater(t, 4), { axes: 1 })), [0, 1]);
 * ```
 */
export function all<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  checkReduction("all", t, options);
  return equal<D>(sum(equal<D>(t, 0), options), 0);
}

function checkReduction(op: string, t: Tensor, options: ReductionOptions): void {
  checkOperands(op, [t]);
  checkOptions(`apply ${op}`, options, { axes: true, keepDims: "flag" });
  resolveAxes(op, innerShape(t), options.axes); // throws if one is wrong
}
