/**
 * The segments of JPEG files.
 *
 * @see ITU-T T.81, annex B.
 *
 * @module
 */

/** What the segments say. */
export type JpegHeader = {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: colour; 4: CMYK. */
  readonly components: number;
  /** How many scans the pixels come in: one, or several in progressive files. */
  readonly scans: number;
};

const [START, END, SCAN, FRAME, LAST_FRAME] = [0xd8, 0xd9, 0xda, 0xc0, 0xcf];

/** Markers among the frames that are not frames: tables. */
const TABLES: readonly number[] = [0xc4, 0xc8, 0xcc];

/** Baseline, extended and progressive frames; the others are lossless, hierarchical or arithmetic. */
const SUPPORTED: readonly number[] = [0xc0, 0xc1, 0xc2];

/** The bytes that every JPEG file begins with. */
export const JPEG_SIGNATURE: readonly number[] = [0xff, START, 0xff];

/**
 * Reads the segments of a file, to its end: what they say, or a sentence that says what is wrong. Pixels have not been
 * looked at.
 */
export function readJpeg(bytes: Uint8Array): JpegHeader | string {
  if (JPEG_SIGNATURE.some((byte, k) => bytes[k] !== byte)) return "it must begin with the signature of JPEG files";
  let frame: Omit<JpegHeader, "scans"> | undefined, scans = 0;
  for (let at = 2; at < bytes.length;) {
    if (bytes[at] !== 0xff) return `a marker must stand at byte ${at}`;
    const marker = bytes[at + 1];
    if (marker === END) return frame === undefined || scans === 0 ? "it has no pixels" : { ...frame, scans };
    if (marker === 0xff) {
      at++; // markers may be preceded by any number of these
      continue;
    }
    const length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0), end = at + 2 + length;
    if (marker === undefined || end > bytes.length) return "it is cut off in a segment";
    if (length < 2) return `the segment at byte ${at} has no length`;
    if (marker >= FRAME && marker <= LAST_FRAME && !TABLES.includes(marker)) {
      if (frame !== undefined) return "it must have only one frame";
      const read = frameAt(bytes, at, marker);
      if (typeof read === "string") return read;
      frame = read;
    }
    at = end;
    if (marker !== SCAN) continue;
    if (frame === undefined) return "its pixels must come after its size";
    scans++;
    at = endOfScan(bytes, at);
  }
  return "it is cut off: its end is missing";
}

function frameAt(bytes: Uint8Array, at: number, marker: number): Omit<JpegHeader, "scans"> | string {
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = bytes.subarray(at + 4, at + 10);
  if (!SUPPORTED.includes(marker)) {
    return "it is lossless, hierarchical or arithmetically coded, which is not supported";
  }
  if (precision !== 8) return `${precision} bits a channel are not supported`;
  if (![1, 3, 4].includes(components)) return `${components} channels are not supported`;
  return { width: w1 * 256 + w0, height: h1 * 256 + h0, components };
}

/** Returns where the first marker after coded pixels stands: a 0xff that no 0 follows, and no number of a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1]!;
    if (bytes[at] === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}
