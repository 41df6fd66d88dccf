/**
 * Transposed convolution over one axis.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { Convolution1dOptions } from "./conv1d.ts";
import { transposeConvolution } from "./transposed_convolution.ts";

/** The settings of {@link convTranspose1d}. */
export type TransposedConvolution1dOptions = Convolution1dOptions & {
  /** Elements to add to the result at the end, fewer than the stride or the dilation; 0 if left out. */
  readonly outputPadding?: number;
};

/**
 * Spreads every element of the input over a window of the output, weighted by the kernel: {@link conv1d} with the same
 * weight and settings does this to gradients. It is `convTranspose2d` on images that are one row high.
 *
 * @param input `[channels, length]`, or `[batch, channels, length]`.
 * @param weight `[channels, filters / groups, kernel length]`, the weight of the conv1d that is transposed.
 * @param bias `[filters]`, added at every position; `null` for none.
 * @param options `stride`, `padding`, `dilation` and `groups` of the conv1d that is transposed, so padding makes the
 * result shorter; `outputPadding` (default 0), less than the stride or the dilation, whichever is larger.
 * @returns `[filters, output length]`, with a batch axis if the input has one. The output length is
 * `(length - 1) * stride - padding + dilation * (kernel - 1) + 1 + outputPadding`, where padding counts both ends.
 * @throws {ShapeError} If an operand has another number of axes; if channels, filters and groups do not fit together;
 * if nothing is left of the result; or if a setting is not a whole number, is too small or, for `outputPadding`, too
 * large.
 * @throws {DTypeError} If the dtypes differ.
 * @see Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, chapter 4.
 *
 * @example Each element becomes a pair
 * ```ts
 * import { convTranspose1d, ones, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const pair = ones([1, 1, 2], { dtype: "float64" });
 * assertEquals(toArray(convTranspose1d(tensor64([[1, 2]]), pair, null, { stride: 2 })), [[1, 1, 2, 2]]);
 * ```
 */
export function convTranspose1d<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<NoInfer<D>>,
  bias: Tensor<NoInfer<D>> | null,
  options: TransposedConvolution1dOptions = {},
): Tensor<D> {
  checkOptions("apply convTranspose1d", options, {
    stride: true,
    padding: true,
    dilation: true,
    groups: true,
    outputPadding: true,
  });
  const { stride = 1, padding = 0, dilation = 1, groups = 1, outputPadding = 0 } = options;
  checkOperands("convTranspose1d", [input, weight, ...(bias ?? null) === null ? [] : [bias!]]);
  const settings = { stride, padding, dilation, groups, outputPadding };
  return transposeConvolution("convTranspose1d", 1, [input, weight, bias ?? null], settings);
}
