/**
 * Pictures with holes.
 *
 * @module
 */
import { checkOptions } from "../../../blas/options.ts";
import type { DType } from "../../../blas/dtype.ts";
import { floor, greaterEqual, less, logicalAnd, mul, reshape, sub, where } from "../../../autograd/ops/mod.ts";
import { randomUniform } from "../../../autograd/random/random.ts";
import { split } from "../../../autograd/random/split.ts";
import type { Key } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { arange } from "../../../autograd/values/constructors.ts";
import { checkCount, checkHeightAndWidth, checkSetting } from "../../check_setting.ts";
import { type Augmentation, imageShape } from "./augmentation.ts";

/** The options of {@link cutout}. */
export type CutoutOptions = {
  /** Rows and columns of a hole, a number or `[height, width]`; 8 if left out. */
  readonly size?: number | readonly [height: number, width: number] | undefined;
  /** How many holes there are, 1 if left out. */
  readonly count?: number | undefined;
  /** What is in the holes, 0 if left out. */
  readonly fill?: number | undefined;
};

/**
 * Makes rectangular holes into an image. The centre of each is drawn evenly from the pixels, so a hole may reach beyond the
 * border.
 *
 * @param options `size`, `count` and `fill`.
 * @returns An augmentation. Gradients flow through what is left.
 * @throws {RangeError} If `size` or `count` is not a whole number of 1 or more, or `fill` not finite.
 * @see DeVries and Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017.
 *
 * @example
 * ```ts
 * import { cutout } from "@nanograd/nanograd/data";
 * import { key, ones, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(cutout({ size: 2 })(key(2), ones([3, 4]))), [[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]]);
 * ```
 */
export function cutout(options: CutoutOptions = {}): Augmentation {
  checkOptions("build cutout", options, { size: true, count: true, fill: true });
  const { size = 8, count = 1, fill = 0 } = options, sizes = typeof size === "number" ? [size, size] : size;
  checkHeightAndWidth("cutout", "size", sizes);
  checkCount("cutout", "count", count);
  checkSetting("cutout", "fill", fill, () => true, "a finite number");
  return <D extends DType>(key: Key, image: Tensor<D>) => {
    const [height = 1, width = 1] = imageShape("cutout", image).slice(-2);
    return split(key, count).reduce((left, own) => {
      const [rowKey, columnKey] = split(own);
      const rows = reshape(within<D>(rowKey, height, sizes[0]!, image.dtype), [height, 1]);
      return where(logicalAnd(rows, within<D>(columnKey, width, sizes[1]!, image.dtype)), fill, left);
    }, image);
  };
}

/** Tells for each of `length` places whether it is within `size` places around one that is drawn. */
function within<D extends DType>(key: Key, length: number, size: number, dtype: D): Tensor<D> {
  const first = sub(floor(mul(randomUniform<D>(key, [], { dtype }), length)), Math.floor(size / 2));
  const from = sub(arange<D>(0, length, 1, { dtype }), first);
  return logicalAnd(greaterEqual(from, 0), less(from, size));
}
