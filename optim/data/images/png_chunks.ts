/**
 * The chunks of PNG files.
 *
 * @see https://www.w3.org/TR/png-3/
 *
 * @module
 */

/** What the first chunk says. */
export type PngHeader = {
  readonly width: number;
  readonly height: number;
  /** Bits of a channel. */
  readonly depth: number;
  /** The colour type, as the format numbers it. */
  readonly type: number;
  readonly interlaced: boolean;
};

/** A file without what pixels do not need. */
export type PngParts = {
  readonly header: PngHeader;
  /** The same file with nothing but the chunks that pixels are made of. */
  readonly critical: Uint8Array;
  /** The deflated pixels, and how many chunks they come in. */
  readonly pixels: Uint8Array;
  readonly chunks: number;
};

/** The colour type of images with a palette. */
export const INDEXED = 3;

/** The channels of each colour type. */
export const CHANNELS: { readonly [type: number]: 1 | 2 | 3 | 4 } = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The bits that each colour type may have. */
const DEPTHS: { readonly [type: number]: readonly number[] } = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** The bytes that every PNG file begins with. */
export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Reads the chunks of a file.
 *
 * @returns The parts that pixels are made of; or a sentence that says what is wrong. Neither checksums nor deflated
 * pixels have been looked at.
 */
export function readPng(bytes: Uint8Array): PngParts | string {
  if (PNG_SIGNATURE.some((byte, k) => bytes[k] !== byte)) return "it must begin with the signature of PNG files";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)], pixels: Uint8Array[] = [];
  let header: PngHeader | undefined;
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at), end = at + 12 + length, name = nameAt(bytes, at + 4);
    if (end > bytes.length) return `it is cut off in the chunk ${name}`;
    const chunk = bytes.subarray(at, end);
    if (header === undefined) {
      const read = name === "IHDR" && length === 13 ? headerAt(view, at + 8) : "its first chunk must be a header";
      if (typeof read === "string") return read;
      header = read;
      kept.push(chunk);
    } else if (name === "IDAT") {
      pixels.push(bytes.subarray(at + 8, at + 8 + length));
      kept.push(chunk);
    } else if (header.type === INDEXED && (name === "PLTE" || name === "tRNS")) kept.push(chunk);
    if (name === "IEND") {
      return { header, critical: joined([...kept, chunk]), pixels: joined(pixels), chunks: pixels.length };
    }
    at = end;
  }
  return "it is cut off: its last chunk is missing";
}

const nameAt = (bytes: Uint8Array, at: number): string => {
  const name = String.fromCharCode(...bytes.subarray(at, at + 4));
  return /^[A-Za-z]{4}$/.test(name) ? name : "without a name";
};

function headerAt(view: DataView, at: number): PngHeader | string {
  const [width, height, depth, type] = [
    view.getUint32(at),
    view.getUint32(at + 4),
    view.getUint8(at + 8),
    view.getUint8(at + 9),
  ];
  const [compression, filter, interlace] = [view.getUint8(at + 10), view.getUint8(at + 11), view.getUint8(at + 12)];
  if (!DEPTHS[type]?.includes(depth)) return `${depth} bits a channel of colour type ${type} do not exist`;
  if (compression !== 0 || filter !== 0 || interlace > 1) return "its compression, filter or interlacing is unknown";
  return { width, height, depth, type, interlaced: interlace === 1 };
}

/** The pixels of each of the seven passes of an interlaced image: the first row and column, and the steps. */
const PASSES: readonly (readonly [x: number, y: number, stepX: number, stepY: number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** Returns how many bytes the pixels of an image take, with the byte before each row that names its filter. */
export function bytesOfPixels({ width, height, depth, type, interlaced }: PngHeader): number {
  const size = (columns: number, rows: number): number =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil(columns * depth * CHANNELS[type]! / 8)) : 0;
  if (!interlaced) return size(width, height);
  return PASSES.reduce(
    (sum, [x, y, stepX, stepY]) => sum + size(Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)),
    0,
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
