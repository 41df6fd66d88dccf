/**
 * Decoded images as tensors.
 *
 * @module
 */
import { view } from "../../../blas/view.ts";
import { constantOf, type Tensor } from "../../../autograd/tensor.ts";
import type { DecodedImage } from "./decoded_image.ts";
import { imageArray, type ImageTensorOptions } from "./image_array.ts";

/**
 * Makes a tensor of a decoded image.
 *
 * Colour becomes grey by the weights 0.299, 0.587 and 0.114; grey becomes colour of three equal channels; without a
 * wish for alpha it is dropped. Other sizes are Pillow's, by a triangle filter: between pixels it interpolates, and an image
 * that becomes smaller is averaged.
 *
 * @param image What `decodeImage` returned.
 * @param options `channels`, `size` and `fit`.
 * @returns `[channels, height, width]`, from 0 to 1, float32.
 * @throws {RangeError} If an option has no such value.
 *
 * @example
 * ```ts
 * import { imageTensor } from "@nanograd/nanograd/data";
 * import { toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) } as const;
 * assertEquals(imageTensor(image, { channels: 3 }).shape, [3, 1, 2]);
 * assertEquals(toArray(imageTensor(image, { size: [1, 4], fit: "stretch" })), [[[0, 0.25, 0.75, 1]]]);
 * assertEquals(toArray(imageTensor(image, { size: [1, 1], fit: "stretch" })), [[[0.5]]]);
 * ```
 */
export function imageTensor(image: DecodedImage, options: ImageTensorOptions = {}): Tensor<"float32"> {
  const { shape, data } = imageArray(image, options);
  return constantOf(view(data, shape));
}
