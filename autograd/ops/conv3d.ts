/**
 * Convolution over three axes.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, unwrap } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { concat } from "./concat.ts";
import { convolve, withBias } from "./conv2d.ts";
import { expandSetting, type Padding3d, type PerAxis3d, planConvolution } from "./convolution_shape.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { sliceAxes } from "./slice.ts";
import { transpose } from "./transpose.ts";

/** The settings of {@link conv3d}. */
export type Convolution3dOptions = {
  /** Steps from one window to the next, 1 if left out. */
  readonly stride?: PerAxis3d | undefined;
  /** How many zeros are added around every volume, 0 if left out. */
  readonly padding?: Padding3d | undefined;
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: PerAxis3d | undefined;
  /** The number of groups that the channels are split into, 1 if left out. */
  readonly groups?: number | undefined;
};

/**
 * Slides kernels over volumes, such as scans or videos, and sums up the products at every position.
 *
 * It is one {@link conv2d} of images whose channels are those of all planes that a kernel sees. The memory that it
 * needs for the input is therefore multiplied by the depth of the kernel, and divided by the stride along the depth.
 *
 * @param input `[channels, depth, height, width]`, or `[batch, channels, depth, height, width]`.
 * @param weight `[filters, channels / groups, kernel depth, kernel height, kernel width]`
 * @param bias `[filters]`, added at every position; `null` for none.
 * @param options `stride` (default 1), `padding` (default 0) and `dilation` (default 1): a number, or `[depth, height,
 * width]`; padding also `[front, top, left, back, bottom, right]`. `groups` (default 1).
 * @returns `[filters, output depth, output height, output width]`, with a batch axis if the input has one. An output axis
 * has length `floor((length + padding - dilation * (kernel - 1) - 1) / stride) + 1`, where padding counts both sides.
 * @throws {ShapeError} If an operand has another number of axes; if channels, filters and groups do not fit together;
 * if the kernel is larger than the padded volume; or if a setting is not a whole number or is too small.
 * @throws {DTypeError} If the dtypes differ.
 * @see Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.
 *
 * @example The difference of planes
 * ```ts
 * import { conv3d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const volume = tensor64([[[[1, 2]], [[4, 8]], [[16, 32]]]]), through = tensor64([[[[[-1]], [[1]]]]]);
 * assertEquals(toArray(conv3d(volume, through, null)), [[[[3, 6]], [[12, 24]]]]);
 * ```
 */
export function conv3d<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<NoInfer<D>>,
  bias: Tensor<NoInfer<D>> | null,
  options: Convolution3dOptions = {},
): Tensor<D> {
  checkOptions("apply conv3d", options, { stride: true, padding: true, dilation: true, groups: true });
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  checkOperands("conv3d", [input, weight, ...(bias ?? null) === null ? [] : [bias!]]);
  const given = innerShape(input), kernels = innerShape(weight);
  const { geometry, shape } = unwrap(
    planConvolution({
      op: "conv3d",
      input: given,
      weight: kernels,
      bias: bias?.shape,
      settings: { stride, padding, dilation, groups },
    }, 3),
  );
  const [channels, depth, height, width] = given.slice(-4) as [number, number, number, number]; // checked: four or five
  // Kernels have five axes, and results end with three lengths.
  const [filters, own, planes, rows, columns] = kernels as readonly [number, number, number, number, number];
  const [outDepth, outHeight, outWidth] = shape.slice(-3) as [number, number, number]; // see above
  checkResultShape("conv3d", shape);
  const batch = given.length === 5 ? given[0]! : 1, around = expandSetting(padding, 6);
  checkResultShape("conv3d", [batch, channels, around[0]! + depth + around[3]!, height, width]);
  checkResultShape("conv3d", [batch, channels, outDepth, planes, height, width]);
  // The planes that each plane of the result sees, side by side: [batch, channels, output depth, planes, height, width].
  const padded = pad(reshape(input, [batch, channels, depth, height, width]), [
    [0, 0],
    [0, 0],
    [around[0]!, around[3]!],
    [0, 0],
    [0, 0],
  ]);
  const step = expandSetting(stride, 3)[0]!, apart = expandSetting(dilation, 3)[0]!;
  const seen = Array.from({ length: planes }, (_, k) => {
    const first = k * apart, taken = sliceAxes(padded, [[], [], [first, first + (outDepth - 1) * step + 1, step]]);
    return reshape(taken, [batch, channels, outDepth, 1, height, width]);
  });
  const images = reshape(transpose(concat(seen, 3), [0, 2, 1, 3, 4, 5]), [
    batch * outDepth,
    channels * planes,
    height,
    width,
  ]);
  const flat = reshape(weight, [filters, own * planes, rows, columns]);
  const output = convolve(images, flat, null, { ...geometry, groups }, [
    batch * outDepth,
    filters,
    outHeight,
    outWidth,
  ]);
  const apartAgain = reshape(output, [batch, outDepth, filters, outHeight, outWidth]);
  return withBias(reshape(transpose(apartAgain, [0, 2, 1, 3, 4]), shape), bias, 3);
}
