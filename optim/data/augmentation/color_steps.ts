/**
 * Changes of colour by given factors. Nothing is clipped.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import { add, concat, cos, div, lerp, mean, mul, sin, sliceAxes, sub } from "../../../autograd/ops/mod.ts";
import type { Tensor, TensorLike } from "../../../autograd/tensor.ts";
import { GREY_WEIGHTS } from "../images/image_array.ts";

/** Multiplies all values. */
export const brightened = <D extends DType>(image: Tensor<D>, factor: TensorLike<D>): Tensor<D> => mul(image, factor);

/** Multiplies the distance from the mean grey of the image. */
export const contrasted = <D extends DType>(image: Tensor<D>, factor: TensorLike<D>): Tensor<D> =>
  lerp(mean(greyOf(image), { axes: [-3, -2, -1], keepDims: true }), image, factor);

/** Multiplies the distance from the grey of each pixel. */
export const saturated = <D extends DType>(image: Tensor<D>, factor: TensorLike<D>): Tensor<D> =>
  lerp(greyOf(image), image, factor);

/**
 * Rotates colours around the axis of greys by an angle (Rodrigues' formula); a third of a circle permutes the channels. The
 * sum of the channels stays the same.
 */
export function turned<D extends DType>(image: Tensor<D>, angle: Tensor<D>): Tensor<D> {
  const third = div(sub(1, cos(angle)), 3), sine = div(sin(angle), Math.sqrt(3));
  const own = add(cos(angle), third), next = sub(third, sine), last = add(third, sine);
  const channels = [0, 1, 2].map((k) => channel(image, k));
  const mixed = channels.map((c, k) =>
    add(add(mul(c, own), mul(channels[(k + 1) % 3]!, next)), mul(channels[(k + 2) % 3]!, last))
  );
  return concat(mixed, image.shape.length - 3);
}

/** Returns one channel of an image: `[…, 1, height, width]`. */
function channel<D extends DType>(image: Tensor<D>, k: number): Tensor<D> {
  const from = image.shape.length - 3;
  return sliceAxes(
    image,
    image.shape.map((length, axis) => axis === from ? [k, k + 1] as const : [0, length] as const),
  );
}

function weighted<D extends DType>(image: Tensor<D>, weights: readonly [number, number, number]): Tensor<D> {
  const [red, green, blue] = weights;
  return add(add(mul(channel(image, 0), red), mul(channel(image, 1), green)), mul(channel(image, 2), blue));
}

const greyOf = <D extends DType>(image: Tensor<D>): Tensor<D> =>
  image.shape.at(-3) === 1 ? image : weighted(image, GREY_WEIGHTS);
