/**
 * The types of biases in params.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import type { Tensor } from "../autograd/tensor.ts";

/** The bias of a layer that has one (`true`), has none (`false`), or may have one (`boolean`). */
export type Bias<D extends DType, B extends boolean> = [B] extends [true] ? {
    /** One number for each output, added to the product. */
    readonly bias: Tensor<D>;
  }
  : [B] extends [false] ? unknown
  : {
    /** One number for each output, added to the product; absent if the layer has no bias. */
    readonly bias?: Tensor<D>;
  };
