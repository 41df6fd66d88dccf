/**
 * Writes PNG files for tests, hostile ones too.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";

/** What the header says, whatever follows it. */
export type Header = {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly type?: number;
  readonly interlace?: number;
};

/** Returns a chunk with its length and checksum. */
export function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length), view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** Returns a file of a header, chunks and an end. */
export function pngFile(
  { width, height, depth = 8, type = 0, interlace = 0 }: Header,
  ...chunks: readonly Uint8Array[]
) {
  const header = new Uint8Array(13), view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, type, 0, 0, interlace], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...chunks,
    chunk("IEND", new Uint8Array()),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Returns a chunk of deflated pixels, with the filter before each row. */
export const pixels = (data: Uint8Array): Uint8Array => chunk("IDAT", deflateSync(data));

/** Encodes an image of 8 bits, of 1 or 3 channels, without filters. */
export function encodePng(
  width: number,
  height: number,
  channels: 1 | 3,
  data: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const line = width * channels, rows = new Uint8Array(height * (line + 1));
  for (let y = 0; y < height; y++) {
    rows.set(Array.from({ length: line }, (_, k) => data[y * line + k]!), y * (line + 1) + 1);
  }
  return pngFile({ width, height, type: channels === 1 ? 0 : 2 }, pixels(rows));
}
