/**
 * The mean of every window of an image.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { constant, ones } from "../values/constructors.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { div, mul } from "./arithmetic.ts";
import { convolve } from "./conv2d.ts";
import { planPooling, type PoolingOptions, type PoolingPlan, requireImage } from "./pooling_shape.ts";
import { reshape } from "./reshape.ts";
import { broadcastTo, mean } from "./sum.ts";

/** The settings of {@link avgPool2d}. */
export type AveragePoolingOptions = PoolingOptions & {
  /** Whether padding counts as zeros (`true`, the default) or is left out of the mean. */
  readonly countIncludePad?: boolean | undefined;
};

/**
 * Computes the mean of every window.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param options `size` of the windows, `stride` (default: the size): a number or `[height, width]`; `padding` (default
 * 0): also `[top, left, bottom, right]`, less than the size; `countIncludePad` (default `true`): whether padding counts
 * as zeros or is left out of the mean; `ceilMode` (default `false`): whether the number of windows is rounded up; the
 * parts of windows beyond the padding are then left out of the mean.
 * @returns The shape of `x`, except that height and width are `floor((length + padding - size) / stride) + 1`, where
 * padding counts both sides.
 * @throws {ShapeError} If `x` has another number of axes, a setting is not a whole number or too small, or windows are
 * larger than the padded image.
 *
 * @example
 * ```ts
 * import { avgPool2d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor64([[[4, 8], [12, 16]]]);
 * assertEquals(toArray(avgPool2d(image, { size: 2 })), [[[10]]]);
 * const corners = { size: 2, stride: 1, padding: 1 };
 * assertEquals(toArray(avgPool2d(image, corners)), [[[1, 3, 2], [4, 10, 6], [3, 7, 4]]]);
 * assertEquals(toArray(avgPool2d(image, { ...corners, countIncludePad: false })), [[[4, 6, 8], [8, 10, 12], [12, 14,
 * 16]]]);
 * ```
 */
export function avgPool2d<D extends DType>(
  x: Tensor<D>,
  options: AveragePoolingOptions,
): Tensor<D> {
  requireImage("avgPool2d", x);
  checkOptions("apply avgPool2d", options, {
    size: true,
    stride: true,
    padding: true,
    ceilMode: "flag",
    countIncludePad: "flag",
  });
  const plan = planPooling("avgPool2d", innerShape(x), options), outer = innerShape(x).slice(0, -2);
  const images = innerShape(x).length === 4 ? x : reshape(x, [1, ...innerShape(x)]);
  return reshape(meansOfWindows(images, plan, options.countIncludePad ?? true), [...outer, ...plan.counts]);
}

/**
 * Computes the mean of every window of images that have been checked.
 *
 * @param images `[batch, channels, height, width]`
 * @param includePad Whether padding counts as zeros, or is left out of the mean.
 * @returns The same with height and width of the plan.
 */
export function meansOfWindows<D extends DType>(images: Tensor<D>, plan: PoolingPlan, includePad: boolean): Tensor<D> {
  const { geometry } = plan, { dtype } = images, [rows, columns] = geometry.size;
  // Images have four axes.
  const [batch, channels, height, width] = innerShape(images) as readonly [number, number, number, number];
  // The sum over a window is a convolution with ones, separately for every channel.
  const kernels = broadcastTo(ones<D>([], { dtype }), [channels, Math.min(channels, 1), rows, columns]);
  const settings = { ...geometry, dilation: [1, 1], groups: Math.max(channels, 1) } as const;
  const pooled = convolve(images, kernels, null, settings, [batch, channels, ...plan.counts]);
  const down = elementCounts(plan, 0, height, includePad), along = elementCounts(plan, 1, width, includePad);
  if ([...down, ...along].every((count, i) => count === (i < down.length ? rows : columns))) {
    return div(pooled, rows * columns);
  }
  const factors = Float64Array.from(down.flatMap((count) => along.map((own) => 1 / (count * own))));
  return mul(pooled, constant(factors, { dtype, shape: plan.counts }));
}

/** Returns, for every window along an axis, how many elements count: those of the image, or of the padded image. */
function elementCounts(
  { geometry: { size, stride }, padding, counts }: PoolingPlan,
  axis: 0 | 1,
  length: number,
  includePad: boolean,
): readonly number[] {
  const before = padding[axis], low = includePad ? -before : 0, high = length + (includePad ? padding[axis + 2]! : 0);
  return Array.from({ length: counts[axis] }, (_, i) => {
    const start = i * stride[axis] - before;
    return Math.min(start + size[axis], high) - Math.max(start, low);
  });
}

/**
 * Computes the mean of every channel.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @returns `[channels]`, or `[batch, channels]`; NaN if there are no rows or no columns.
 * @throws {ShapeError} If `x` has another number of axes.
 * @see Lin, Chen and Yan, Network In Network, 2013.
 *
 * @example
 * ```ts
 * import { globalAvgPool2d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(globalAvgPool2d(tensor64([[[1, 2], [3, 6]], [[0, 0], [0, 4]]]))), [3, 1]);
 * ```
 */
export function globalAvgPool2d<D extends DType>(x: Tensor<D>): Tensor<D> {
  requireImage("globalAvgPool2d", x);
  return mean(x, { axes: [-2, -1] });
}
