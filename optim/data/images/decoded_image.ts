/**
 * Images as decoders return them.
 *
 * @module
 */
import { DataError } from "../data_error.ts";

/** Pixels, row by row, the channels of a pixel side by side. */
export type DecodedImage = {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 1: grey; 2: grey and alpha; 3: red, green and blue; 4: these and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  /** `width * height * channels` values, from 0 to 255, or to 65535 in a `Uint16Array`. */
  readonly data: Uint8Array | Uint16Array;
};

/** What decoders of images refuse. */
export type ImageLimits = {
  /**
   * The most pixels that an image may have, 2^26 if left out: 67 million. What a file claims is compared with it, and
   * with the size of the file, before anything of that size is allocated.
   */
  readonly maxPixels?: number | undefined;
};

/** The most pixels if no limit is given. */
export const MOST_PIXELS = 2 ** 26;

/** Describes the size that a file claims: `4 x 3 pixels in 100 bytes`. */
export const claimOf = (width: number, height: number, bytes: number): string =>
  `${width} x ${height} pixels in ${bytes} bytes`;

/**
 * Checks the size that a file claims.
 *
 * @param action The action for the error, such as `"decode a PNG image"`.
 * @param bytes The size of the file.
 * @param most The most pixels that so many bytes can hold.
 * @returns What is wrong with it; `undefined` if nothing is.
 */
export function sizeProblem(
  action: string,
  { width, height }: Pick<DecodedImage, "width" | "height">,
  bytes: number,
  most: number,
  { maxPixels = MOST_PIXELS }: ImageLimits,
): DataError | undefined {
  const given = claimOf(width, height, bytes), pixels = width * height;
  const refuse = (problem: string, remedy: string) => new DataError({ action, given, problem, remedy });
  if (pixels === 0) return refuse("width and height must be at least 1", "leave the file out");
  if (pixels > maxPixels) {
    return refuse(`there must be at most ${maxPixels} pixels`, "pass a larger maxPixels if you trust the file");
  }
  if (pixels > most) return refuse(`so few bytes hold at most ${Math.floor(most)} pixels`, "fetch the file again");
  return undefined;
}
