/**
 * Transposed convolution over two axes: the adjoint of convolution as an operation.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { ConvolutionOptions } from "./conv2d.ts";
import type { PerAxis } from "./convolution_shape.ts";
import { transposeConvolution } from "./transposed_convolution.ts";

/** The settings of {@link convTranspose2d}. */
export type TransposedConvolutionOptions = ConvolutionOptions & {
  /**
   * Rows and columns to add to the result at the bottom and at the right, fewer than the stride or the dilation; 0 if
   * left out.
   */
  readonly outputPadding?: PerAxis;
};

/**
 * Spreads every element of the input over a window of the output, weighted by the kernel: {@link conv2d} with the same
 * weight and settings does this to gradients. Where conv2d makes images smaller, this makes them larger.
 *
 * With a stride above 1, conv2d takes inputs of several sizes to results of one size; `outputPadding` selects one of
 * them.
 *
 * @param input `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param weight `[channels, filters / groups, kernel height, kernel width]`, the weight of the conv2d that is
 * transposed.
 * @param bias `[filters]`, added at every position; `null` for none.
 * @param options `stride`, `padding`, `dilation` and `groups` of the conv2d that is transposed, so padding makes the
 * result smaller; `outputPadding` (default 0): a number or `[height, width]`, less than the stride or the dilation,
 * whichever is larger.
 * @returns `[filters, output height, output width]`, with a batch axis if the input has one. An output axis has length
 * `(length - 1) * stride - padding + dilation * (kernel - 1) + 1 + outputPadding`, where padding counts both sides.
 * @throws {ShapeError} If an operand has another number of axes; if channels, filters and groups do not fit together;
 * if nothing is left of the result; or if a setting is not a whole number, is too small or, for `outputPadding`, too
 * large.
 * @throws {DTypeError} If the dtypes differ.
 * @see Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, chapter 4.
 *
 * @example Each element becomes a square
 * ```ts
 * import { convTranspose2d, ones, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const square = ones([1, 1, 2, 2], { dtype: "float64" });
 * const doubled = convTranspose2d(tensor64([[[1, 2]]]), square, null, { stride: 2 });
 * assertEquals(toArray(doubled), [[[1, 1, 2, 2], [1, 1, 2, 2]]]);
 * ```
 */
export function convTranspose2d<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<NoInfer<D>>,
  bias: Tensor<NoInfer<D>> | null,
  options: TransposedConvolutionOptions = {},
): Tensor<D> {
  checkOptions("apply convTranspose2d", options, {
    stride: true,
    padding: true,
    dilation: true,
    groups: true,
    outputPadding: true,
  });
  const { stride = 1, padding = 0, dilation = 1, groups = 1, outputPadding = 0 } = options;
  checkOperands("convTranspose2d", [input, weight, ...(bias ?? null) === null ? [] : [bias!]]);
  const settings = { stride, padding, dilation, groups, outputPadding };
  return transposeConvolution("convTranspose2d", 2, [input, weight, bias ?? null], settings);
}
