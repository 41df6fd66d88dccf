/**
 * Augmentations: functions of a key that change images at random.
 *
 * @module
 */
import { zeros } from "../../../autograd/values/constructors.ts";
import { slice } from "../../../autograd/ops/slice.ts";
import { checkFunction } from "../../../autograd/arguments.ts";
import { checkKey, type Key } from "../../../autograd/random/key.ts";
import { split } from "../../../autograd/random/split.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import { vmap } from "../../../autograd/transforms/vmap.ts";
import type { DType } from "../../../blas/dtype.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { checkTensor } from "../../../autograd/arguments.ts";

/**
 * A function that changes an image at random: the same key, the same change. The image has its rows and columns last,
 * `[channels, height, width]`; with axes in front, all images get the same change, and {@link perExample} gives each its
 * own.
 */
export type Augmentation = <D extends DType>(key: Key, image: Tensor<D>) => Tensor<D>;

/**
 * Joins augmentations into one, which applies them one after another, each with a key of its own.
 *
 * @param steps The augmentations in order.
 * @returns An augmentation.
 *
 * @example
 * ```ts
 * import { augment, colorJitter, randomCrop, randomFlip } from "@nanograd/nanograd/data";
 * import { compile, key, ones } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const change = augment(randomFlip(), randomCrop({ padding: 2 }), colorJitter({ brightness: 0.2 }));
 * const image = ones([3, 8, 8]), compiled = compile((k: ReturnType<typeof key>, x: typeof image) => change(k, x));
 * assertEquals(change(key(0), image).shape, [3, 8, 8]);
 * assertEquals(compiled(key(0), image).shape, [3, 8, 8]);
 * ```
 */
export function augment(...steps: readonly Augmentation[]): Augmentation {
  for (const [k, step] of steps.entries()) checkFunction("join augmentations", `step ${k}`, step);
  return (key, image) => {
    checkKey("augment", key);
    const keys = split(key, Math.max(1, steps.length));
    return steps.reduce((changed, step, k) => step(keys[k]!, changed), image);
  };
}

/**
 * Makes an augmentation of single images one of batches, in which each example is changed by a key of its own.
 *
 * @param augmentation An augmentation of one image.
 * @returns A function of a key and images `[batch, channels, height, width]`.
 *
 * @example
 * ```ts
 * import { perExample, randomFlip } from "@nanograd/nanograd/data";
 * import { constant, key, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const images = constant([[[[1, 2]]], [[[3, 4]]], [[[5, 6]]]]);
 * assertEquals(toArray(perExample(randomFlip())(key(5), images)), [[[[1, 2]]], [[[3, 4]]], [[[6, 5]]]]);
 * ```
 */
export function perExample(augmentation: Augmentation): Augmentation {
  checkFunction("make an augmentation of batches", "augmentation", augmentation);
  return <D extends DType>(key: Key, images: Tensor<D>): Tensor<D> => {
    checkKey("augment", key);
    const [count = 0] = imageShape("perExample", images, 3);
    // Of no images, the shape of the result is that of one image without it.
    if (count === 0) {
      const one = zeros<D>([1, ...images.shape.slice(1)], { dtype: images.dtype });
      return slice(perExample(augmentation)(key, one), 0, 0);
    }
    const each = vmap((own: Key, image: Tensor<D>) => augmentation(own, image));
    return each(split(key, count), images) as Tensor<D>; // examples of the images' dtype, stacked again
  };
}

/** Returns the shape of an image; throws unless it has at least `rank` axes and its rows and columns are not empty. */
export function imageShape(op: string, image: Tensor, rank = 2): readonly number[] {
  if (!isTensor(image)) checkTensor(`apply ${op}`, image);
  const { shape } = image;
  if (shape.length >= rank && shape.at(-1) !== 0 && shape.at(-2) !== 0) return shape;
  throw new ShapeError({
    op,
    given: { image: shape },
    problem: `an image must have at least ${rank} axes, the last two its rows and columns, and at least one pixel`,
    remedy: "reshape it to [channels, height, width]",
  });
}
