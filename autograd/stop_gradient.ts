/**
 * Tensors without their history.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { checkTensor } from "./arguments.ts";
import { constantOf, type Tensor } from "./tensor.ts";
import { innerView } from "./tensor_record.ts";

/**
 * Returns the same values without their history: no derivative flows through the result.
 *
 * @example
 * ```ts
 * import { gradient, mul, stopGradient, sum, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const f = (x: ReturnType<typeof tensor64>) => sum(mul(x, stopGradient(x)));
 * assertEquals(toList(gradient(f)(tensor64([2, 3]))), [2, 3]);
 * ```
 */
export function stopGradient<D extends DType>(t: Tensor<D>): Tensor<D> {
  checkTensor("apply stopGradient", t);
  return t.tag === "constant" ? t : constantOf(innerView(t));
}
