/**
 * Images of any supported format.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import { checkLimit } from "../check_limit.ts";
import { type DataError, failed, inBytes } from "../data_error.ts";
import type { DecodedImage, ImageLimits } from "./decoded_image.ts";
import { decodeJpeg } from "./jpeg.ts";
import { JPEG_SIGNATURE } from "./jpeg_segments.ts";
import { decodePng } from "./png.ts";
import { PNG_SIGNATURE } from "./png_chunks.ts";

/**
 * Decodes a PNG or JPEG image; its first bytes tell which it is.
 *
 * A file from a stranger costs no more than it says: sizes that it claims are compared with its length, and with
 * `maxPixels`, before memory is taken.
 *
 * @param bytes The whole file.
 * @param limits `maxPixels`: the largest image that is decoded, of 2^26 pixels by default.
 * @returns The pixels, or an error that says what is wrong with the file.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 * @throws {RangeError} If `maxPixels` is not a number of 0 or more.
 *
 * @example
 * ```ts
 * import { decodeImage, imageTensor } from "@nanograd/nanograd/data";
 * import { toArray } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * // A grey pixel and a white one.
 * const png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGMw/g8AAWgBM47YVXQAAAAASUVORK5CYII=";
 * const image = decodeImage(Uint8Array.fromBase64(png));
 * assert(image._tag === "Right");
 * assertEquals([image.right.width, image.right.height, image.right.channels], [2, 1, 1]);
 * assertEquals(toArray(imageTensor(image.right)), [[[Math.fround(0.2), 1]]]);
 * ```
 */
export function decodeImage(bytes: Uint8Array, limits: ImageLimits = {}): Either<DataError, DecodedImage> {
  checkOptions("decode an image", limits, { maxPixels: true });
  checkLimit("decode an image", limits, "maxPixels", "2 ** 24 for 16 million");
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot decode an image of ${describe(bytes)}: it must be a Uint8Array; pass the bytes of the file`,
    );
  }
  const beginsWith = (signature: readonly number[]): boolean => signature.every((byte, k) => bytes[k] === byte);
  if (beginsWith(PNG_SIGNATURE)) return decodePng(bytes, limits);
  if (beginsWith(JPEG_SIGNATURE)) return decodeJpeg(bytes, limits);
  return failed({
    action: "decode an image",
    given: inBytes(bytes.length),
    problem: "it must be a PNG or JPEG file",
    remedy: "convert it, or leave it out",
  });
}
