/**
 * The largest element and the mean of every window of one axis, and of three.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { meansOfWindows } from "./avg_pool2d.ts";
import type { Padding3d, PerAxis3d } from "./convolution_shape.ts";
import { largestOfWindows } from "./max_pool2d.ts";
import {
  imagePlan,
  planWindows,
  type PoolingPlan,
  requireInput,
  untouched,
  type WindowAxis,
  type WindowOptions,
} from "./pooling_shape.ts";
import { reshape } from "./reshape.ts";

/** The settings of pooling over one axis. */
export type Pooling1dOptions = {
  /** The length of the windows. */
  readonly size: number;
  /** Steps from one window to the next; the size if left out, so that windows touch. */
  readonly stride?: number | undefined;
  /** How far windows extend beyond the axis, 0 if left out; less than the size. */
  readonly padding?: number | readonly [left: number, right: number] | undefined;
  /** Whether the number of windows is rounded up, as in PyTorch; `false` if left out. */
  readonly ceilMode?: boolean | undefined;
};

/** The settings of {@link maxPool1d}. */
export type MaxPooling1dOptions = Pooling1dOptions & {
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: number | undefined;
};

/** The settings of {@link avgPool1d}. */
export type AveragePooling1dOptions = Pooling1dOptions & {
  /** Whether padding counts as zeros (`true`, the default) or is left out of the mean. */
  readonly countIncludePad?: boolean | undefined;
};

/** The settings of pooling over three axes. */
export type Pooling3dOptions = {
  /** Depth, height and width of the windows. */
  readonly size: PerAxis3d;
  /** Steps from one window to the next; the size if left out, so that windows touch. */
  readonly stride?: PerAxis3d | undefined;
  /** How far windows extend beyond the volume, 0 if left out; less than the size. */
  readonly padding?: Padding3d | undefined;
  /** Whether the number of windows is rounded up, as in PyTorch; `false` if left out. */
  readonly ceilMode?: boolean | undefined;
};

/** The settings of {@link maxPool3d}. */
export type MaxPooling3dOptions = Pooling3dOptions & {
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: PerAxis3d | undefined;
};

/** The settings of {@link avgPool3d}. */
export type AveragePooling3dOptions = Pooling3dOptions & {
  /** Whether padding counts as zeros (`true`, the default) or is left out of the mean. */
  readonly countIncludePad?: boolean | undefined;
};

/**
 * Returns the largest element of every window of an axis; otherwise like {@link maxPool2d}.
 *
 * @param x `[channels, length]`, or `[batch, channels, length]`.
 * @param options `size` of the windows; `stride` (default: the size); `padding` (default 0): a number or
 * `[left, right]`, less than the size; `dilation` (default 1); `ceilMode` (default `false`).
 * @returns The shape of `x`, except that the length is
 * `floor((length + padding - dilation * (size - 1) - 1) / stride) + 1`, padding at both ends counted.
 * @throws {ShapeError} If `x` has another number of axes, a setting is not a whole number or is too small, or windows
 * are longer than the padded axis.
 * @throws {RangeError} If the axis has more elements than its dtype can number: 2^24 in float32.
 *
 * @example
 * ```ts
 * import { maxPool1d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const series = tensor64([[1, 4, 3, 2, 5]]);
 * assertEquals(toArray(maxPool1d(series, { size: 2 })), [[4, 3]]);
 * assertEquals(toArray(maxPool1d(series, { size: 2, stride: 1, dilation: 2 })), [[3, 4, 5]]);
 * ```
 */
export function maxPool1d<D extends DType>(x: Tensor<D>, options: MaxPooling1dOptions): Tensor<D> {
  return largest("maxPool1d", 1, x, options);
}

/**
 * Computes the mean of every window of an axis; otherwise like {@link avgPool2d}.
 *
 * @param x `[channels, length]`, or `[batch, channels, length]`.
 * @param options `size` of the windows; `stride` (default: the size); `padding` (default 0): a number or
 * `[left, right]`, less than the size; `countIncludePad` (default `true`): whether padding counts as zeros or is left out
 * of the mean; `ceilMode` (default `false`).
 * @returns The shape of `x`, except that the length is `floor((length + padding - size) / stride) + 1`, where padding
 * counts both ends.
 * @throws {ShapeError} If `x` has another number of axes, a setting is not a whole number or is too small, or windows
 * are longer than the padded axis.
 *
 * @example
 * ```ts
 * import { avgPool1d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(avgPool1d(tensor64([[1, 3, 5, 7]]), { size: 2 })), [[2, 6]]);
 * ```
 */
export function avgPool1d<D extends DType>(x: Tensor<D>, options: AveragePooling1dOptions): Tensor<D> {
  return means("avgPool1d", 1, x, options);
}

/**
 * Returns the largest element of every window of a volume: the largest of each plane, and then the largest of these.
 *
 * The gradient goes to the largest element, the first if there are several. Padding is never the largest; NaN always is.
 *
 * @param x `[channels, depth, height, width]`, or `[batch, channels, depth, height, width]`.
 * @param options `size` of the windows, `stride` (default: the size), `dilation` (default 1): a number or `[depth,
 * height, width]`; `padding` (default 0): also `[front, top, left, back, bottom, right]`, less than the size; `ceilMode`
 * (default `false`).
 * @returns The shape of `x`, except that depth, height and width are
 * `floor((length + padding - dilation * (size - 1) - 1) / stride) + 1`, padding on both sides counted.
 * @throws {ShapeError} If `x` has another number of axes, a setting is not a whole number or is too small, or windows
 * are larger than the padded volume.
 * @throws {RangeError} If a plane has more elements than its dtype can number: 2^24 in float32.
 *
 * @example
 * ```ts
 * import { maxPool3d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const volume = tensor64([[[[1, 8], [3, 4]], [[5, 6], [7, 2]]]]);
 * assertEquals(toArray(maxPool3d(volume, { size: 2 })), [[[[8]]]]);
 * assertEquals(toArray(maxPool3d(volume, { size: [1, 2, 2] })), [[[[8]], [[7]]]]);
 * ```
 */
export function maxPool3d<D extends DType>(x: Tensor<D>, options: MaxPooling3dOptions): Tensor<D> {
  return largest("maxPool3d", 3, x, options);
}

/**
 * Computes the mean of every window of a volume: the mean of each plane, and then that of these.
 *
 * @param x `[channels, depth, height, width]`, or `[batch, channels, depth, height, width]`.
 * @param options `size` of the windows, `stride` (default: the size): a number or `[depth, height, width]`; `padding`
 * (default 0): also `[front, top, left, back, bottom, right]`, less than the size; `countIncludePad` (default `true`):
 * whether padding counts as zeros or is left out of the mean; `ceilMode` (default `false`).
 * @returns The shape of `x`, except that depth, height and width are `floor((length + padding - size) / stride) + 1`,
 * where padding counts both sides.
 * @throws {ShapeError} If `x` has another number of axes, a setting is not a whole number or is too small, or windows
 * are larger than the padded volume.
 *
 * @example
 * ```ts
 * import { avgPool3d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(avgPool3d(tensor64([[[[1, 3], [5, 7]], [[2, 4], [6, 8]]]]), { size: 2 })), [[[[4.5]]]]);
 * ```
 */
export function avgPool3d<D extends DType>(x: Tensor<D>, options: AveragePooling3dOptions): Tensor<D> {
  return means("avgPool3d", 3, x, options);
}

/** Pools the images that lines or volumes are made of. */
type Pool<D extends DType> = (images: Tensor<D>, plan: PoolingPlan) => Tensor<D>;

const POOLED = { 1: alongLines, 3: inTwoSteps } as const;

function largest<D extends DType>(op: string, axes: 1 | 3, x: Tensor<D>, options: WindowOptions): Tensor<D> {
  requireInput(op, x, axes);
  checkOptions<WindowOptions>(`apply ${op}`, options, {
    size: true,
    stride: true,
    padding: true,
    dilation: true,
    ceilMode: "flag",
  });
  return POOLED[axes]<D>(op, x, options, (images, plan) => largestOfWindows(op, images, plan));
}

function means<D extends DType>(op: string, axes: 1 | 3, x: Tensor<D>, options: MeanOptions): Tensor<D> {
  requireInput(op, x, axes);
  checkOptions<MeanOptions>(`apply ${op}`, options, {
    size: true,
    stride: true,
    padding: true,
    ceilMode: "flag",
    countIncludePad: "flag",
  });
  const { countIncludePad = true, ...windows } = options;
  return POOLED[axes]<D>(op, x, windows, (images, plan) => meansOfWindows(images, plan, countIncludePad));
}

type MeanOptions = Omit<WindowOptions, "dilation"> & { readonly countIncludePad?: boolean | undefined };

/** Pools lines as images of one row. */
function alongLines<D extends DType>(
  op: string,
  x: Tensor<D>,
  options: WindowOptions,
  pool: Pool<D>,
): Tensor<D> {
  const shape = innerShape(x), [windows] = planWindows(op, shape, options, 1), plan = imagePlan(untouched(1), windows!);
  // There are two or three axes, as `planWindows` checked.
  const [batch, channels, length] = (shape.length === 3 ? shape : [1, ...shape]) as readonly [number, number, number];
  return reshape(pool(reshape(x, [batch, channels, 1, length]), plan), [...shape.slice(0, -1), windows!.count]);
}

/** Pools each plane, and then along the planes: the maximum of maxima, or the mean of means, is that of the whole. */
function inTwoSteps<D extends DType>(
  op: string,
  x: Tensor<D>,
  options: WindowOptions,
  pool: Pool<D>,
): Tensor<D> {
  const shape = innerShape(x),
    // There are four or five axes, as `planWindows` checked.
    [batch, channels, depth, height, width] = (shape.length === 5 ? shape : [1, ...shape]) as [
      number,
      number,
      number,
      number,
      number,
    ];
  // One for each axis.
  const [planes, rows, columns] = planWindows(op, shape, options, 3) as [WindowAxis, WindowAxis, WindowAxis];
  const pooled = pool(reshape(x, [batch, channels * depth, height, width]), imagePlan(rows, columns));
  const size = rows.count * columns.count;
  const whole = pool(reshape(pooled, [batch, channels, depth, size]), imagePlan(planes, untouched(size)));
  return reshape(whole, [...shape.slice(0, -3), planes.count, rows.count, columns.count]);
}
