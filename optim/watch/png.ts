/**
 * Tensors as PNG files.
 *
 * @module
 */
import { formatShape } from "../../blas/errors.ts";
import type { Shape } from "../../blas/shape.ts";
import { tensorData } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { encodePng } from "./packages.ts";

/** A picture as a file. */
export type EncodedImage = {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colours, 4 for colours with transparency. */
  readonly channels: number;
  /** A PNG file. */
  readonly png: Uint8Array;
};

/** How the values of a picture become brightness: `low` is black and `high` is white; what is beyond is cut off. */
export type Brightness = { readonly low?: number | undefined; readonly high?: number | undefined };

/**
 * Encodes a picture, `[height, width]`, or `[channels, height, width]` with 1, 3 or 4 channels.
 *
 * @param action The action, for the error message.
 * @throws {TypeError} If it has another shape, or no pixels.
 */
export function pngOf(action: string, image: Tensor, { low = 0, high = 1 }: Brightness = {}): EncodedImage {
  const { channels, height, width } = sizesOf(action, image.shape), values = tensorData(image);
  const pixels = height * width,
    data = new Uint8Array(pixels * channels),
    factor = high === low ? 0 : 255 / (high / 2 - low / 2); // of halves, whose distance does not overflow
  for (let channel = 0; channel < channels; channel++) {
    // NaN becomes black.
    for (let i = 0; i < pixels; i++) {
      const brightness = (values[channel * pixels + i]! / 2 - low / 2) * factor;
      data[i * channels + channel] = Math.min(Math.max(Math.round(brightness), 0), 255);
    }
  }
  return { width, height, channels, png: encodePng({ width, height, data, channels, depth: 8 }) };
}

function sizesOf(action: string, shape: Shape) {
  const [channels, height, width] = shape.length === 2 ? [1, ...shape] : shape;
  const fits = shape.length === 2 || (shape.length === 3 && [1, 3, 4].includes(channels!));
  if (fits && height! > 0 && width! > 0) return { channels: channels!, height: height!, width: width! };
  throw new TypeError(
    `Cannot ${action} of shape ${
      formatShape(shape)
    }: it must be [height, width] or [channels, height, width] with 1, 3 ` +
      "or 4 channels, and have pixels; take one picture from a batch, and put its channels first",
  );
}
