/**
 * JPEG images.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { type DataError, failed, inBytes, problemOf } from "../data_error.ts";
import { decodeJpegPixels } from "../packages.ts";
import { claimOf, type DecodedImage, type ImageLimits, sizeProblem } from "./decoded_image.ts";
import { readJpeg } from "./jpeg_segments.ts";

const ACTION = "decode a JPEG image", FETCH_AGAIN = "fetch the file again";

/** A byte has eight bits, and each block of 8 x 8 pixels takes at least one bit. */
const MOST_PIXELS_A_BYTE = 8 * 64;

/** What the decoder may allocate for each pixel of up to four channels, and beside that. */
const MEMORY_A_PIXEL = 32, MEMORY_BESIDE = 2 ** 24;

/** The most scans of a progressive file: each goes over all pixels again. */
const MOST_SCANS = 100;

/**
 * Decodes a JPEG image: baseline or progressive, grey, colour or CMYK (as red, green and blue), 8 bits a channel.
 *
 * The pixels are those of the file: its orientation (EXIF) is ignored.
 *
 * @param bytes The whole file.
 * @param limits The largest image that is decoded.
 * @returns The pixels; or an error for a file that is damaged, cut off, too large, or another kind of file.
 */
export function decodeJpeg(bytes: Uint8Array, limits: ImageLimits = {}): Either<DataError, DecodedImage> {
  const read = readJpeg(bytes);
  if (typeof read === "string") {
    return failed({ action: ACTION, given: inBytes(bytes.length), problem: read, remedy: FETCH_AGAIN });
  }
  const { width, height, components, scans } = read, pixels = width * height;
  const problem = sizeProblem(ACTION, read, bytes.length, MOST_PIXELS_A_BYTE * bytes.length, limits);
  if (problem !== undefined) return either.left(problem);
  const refuse = (problem: string, remedy = FETCH_AGAIN, cause?: unknown) =>
    failed({ action: ACTION, given: claimOf(width, height, bytes.length), problem, remedy }, { cause });
  if (scans > MOST_SCANS) return refuse(`it must have at most ${MOST_SCANS} scans, and has ${scans}`, "save it again");
  try {
    const { data } = decodeJpegPixels(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: pixels / 1e6 + 1,
      maxMemoryUsageInMB: (pixels * MEMORY_A_PIXEL + MEMORY_BESIDE) / 2 ** 20,
    });
    if (components !== 1) return either.right({ width, height, channels: 3, data });
    // The decoder writes a grey as a colour of three equal channels.
    const greys = new Uint8Array(pixels);
    for (let k = 0; k < pixels; k++) greys[k] = data[3 * k]!;
    return either.right({ width, height, channels: 1, data: greys });
  } catch (cause) {
    return refuse(problemOf(cause), FETCH_AGAIN, cause);
  }
}
