/**
 * Tensors as text.
 *
 * @module
 */
import { checkTensor } from "./arguments.ts";
import { formatView } from "./format_view.ts";
import type { Tensor } from "./tensor.ts";
import { innerView } from "./tensor_record.ts";

/**
 * Writes a tensor as nested brackets with aligned columns, after its dtype and shape.
 *
 * Whole numbers are exact up to 1e16. Others are rounded to 5 significant digits, but never before the decimal point.
 * Above 1000 elements, only three at each end of every axis are shown.
 *
 * @example
 * ```ts
 * import { formatTensor, tensor32 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatTensor(tensor32([[1, -2], [0.5, 100]])), "float32 [2, 2]\n[[  1,  -2],\n [0.5, 100]]");
 * ```
 */
export function formatTensor(t: Tensor): string {
  checkTensor("apply formatTensor", t);
  return formatView(innerView(t));
}

/**
 * Prints what {@link formatTensor} returns.
 *
 * @example
 * ```ts
 * import { printTensor, tensor64 } from "@nanograd/nanograd";
 *
 * printTensor(tensor64([1, 2])); // float64 [2] [1, 2]
 * ```
 */
export function printTensor(t: Tensor): void {
  console.log(formatTensor(t));
}
