/**
 * Convolution over one axis.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, unwrap } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { convolve } from "./conv2d.ts";
import { planConvolution } from "./convolution_shape.ts";

/** The settings of {@link conv1d}. */
export type Convolution1dOptions = {
  /** Steps from one window to the next, 1 if left out. */
  readonly stride?: number | undefined;
  /** How many zeros are added at both ends, or at the left and at the right; 0 if left out. */
  readonly padding?: number | readonly [left: number, right: number] | undefined;
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: number | undefined;
  /** The number of groups that the channels are split into, 1 if left out. */
  readonly groups?: number | undefined;
};

/**
 * Slides kernels along an axis and sums up the products at every position: {@link conv2d} on images that are one row
 * high.
 *
 * @param input `[channels, length]`, or `[batch, channels, length]`.
 * @param weight `[filters, channels / groups, kernel length]`
 * @param bias `[filters]`, added at every position; `null` for none.
 * @param options `stride` (default 1), `padding` (default 0, a number or `[left, right]`), `dilation` (default 1) and
 * `groups` (default 1).
 * @returns `[filters, output length]`, with a batch axis if the input has one.
 * @throws {ShapeError} If an operand has another number of axes; if channels, filters and groups do not fit together;
 * if the kernel is longer than the padded axis; or if a setting is not a whole number or is too small.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example A running mean that looks only backwards
 * ```ts
 * import { conv1d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const series = tensor64([[2, 4, 8, 16]]);
 * assertEquals(toArray(conv1d(series, tensor64([[[0.5, 0.5]]]), null, { padding: [1, 0] })), [[1, 3, 6, 12]]);
 * ```
 */
export function conv1d<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<NoInfer<D>>,
  bias: Tensor<NoInfer<D>> | null,
  options: Convolution1dOptions = {},
): Tensor<D> {
  checkOptions("apply conv1d", options, { stride: true, padding: true, dilation: true, groups: true });
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  checkOperands("conv1d", [input, weight, ...(bias ?? null) === null ? [] : [bias!]]);
  const { geometry, shape } = unwrap(
    planConvolution({
      op: "conv1d",
      input: innerShape(input),
      weight: innerShape(weight),
      bias: bias?.shape,
      settings: { stride, padding, dilation, groups },
    }, 1),
  );
  checkResultShape("conv1d", shape);
  return convolve(input, weight, bias, geometry, shape);
}
