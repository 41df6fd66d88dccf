/**
 * The largest element of every window of an image.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { searchPart } from "../../blas/parts/search.ts";
import type { DType } from "../../blas/dtype.ts";
import { poolingRegions } from "../../blas/pooling.ts";
import { searchOf } from "../../blas/program/operations/search.ts";
import { type Shape, type ShapeResult, sizeOf } from "../../blas/shape.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkPositions } from "../values/indices.ts";
import { apply, type Primitive, type Sample } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { gatherAlong } from "./gather.ts";
import { type MaxPoolingOptions, planPooling, type PoolingPlan, requireImage } from "./pooling_shape.ts";
import { reshape } from "./reshape.ts";

type PositionAttributes = Pick<PoolingPlan, "geometry" | "counts">;

const sample = (shape: Shape, options: MaxPoolingOptions): Sample<PositionAttributes> => {
  const { geometry, counts } = planPooling("maxPositions", shape, options);
  // The numbers are far apart, so that no difference is small compared with the steps of the checks.
  return { attributes: { geometry, counts }, inputs: [{ shape, min: -500, max: 500 }] };
};

/**
 * Operand `[batch, channels, height, width]`; the result is `[batch, channels, number of windows]`. The positions of
 * the largest elements do not change when the elements change a little, so the derivative is 0.
 */
const maxPositionsPrimitive: Primitive<PositionAttributes> = {
  name: "maxPositions",
  samples: () => [
    sample([2, 2, 4, 5], { size: 2 }),
    sample([1, 2, 5, 4], { size: [3, 2], stride: [2, 1], padding: [1, 0, 2, 1] }),
    sample([1, 1, 5, 5], { size: 2, ceilMode: true }),
    sample([1, 2, 5, 6], { size: [2, 3], dilation: 2, stride: 1, padding: [1, 1] }),
    sample([0, 2, 3, 3], { size: 2 }),
  ],
  shape: ([x], { counts }): ShapeResult => either.right([x![0]!, x![1]!, ...counts]),
  operator: ({ geometry, counts }) => searchOf("max", (shape) => poolingRegions(geometry, counts, shape)),
  part: searchPart,
  batch: ([x], { attributes, size, again }) => {
    const { shape: [batch, ...rest] } = x!, places = again(attributes, [reshape(x!.tensor, [size * batch!, ...rest])]);
    return reshape(places, [size, batch!, ...innerShape(places).slice(1)]);
  },
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const maxPool2dPrimitives = [maxPositionsPrimitive];

/**
 * Returns the largest element of every window.
 *
 * The gradient goes to the largest element, the first if there are several. Padding is never the largest; NaN always
 * is, so it shows in the result.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param options `size` of the windows, `stride` (default: the size): a number or `[height, width]`; `padding` (default
 * 0): also `[top, left, bottom, right]`, less than the size; `dilation` (default 1): steps from one element of a window
 * to the next; `ceilMode` (default `false`): whether the number of windows is rounded up, so that the last rows and
 * columns are covered.
 * @returns The shape of `x`, except that height and width are
 * `floor((length + padding - dilation * (size - 1) - 1) / stride) + 1`, padding on both sides counted.
 * @throws {ShapeError} If `x` has another number of axes, a setting is not a whole number or is too small, or windows
 * are larger than the padded image.
 * @throws {RangeError} If the image has more elements than its dtype can number: 2^24 in float32.
 *
 * @example
 * ```ts
 * import { maxPool2d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor64([[[1, 2, 5], [4, 3, 6]]]);
 * assertEquals(toArray(maxPool2d(image, { size: 2 })), [[[4]]]);
 * assertEquals(toArray(maxPool2d(image, { size: 2, ceilMode: true })), [[[4, 6]]]);
 * ```
 */
export function maxPool2d<D extends DType>(x: Tensor<D>, options: MaxPoolingOptions): Tensor<D> {
  requireImage("maxPool2d", x);
  checkOptions("apply maxPool2d", options, {
    size: true,
    stride: true,
    padding: true,
    dilation: true,
    ceilMode: "flag",
  });
  return pool("maxPool2d", x, options);
}

/**
 * Returns the largest element of every channel; the gradient goes to the first if there are several.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @returns `[channels]`, or `[batch, channels]`.
 * @throws {ShapeError} If `x` has another number of axes, or no rows or no columns.
 * @throws {RangeError} If the image has more elements than its dtype can number: 2^24 in float32.
 *
 * @example
 * ```ts
 * import { globalMaxPool2d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(globalMaxPool2d(tensor64([[[1, 4], [3, 2]], [[5, 6], [7, 0]]]))), [4, 7]);
 * ```
 */
export function globalMaxPool2d<D extends DType>(x: Tensor<D>): Tensor<D> {
  requireImage("globalMaxPool2d", x);
  const size = [Math.max(innerShape(x).at(-2)!, 1), Math.max(innerShape(x).at(-1)!, 1)] as const;
  return reshape(pool("globalMaxPool2d", x, { size }), innerShape(x).slice(0, -2));
}

function pool<D extends DType>(op: string, x: Tensor<D>, options: MaxPoolingOptions): Tensor<D> {
  const plan = planPooling(op, innerShape(x), options), outer = innerShape(x).slice(0, -2);
  const images = innerShape(x).length === 4 ? x : reshape(x, [1, ...innerShape(x)]);
  return reshape(largestOfWindows(op, images, plan), [...outer, ...plan.counts]);
}

/**
 * Returns the largest element of every window of images that have been checked.
 *
 * @param op The operation that errors name.
 * @param images `[batch, channels, height, width]`
 * @returns The same with height and width of the plan.
 */
export function largestOfWindows<D extends DType>(op: string, images: Tensor<D>, plan: PoolingPlan): Tensor<D> {
  const { geometry, counts } = plan;
  // Images have four axes.
  const [batch, channels, height, width] = innerShape(images) as readonly [number, number, number, number];
  checkPositions(op, height * width, images.dtype);
  const positions = apply(maxPositionsPrimitive, { geometry, counts }, [images]);
  const elements = reshape(images, [batch, channels, height * width]);
  const flat = reshape(positions, [batch, channels, sizeOf(counts)]);
  return reshape(gatherAlong(elements, flat, 2), [batch, channels, ...counts]);
}
