/**
 * PNG images.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { type DataError, failed, inBytes, problemOf } from "../data_error.ts";
import { convertIndexedToRgb, decodePngPixels, Unzlib } from "../packages.ts";
import { claimOf, type DecodedImage, type ImageLimits, sizeProblem } from "./decoded_image.ts";
import { bytesOfPixels, CHANNELS, INDEXED, type PngHeader, readPng } from "./png_chunks.ts";

const ACTION = "decode a PNG image", FETCH_AGAIN = "fetch the file again";

/** The most bytes that one deflated byte can stand for. */
const MOST_INFLATION = 1032;

/**
 * How many chunks there may be of fewer bytes than this, on average: each takes 0.1 ms of its own. Files with a chunk for each
 * row of pixels have fewer.
 */
const MOST_SMALL_CHUNKS = 10_000, SMALL_CHUNK = 256;

/** How many deflated bytes are inflated at once, to see how many bytes they stand for. */
const SLICE = 2 ** 12;

/**
 * Decodes a PNG image: grey, colour or palette, with or without alpha, 1 to 16 bits a channel.
 *
 * Checksums are checked. Comments, colour profiles and the like are skipped unread.
 *
 * @param bytes The whole file.
 * @param limits The largest image that is decoded.
 * @returns The pixels, of 8 or 16 bits; or an error for a file that is damaged, cut off, too large, or another kind of
 * file.
 */
export function decodePng(bytes: Uint8Array, limits: ImageLimits = {}): Either<DataError, DecodedImage> {
  const read = readPng(bytes);
  if (typeof read === "string") {
    return failed({ action: ACTION, given: inBytes(bytes.length), problem: read, remedy: FETCH_AGAIN });
  }
  const { header, critical, pixels, chunks } = read, { width, height } = header, wanted = bytesOfPixels(header);
  const most = width * height * MOST_INFLATION * (pixels.length + 1) / Math.max(1, wanted);
  const problem = sizeProblem(ACTION, header, bytes.length, most, limits);
  if (problem !== undefined) return either.left(problem);
  const refuse = (problem: string, remedy = FETCH_AGAIN, cause?: unknown) =>
    failed({ action: ACTION, given: claimOf(width, height, bytes.length), problem, remedy }, { cause });
  if (chunks > MOST_SMALL_CHUNKS && pixels.length < SMALL_CHUNK * chunks) {
    return refuse(`its pixels come in ${chunks} chunks of ${Math.ceil(pixels.length / chunks)} bytes`, "save it again");
  }
  if (header.interlaced && header.depth < 8) {
    return refuse(
      `an interlaced image of ${header.depth} bits a channel is not supported`,
      "save it without interlacing",
    );
  }
  try {
    const inflated = inflatedSize(pixels, wanted);
    if (inflated < wanted) return refuse(`its pixels are cut off after ${inflated} of ${wanted} bytes`);
    if (inflated > wanted) return refuse(`its pixels take more than the ${wanted} bytes of such an image`);
    return either.right(imageOf(decodePngPixels(critical, { checkCrc: true }), header));
  } catch (cause) {
    return refuse(problemOf(cause), FETCH_AGAIN, cause);
  }
}

/** Counts the bytes that deflated bytes stand for, at most one slice beyond `wanted`, without keeping them. */
function inflatedSize(deflated: Uint8Array, wanted: number): number {
  let size = 0;
  const unzlib = new Unzlib((chunk) => void (size += chunk.length));
  for (let at = 0; at < deflated.length && size <= wanted; at += SLICE) unzlib.push(deflated.subarray(at, at + SLICE));
  return size;
}

function imageOf(png: ReturnType<typeof decodePngPixels>, { width, height, depth, type }: PngHeader): DecodedImage {
  if (type === INDEXED) {
    const data = convertIndexedToRgb(png);
    return { width, height, channels: data.length === 4 * width * height ? 4 : 3, data };
  }
  const data = depth < 8 ? unpacked(png.data, width, height, depth) : png.data;
  // A clamped array holds bytes as well.
  const plain = data instanceof Uint16Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { width, height, channels: CHANNELS[type]!, data: plain };
}

/** Spreads greys of fewer than 8 bits, several in a byte, over bytes from 0 to 255. */
function unpacked(packed: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const whites = 2 ** depth - 1, line = Math.ceil(width * depth / 8), data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth, byte = packed[y * line + (bit >> 3)]!;
      data[y * width + x] = (byte >> (8 - depth - (bit & 7)) & whites) * 255 / whites;
    }
  }
  return data;
}
