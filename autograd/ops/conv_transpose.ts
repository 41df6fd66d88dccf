/**
 * Transposed convolutions over one, two and three axes: the adjoints of convolutions as operations.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { Convolution1dOptions } from "./conv1d.ts";
import type { ConvolutionOptions } from "./conv2d.ts";
import type { Convolution3dOptions } from "./conv3d.ts";
import type { Axes, PerAxis, PerAxis3d } from "./convolution_shape.ts";
import { transposeConvolution } from "./transposed_convolution.ts";

/** The settings of {@link convTranspose1d}. */
export type TransposedConvolution1dOptions = Convolution1dOptions & {
  /** Elements to add to the result at the end, fewer than the stride or the dilation. Default: 0. */
  readonly outputPadding?: number | undefined;
};

/** The settings of {@link convTranspose2d}. */
export type TransposedConvolutionOptions = ConvolutionOptions & {
  /**
   * Rows and columns to add to the result at the bottom and at the right, fewer than the stride or the dilation; 0 if
   * left out.
   */
  readonly outputPadding?: PerAxis | undefined;
};

/** The settings of {@link convTranspose3d}. */
export type TransposedConvolution3dOptions = Convolution3dOptions & {
  /**
   * Planes, rows and columns to add to the result at the back, at the bottom and at the right, fewer than the stride or
   * the dilation; 0 if left out.
   */
  readonly outputPadding?: PerAxis3d | undefined;
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
  return transposed("convTranspose1d", 1, [input, weight, bias ?? null], options);
}

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
  return transposed("convTranspose2d", 2, [input, weight, bias ?? null], options);
}

/**
 * Spreads every element of the input over a window of the output, weighted by the kernel: {@link conv3d} with the same
 * weight and settings does this to gradients. Where conv3d makes volumes smaller, this makes them larger.
 *
 * It is one {@link convTranspose2d} of all planes, for each plane of the kernel, and a sum of these.
 *
 * @param input `[channels, depth, height, width]`, or `[batch, channels, depth, height, width]`.
 * @param weight `[channels, filters / groups, kernel depth, kernel height, kernel width]`, the weight of the conv3d that
 * is transposed.
 * @param bias `[filters]`, added at every position; `null` for none.
 * @param options `stride`, `padding`, `dilation` and `groups` of the conv3d that is transposed, so padding makes the
 * result smaller; `outputPadding` (default 0): a number or `[depth, height, width]`, less than the stride or the
 * dilation, whichever is larger.
 * @returns `[filters, output depth, output height, output width]`, with a batch axis if the input has one. An output axis
 * has length `(length - 1) * stride - padding + dilation * (kernel - 1) + 1 + outputPadding`, where padding counts both
 * sides.
 * @throws {ShapeError} If an operand has another number of axes; if channels, filters and groups do not fit together;
 * if nothing is left of the result; or if a setting is not a whole number, is too small or, for `outputPadding`, too
 * large.
 * @throws {DTypeError} If the dtypes differ.
 * @see Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, chapter 4.
 *
 * @example Each plane becomes two
 * ```ts
 * import { convTranspose3d, ones, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const planes = ones([1, 1, 2, 1, 1], { dtype: "float64" });
 * const doubled = convTranspose3d(tensor64([[[[1, 2]], [[3, 4]]]]), planes, null, { stride: [2, 1, 1] });
 * assertEquals(toArray(doubled), [[[[1, 2]], [[1, 2]], [[3, 4]], [[3, 4]]]]);
 * ```
 */
export function convTranspose3d<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<NoInfer<D>>,
  bias: Tensor<NoInfer<D>> | null,
  options: TransposedConvolution3dOptions = {},
): Tensor<D> {
  return transposed("convTranspose3d", 3, [input, weight, bias ?? null], options);
}

/** The settings, for any number of axes. */
type Options =
  & {
    readonly [name in "stride" | "padding" | "dilation" | "outputPadding"]?: number | readonly number[] | undefined;
  }
  & { readonly groups?: number | undefined };

const OPTIONS = { stride: true, padding: true, dilation: true, groups: true, outputPadding: true } as const;

/** Checks the settings, and computes. */
function transposed<D extends DType>(
  op: string,
  axes: Axes,
  operands: readonly [Tensor<D>, Tensor<D>, Tensor<D> | null],
  options: Options,
): Tensor<D> {
  checkOptions<Options>(`apply ${op}`, options, OPTIONS);
  const [input, weight, bias] = operands;
  checkOperands(op, [input, weight, ...bias === null ? [] : [bias]]);
  const { stride = 1, padding = 0, dilation = 1, groups = 1, outputPadding = 0 } = options;
  return transposeConvolution(op, axes, operands, { stride, padding, dilation, groups, outputPadding });
}
