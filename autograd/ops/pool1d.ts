/**
 * The largest element and the mean of every window of an axis.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { meansOfWindows } from "./avg_pool2d.ts";
import { largestOfWindows } from "./max_pool2d.ts";
import {
  imagePlan,
  planWindows,
  type PoolingPlan,
  requireInput,
  untouched,
  type WindowOptions,
} from "./pooling_shape.ts";
import { reshape } from "./reshape.ts";

/** The settings of pooling over one axis. */
export type Pooling1dOptions = {
  /** The length of the windows. */
  readonly size: number;
  /** Steps from one window to the next; the size if left out, so that windows touch. */
  readonly stride?: number;
  /** How far windows extend beyond the axis, 0 if left out; less than the size. */
  readonly padding?: number | readonly [left: number, right: number];
  /** Whether the number of windows is rounded up, as in PyTorch; `false` if left out. */
  readonly ceilMode?: boolean;
};

/** The settings of {@link maxPool1d}. */
export type MaxPooling1dOptions = Pooling1dOptions & {
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: number;
};

/** The settings of {@link avgPool1d}. */
export type AveragePooling1dOptions = Pooling1dOptions & {
  /** Whether padding counts as zeros (`true`, the default) or is left out of the mean. */
  readonly countIncludePad?: boolean;
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
  requireInput("maxPool1d", x, 1);
  checkOptions("apply maxPool1d", options, {
    size: true,
    stride: true,
    padding: true,
    dilation: true,
    ceilMode: "flag",
  });
  return alongLines("maxPool1d", x, options, (images, plan) => largestOfWindows("maxPool1d", images, plan));
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
  requireInput("avgPool1d", x, 1);
  checkOptions("apply avgPool1d", options, {
    size: true,
    stride: true,
    padding: true,
    ceilMode: "flag",
    countIncludePad: "flag",
  });
  const { countIncludePad = true, ...windows } = options;
  return alongLines("avgPool1d", x, windows, (images, plan) => meansOfWindows(images, plan, countIncludePad));
}

/** Pools lines as images of one row. */
function alongLines<D extends DType>(
  op: string,
  x: Tensor<D>,
  options: WindowOptions,
  pool: (images: Tensor<D>, plan: PoolingPlan) => Tensor<D>,
): Tensor<D> {
  const shape = innerShape(x), [windows] = planWindows(op, shape, options, 1), plan = imagePlan(untouched(1), windows!);
  const [batch, channels, length] = (shape.length === 3 ? shape : [1, ...shape]) as readonly [number, number, number];
  return reshape(pool(reshape(x, [batch, channels, 1, length]), plan), [...shape.slice(0, -1), windows!.count]);
}
