/**
 * Biases in the types of params.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import type { Tensor } from "../autograd/tensor.ts";

/** The bias of a layer that has one (`true`), that has none (`false`), or that may have one (`boolean`). */
export type Bias<D extends DType, B extends boolean> = [B] extends [true] ? {
    /** Added to the product, a number for each output. */
    readonly bias: Tensor<D>;
  }
  : [B] extends [false] ? unknown
  : {
    /** Added to the product, a number for each output, where there is one. */
    readonly bias?: Tensor<D>;
  };
