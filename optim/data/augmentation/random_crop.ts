/**
 * Parts of pictures.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import type { DType } from "../../../blas/dtype.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { add, floor, mul, pad, take } from "../../../autograd/ops/mod.ts";
import { randomUniform } from "../../../autograd/random/random.ts";
import { split } from "../../../autograd/random/split.ts";
import type { Key } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { arange } from "../../../autograd/values/constructors.ts";
import { checkHeightAndWidth, checkSetting } from "../../check_setting.ts";
import { type Augmentation, imageShape } from "./augmentation.ts";

/** The options of {@link randomCrop}. */
export type RandomCropOptions = {
  /** How many rows and columns are put around the image first, 0 if left out. */
  readonly padding?: number | undefined;
  /** What they hold: zeros (`"constant"`), if left out, or the image mirrored (`"reflect"`). */
  readonly mode?: "constant" | "reflect" | undefined;
  /** `[height, width]` of the part; as large as the image if left out. */
  readonly size?: readonly [height: number, width: number] | undefined;
};

/**
 * Cuts out a part of an image, at a random place, after rows and columns have been put around it.
 *
 * @param options `padding`, `mode` and `size`.
 * @returns An augmentation. Gradients flow through it.
 * @throws {RangeError} If a number is not whole, or negative.
 * @throws {ShapeError} If the image, with its padding, is smaller than the part.
 *
 * @example
 * ```ts
 * import { randomCrop } from "@nanograd/nanograd/data";
 * import { arange, key, reshape, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = reshape(arange(12), [3, 4]);
 * assertEquals(toArray(randomCrop({ size: [2, 2] })(key(0), image)), [[4, 5], [8, 9]]);
 * ```
 */
export function randomCrop(options: RandomCropOptions = {}): Augmentation {
  checkOptions("build randomCrop", options, { padding: true, mode: true, size: true });
  const { padding = 0, mode = "constant", size } = options;
  checkSetting("randomCrop", "padding", padding, (x) => Number.isInteger(x) && x >= 0, "a whole number of 0 or more");
  if (size !== undefined) checkHeightAndWidth("randomCrop", "size", size);
  if (mode !== "constant" && mode !== "reflect") {
    throw new RangeError(
      `Cannot build randomCrop with mode ${describe(mode)}: it must be "constant" or "reflect"; correct the name`,
    );
  }
  return (key, image) => {
    const shape = imageShape("randomCrop", image), rank = shape.length, keys = split(key);
    const [height = 1, width = 1] = size ?? shape.slice(-2);
    if (shape.at(-2)! + 2 * padding < height || shape.at(-1)! + 2 * padding < width) {
      throw new ShapeError({
        op: "randomCrop",
        given: { image: shape },
        problem: `with a padding of ${padding} it must be at least [${height}, ${width}]`,
        remedy: "make padding larger or size smaller",
      });
    }
    const around = shape.map((_, k) => k < rank - 2 ? [0, 0] as const : [padding, padding] as const);
    const padded = padding === 0 ? image : pad(image, around, { mode });
    return cutAlong(keys[1], cutAlong(keys[0], padded, rank - 2, height), rank - 1, width);
  };
}

/** Takes `length` consecutive elements along an axis, from a random place on. */
function cutAlong<D extends DType>(key: Key, t: Tensor<D>, axis: number, length: number): Tensor<D> {
  const places = t.shape[axis]! - length + 1;
  if (places === 1) return t;
  const start = floor(mul(randomUniform<D>(key, [], { dtype: t.dtype }), places));
  return take(t, add(arange<D>(0, length, 1, { dtype: t.dtype }), start), axis);
}
