/**
 * Decoded images as arrays of numbers from 0 to 1.
 *
 * @module
 */
import { checkOptions } from "../../../blas/options.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { avgPool2d, resize, sliceAxes } from "../../../autograd/ops/mod.ts";
import { tensorData } from "../../../autograd/values/read.ts";
import { checkSetting } from "../../check_setting.ts";
import type { DataArray } from "../streams/data_array.ts";
import type { DecodedImage } from "./decoded_image.ts";

/** Which channels the result has: grey, colour, or colour and alpha. */
export type ImageChannels = 1 | 3 | 4;

/** How an image becomes one of another size: cut to its shape around the middle first, or stretched. */
export type ImageFit = "cover" | "stretch";

/** The options of {@link imageTensor}. */
export type ImageTensorOptions = {
  /** 1: grey; 3: red, green and blue; 4: these and alpha; those of the image, without alpha, if left out. */
  readonly channels?: ImageChannels;
  /** `[height, width]` of the result; that of the image if left out. */
  readonly size?: readonly [height: number, width: number];
  /** `"cover"` if left out: what does not fit is cut off around the middle; `"stretch"` keeps all, distorted. */
  readonly fit?: ImageFit;
};

/** How much of red, green and blue is in a grey, as in ITU-R BT.601 and Pillow. */
export const GREY_WEIGHTS: readonly [number, number, number] = [0.299, 0.587, 0.114];

/**
 * Makes a tensor of a decoded image.
 *
 * Colour becomes grey by the weights 0.299, 0.587 and 0.114; grey becomes colour of three equal channels; without a
 * wish for alpha it is dropped. An image that becomes smaller is averaged over whole pixels first, then interpolated.
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
  return constant(data, { shape });
}

/** Makes an array of a decoded image, as {@link imageTensor} makes a tensor. */
export function imageArray(image: DecodedImage, options: ImageTensorOptions = {}): DataArray<Float32Array> {
  checkImageOptions("make a tensor of an image", options);
  const { size, fit = "cover", channels = image.channels < 3 ? 1 : 3 } = options;
  const data = planesOf(image, channels), shape = [channels, image.height, image.width] as const;
  if (size === undefined || (size[0] === image.height && size[1] === image.width)) return { shape, data };
  const resized = resizedTo(constant(data, { shape }), size, fit);
  return { shape: resized.shape, data: Float32Array.from(tensorData(resized)) };
}

/** Throws unless options of images are right. */
export function checkImageOptions(action: string, options: ImageTensorOptions): void {
  checkOptions(action, options, { channels: true, size: true, fit: true });
  const { channels = 3, size = [1, 1], fit = "cover" } = options;
  const count = (n: number): boolean => Number.isInteger(n) && n >= 1;
  checkSetting("an image tensor", "channels", channels, (n) => n === 1 || n === 3 || n === 4, "1, 3 or 4");
  if (!Array.isArray(size) || size.length !== 2) checkSetting("an image tensor", "size", NaN, count, "[height, width]");
  for (const length of size) checkSetting("an image tensor", "size", length, count, "[height, width], whole numbers");
  if (fit !== "cover" && fit !== "stretch") {
    throw new RangeError(
      `Cannot ${action} with fit ${JSON.stringify(fit)}: it must be "cover" or "stretch"; correct the name`,
    );
  }
}

/** Spreads pixels whose channels stand side by side over one plane for each channel, from 0 to 1. */
function planesOf({ width, height, channels: given, data: pixels }: DecodedImage, wanted: ImageChannels): Float32Array {
  const area = width * height,
    data = new Float32Array(wanted * area),
    unit = 1 / (pixels instanceof Uint16Array ? 65535 : 255);
  const colours = given < 3 ? 1 : 3, hasAlpha = given === 2 || given === 4;
  for (let k = 0; k < area; k++) {
    const at = k * given;
    if (wanted === 1 && colours === 3) {
      const [red, green, blue] = GREY_WEIGHTS;
      data[k] = (red * pixels[at]! + green * pixels[at + 1]! + blue * pixels[at + 2]!) * unit;
      continue;
    }
    for (let c = 0; c < Math.min(wanted, 3); c++) data[c * area + k] = pixels[at + Math.min(c, colours - 1)]! * unit;
    if (wanted === 4) data[3 * area + k] = hasAlpha ? pixels[at + given - 1]! * unit : 1;
  }
  return data;
}

function resizedTo(
  image: Tensor<"float32">,
  size: readonly [number, number],
  fit: ImageFit,
): Tensor<"float32"> {
  const cut = fit === "cover" ? cutToShape(image, size) : image, [, height = 1, width = 1] = cut.shape;
  const factors = [Math.max(1, Math.floor(height / size[0])), Math.max(1, Math.floor(width / size[1]))] as const;
  return resize(factors[0] * factors[1] > 1 ? avgPool2d(cut, { size: factors }) : cut, size);
}

/** Cuts the largest part of the wanted shape out of the middle. */
function cutToShape(image: Tensor<"float32">, [rows, columns]: readonly [number, number]): Tensor<"float32"> {
  const [, height = 1, width = 1] = image.shape, scale = Math.min(height / rows, width / columns);
  const [h, w] = [[height, rows], [width, columns]].map(([most, wanted]) =>
    Math.max(1, Math.min(most!, Math.round(wanted! * scale)))
  ) as [number, number]; // two of them
  const top = Math.floor((height - h) / 2), left = Math.floor((width - w) / 2);
  return sliceAxes(image, [[0, image.shape[0]!], [top, top + h], [left, left + w]]);
}
