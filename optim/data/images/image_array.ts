/**
 * Decoded images as arrays of numbers from 0 to 1.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import { checkFields, checkSetting } from "../../check_setting.ts";
import type { DataArray } from "../streams/data_array.ts";
import type { DecodedImage } from "./decoded_image.ts";
import { partOfShape, resample } from "./resample.ts";

/** Which channels the result has: grey, colour, or colour and alpha. */
export type ImageChannels = 1 | 3 | 4;

/** How an image becomes one of another size: cut to its shape around the middle first, or stretched. */
export type ImageFit = "cover" | "stretch";

/** The options of `imageTensor`. */
export type ImageTensorOptions = {
  /** 1: grey; 3: red, green and blue; 4: these and alpha; those of the image, without alpha, if left out. */
  readonly channels?: ImageChannels | undefined;
  /** `[height, width]` of the result; that of the image if left out. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** `"cover"` if left out: what does not fit is cut off around the middle; `"stretch"` keeps all, distorted. */
  readonly fit?: ImageFit | undefined;
};

/** How much of red, green and blue is in a grey, as in ITU-R BT.601 and Pillow. */
export const GREY_WEIGHTS: readonly [number, number, number] = [0.299, 0.587, 0.114];

/** Makes an array of a decoded image, as `imageTensor` makes a tensor. */
export function imageArray(image: DecodedImage, options: ImageTensorOptions = {}): DataArray<Float32Array> {
  checkFields(
    "make a tensor of",
    image,
    ["width", "height", "channels", "data"],
    "the right of what decodeImage returned",
  );
  checkImageOptions("make a tensor of an image", options);
  const { size, fit = "cover", channels = image.channels < 3 ? 1 : 3 } = options;
  const whole = [image.height, image.width] as const, wanted = size ?? whole;
  const { top, left, size: part } = fit === "cover" ? partOfShape(whole, wanted) : { top: 0, left: 0, size: whole };
  const data = planesOf(image, channels, [top, left], part), isAsItWas = part[0] === wanted[0] && part[1] === wanted[1];
  return { shape: [channels, ...wanted], data: isAsItWas ? data : resample(data, part, wanted) };
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
      `Cannot ${action} with fit ${describe(fit)}: it must be "cover" or "stretch"; correct the name`,
    );
  }
}

/** Spreads pixels of a part, whose channels stand side by side, over one plane for each channel, from 0 to 1. */
function planesOf(
  { width, channels: given, data: pixels }: DecodedImage,
  wanted: ImageChannels,
  [top, left]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const area = rows * columns, data = new Float32Array(wanted * area);
  const unit = 1 / (pixels instanceof Uint16Array ? 65535 : 255), colours = given < 3 ? 1 : 3;
  /** Adds a channel of the pixels, times a factor, to a plane. */
  const addTo = (plane: number, channel: number, factor: number): void => {
    let to = plane * area;
    for (let y = top; y < top + rows; y++) {
      const end = (y * width + left + columns) * given;
      for (let at = (y * width + left) * given; at < end; at += given) data[to++]! += factor * pixels[at + channel]!;
    }
  };
  if (wanted === 1 && colours === 3) GREY_WEIGHTS.forEach((weight, channel) => addTo(0, channel, weight * unit));
  else for (let c = 0; c < Math.min(wanted, 3); c++) addTo(c, Math.min(c, colours - 1), unit);
  if (wanted === 4 && (given === 2 || given === 4)) addTo(3, given - 1, unit);
  else if (wanted === 4) data.fill(1, 3 * area);
  return data;
}
