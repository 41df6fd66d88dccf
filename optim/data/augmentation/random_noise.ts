/**
 * Random noise in images.
 *
 * @module
 */
import { checkOptions } from "../../../blas/options.ts";
import type { DType } from "../../../blas/dtype.ts";
import { add } from "../../../autograd/ops/mod.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import type { Key } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { checkNotNegative } from "../../check_setting.ts";
import { type Augmentation, imageShape } from "./augmentation.ts";

/** The options of {@link randomNoise}. */
export type RandomNoiseOptions = {
  /** The standard deviation of the noise, 0.05 if left out. */
  readonly std?: number | undefined;
};

/**
 * Adds normal noise to every value. Values are not clipped.
 *
 * @param options `std`: its standard deviation.
 * @returns An augmentation. Gradients flow through it.
 * @throws {RangeError} If `std` is not a finite number of 0 or more.
 *
 * @example
 * ```ts
 * import { randomNoise } from "@nanograd/nanograd/data";
 * import { key, standardDeviation, toNumber, zeros } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const noise = randomNoise({ std: 0.1 })(key(0), zeros([3, 32, 32]));
 * assertAlmostEquals(toNumber(standardDeviation(noise)), 0.1, 0.01);
 * ```
 */
export function randomNoise(options: RandomNoiseOptions = {}): Augmentation {
  checkOptions("build randomNoise", options, { std: true });
  const { std = 0.05 } = options;
  checkNotNegative("randomNoise", "std", std);
  return <D extends DType>(key: Key, image: Tensor<D>) =>
    add(image, randomNormal<D>(key, imageShape("randomNoise", image), { dtype: image.dtype, std }));
}
