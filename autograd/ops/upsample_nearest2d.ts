/**
 * Enlargement of images by repeated elements.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkResultShape } from "../../blas/shape.ts";
import type { Tensor } from "../tensor.ts";
import { describeSettings, expandSetting, type PerAxis, settingsProblem } from "./convolution_shape.ts";
import { requireImage } from "./pooling_shape.ts";
import { reshape } from "./reshape.ts";
import { broadcastTo } from "./sum.ts";

/**
 * Repeats every element as a block of equal elements.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param scale The factor for height and width: a whole number, or `[height, width]`.
 * @returns The shape of `x`, height and width multiplied by `scale`.
 * @throws {ShapeError} If `x` has another number of axes, or `scale` is not a whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { tensor64, toArray, upsampleNearest2d } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(upsampleNearest2d(tensor64([[[1, 2]]]), 2)), [[[1, 1, 2, 2], [1, 1, 2, 2]]]);
 * ```
 */
export function upsampleNearest2d<D extends DType>(x: Tensor<D>, scale: PerAxis): Tensor<D> {
  requireImage("upsampleNearest2d", x);
  const wrong = settingsProblem({ scale }, 2);
  if (wrong !== undefined || scale === undefined) {
    const problem = wrong ??
      { problem: "scale must be given, a whole number of 1 or more", remedy: "2 doubles an image" };
    throw new ShapeError({
      op: "upsampleNearest2d",
      given: { x: x.shape, ...describeSettings({ scale }, {}) },
      ...problem,
    });
  }
  const growths = expandSetting(scale, 2);
  checkResultShape("upsampleNearest2d", [
    ...x.shape.slice(0, -2),
    ...growths.map((growth, k) => growth * x.shape.at(k - 2)!),
  ]);
  return enlarged(x, growths);
}

/** Repeats each element down and across; the last two axes are those of images. */
export function enlarged<D extends DType>(x: Tensor<D>, [down, across]: readonly [number, number]): Tensor<D> {
  const outer = x.shape.slice(0, -2);
  const [height, width] = x.shape.slice(-2) as [number, number]; // images: at least two axes
  const size = [height * down, width * across] as const;
  // Each element is repeated along two new axes; the derivative sums over them.
  const spread = reshape(x, [...outer, height, 1, width, 1]);
  return reshape(broadcastTo(spread, [...outer, height, down, width, across]), [...outer, ...size]);
}
