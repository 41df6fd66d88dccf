/**
 * Random rotations and scalings of images.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import type { DType } from "../../../blas/dtype.ts";
import { sizeOf } from "../../../blas/shape.ts";
import {
  add,
  broadcastTo,
  cos,
  div,
  exp,
  gridSample,
  mul,
  neg,
  reshape,
  sin,
  stack,
  sub,
} from "../../../autograd/ops/mod.ts";
import { randomUniform } from "../../../autograd/random/random.ts";
import type { Key } from "../../../autograd/random/key.ts";
import type { Tensor, TensorLike } from "../../../autograd/tensor.ts";
import { arange } from "../../../autograd/values/constructors.ts";
import { checkNotNegative, checkPositive, checkSetting } from "../../check_setting.ts";
import { type Augmentation, imageShape } from "./augmentation.ts";

/** What lies beyond the image: zeros, or the nearest pixel of its border. */
export type BeyondImage = "zeros" | "border";

/** The options of {@link randomRotate}. */
export type RandomRotateOptions = {
  /** The largest angle in either direction, in degrees; 15 if left out. */
  readonly degrees?: number | undefined;
  /** `"zeros"` if left out. */
  readonly padding?: BeyondImage | undefined;
};

/** The options of {@link randomScale}. */
export type RandomScaleOptions = {
  /** The smallest factor, 0.8 if left out. */
  readonly min?: number | undefined;
  /** The largest factor, 1.25 if left out. */
  readonly max?: number | undefined;
  /** `"zeros"` if left out. */
  readonly padding?: BeyondImage | undefined;
};

/**
 * Rotates an image around its centre, by an angle that is drawn uniformly. Pixels are interpolated.
 *
 * @param options `degrees` and `padding`.
 * @returns An augmentation. Gradients flow through it.
 * @throws {RangeError} If `degrees` is not a finite number of 0 or more, or `padding` has another value.
 *
 * @example
 * ```ts
 * import { randomRotate } from "@nanograd/nanograd/data";
 * import { key, ones, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const turned = randomRotate({ degrees: 30, padding: "border" })(key(0), ones([1, 4, 4]));
 * assertEquals(toList(turned).map((pixel) => Math.round(pixel * 1e6) / 1e6), new Array(16).fill(1));
 * ```
 */
export function randomRotate(options: RandomRotateOptions = {}): Augmentation {
  checkOptions("build randomRotate", options, { degrees: true, padding: true });
  const { degrees = 15, padding = "zeros" } = options;
  checkNotNegative("randomRotate", "degrees", degrees);
  checkBeyond("randomRotate", padding);
  const most = degrees * Math.PI / 180;
  return <D extends DType>(key: Key, image: Tensor<D>) => {
    imageShape("randomRotate", image);
    const angle = randomUniform<D>(key, [], { dtype: image.dtype, min: -most, max: most });
    return affine(image, cos(angle), sin(angle), padding);
  };
}

/**
 * Makes an image larger or smaller around its centre, in a frame of the same size; a factor and its inverse are equally
 * likely if `min` is the inverse of `max`. Pixels are interpolated.
 *
 * @param options `min`, `max` and `padding`.
 * @returns An augmentation. Gradients flow through it.
 * @throws {RangeError} If a factor is not a finite number above 0, or `min` exceeds `max`, or `padding` has another value.
 *
 * @example
 * ```ts
 * import { randomScale } from "@nanograd/nanograd/data";
 * import { constant, key, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const half = randomScale({ min: 0.5, max: 0.5 })(key(0), constant([[4, 4], [4, 4]]));
 * assertEquals(toArray(half), [[1, 1], [1, 1]]);
 * ```
 */
export function randomScale(options: RandomScaleOptions = {}): Augmentation {
  checkOptions("build randomScale", options, { min: true, max: true, padding: true });
  const { min = 0.8, max = 1.25, padding = "zeros" } = options;
  checkPositive("randomScale", "min", min);
  checkSetting("randomScale", "max", max, (factor) => factor >= min, `a finite number of at least min, ${min}`);
  checkBeyond("randomScale", padding);
  return <D extends DType>(key: Key, image: Tensor<D>) => {
    imageShape("randomScale", image);
    const logarithm = randomUniform<D>(key, [], { dtype: image.dtype, min: Math.log(min), max: Math.log(max) });
    return affine(image, exp(neg(logarithm)), 0, padding);
  };
}

function checkBeyond(what: string, padding: BeyondImage): void {
  if (padding === "zeros" || padding === "border") return;
  throw new RangeError(
    `Cannot build ${what} with padding ${describe(padding)}: it must be "zeros" or "border"; correct the name`,
  );
}

/**
 * Samples an image at places that are rotated and scaled around its centre: pixel `(x, y)` of the result, counted from the
 * centre, is where `(c x - s y, s x + c y)` was.
 */
function affine<D extends DType>(
  image: Tensor<D>,
  c: Tensor<D>,
  s: TensorLike<D>,
  padding: BeyondImage,
): Tensor<D> {
  const { shape, dtype } = image, [height = 1, width = 1] = shape.slice(-2);
  const fromCentre = (length: number): Tensor<D> => sub(arange<D>(0, length, 1, { dtype }), (length - 1) / 2);
  const x = reshape(fromCentre(width), [1, width]), y = reshape(fromCentre(height), [height, 1]);
  // Half of the image's length is 1, as gridSample counts.
  const across = div(sub(mul(x, c), mul(y, s)), width / 2), down = div(add(mul(x, s), mul(y, c)), height / 2);
  const grid = stack([across, down].map((at) => broadcastTo(at, [height, width])), 2);
  const images = reshape(image, [1, sizeOf(shape) / (height * width), height, width]);
  return reshape(gridSample(images, reshape(grid, [1, height, width, 2]), { padding }), shape);
}
