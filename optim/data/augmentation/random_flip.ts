/**
 * Random reflections of images.
 *
 * @module
 */
import { checkOptions } from "../../../blas/options.ts";
import type { DType } from "../../../blas/dtype.ts";
import { flip, less, where } from "../../../autograd/ops/mod.ts";
import { randomUniform } from "../../../autograd/random/random.ts";
import { split } from "../../../autograd/random/split.ts";
import type { Key } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { checkSetting } from "../../check_setting.ts";
import { type Augmentation, imageShape } from "./augmentation.ts";

/** The options of {@link randomFlip}. */
export type RandomFlipOptions = {
  /** The probability that left and right change places, 0.5 if left out. */
  readonly horizontal?: number | undefined;
  /** The probability that top and bottom change places, 0 if left out. */
  readonly vertical?: number | undefined;
};

/**
 * Mirrors an image with given probabilities.
 *
 * @param options `horizontal` and `vertical`: the probabilities.
 * @returns An augmentation. Gradients flow through it.
 * @throws {RangeError} If a probability is not in [0, 1].
 *
 * @example
 * ```ts
 * import { randomFlip } from "@nanograd/nanograd/data";
 * import { constant, key, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(randomFlip({ horizontal: 1 })(key(0), constant([[1, 2], [3, 4]]))), [[2, 1], [4, 3]]);
 * ```
 */
export function randomFlip(options: RandomFlipOptions = {}): Augmentation {
  checkOptions("build randomFlip", options, { horizontal: true, vertical: true });
  const { horizontal = 0.5, vertical = 0 } = options;
  for (const [name, chance] of Object.entries({ horizontal, vertical })) {
    checkSetting("randomFlip", name, chance, (p) => p >= 0 && p <= 1, "a probability in [0, 1]");
  }
  const flipped = <D extends DType>(key: Key, image: Tensor<D>, chance: number, axis: number): Tensor<D> =>
    chance === 0
      ? image
      : where(less(randomUniform<D>(key, [], { dtype: image.dtype }), chance), flip(image, [axis]), image);
  return (key, image) => {
    imageShape("randomFlip", image);
    const [across, down] = split(key);
    return flipped(down, flipped(across, image, horizontal, -1), vertical, -2);
  };
}
