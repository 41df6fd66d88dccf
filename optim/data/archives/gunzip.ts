/**
 * Gzipped bytes.
 *
 * @module
 */

/** The fewest bytes to reserve for what is inflated. */
const FEWEST = 2 ** 16;

/** How many bytes are inflated at a time: the stream gives all that these stand for at once, 8 MiB at most. */
const SLICE = 2 ** 13;

/**
 * Inflates gzipped bytes, with the runtime's own `DecompressionStream`, into one array: as long as the last four bytes
 * of the file say, and longer if there turn out to be more bytes.
 *
 * @returns The bytes; `undefined` if there are more than `most`, of which no more than that are ever kept.
 * @throws {TypeError} If the bytes are damaged or cut off.
 */
export async function gunzip(bytes: Uint8Array, most: number): Promise<Uint8Array | undefined> {
  let whole = new Uint8Array(Math.min(most, Math.max(FEWEST, claimedSize(bytes)))), size = 0;
  for await (const part of slicesOf(bytes).pipeThrough(new DecompressionStream("gzip"))) {
    if (size + part.length > most) return undefined;
    if (size + part.length > whole.length) {
      const longer = new Uint8Array(Math.min(most, Math.max(size + part.length, 2 * whole.length)));
      longer.set(whole.subarray(0, size));
      whole = longer;
    }
    whole.set(part, size);
    size += part.length;
  }
  return whole.subarray(0, size);
}

/** Returns a stream of bytes that are asked for slice by slice. */
function slicesOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      // A slice is a copy, in memory that is not shared.
      if (at < bytes.length) controller.enqueue(new Uint8Array(bytes.subarray(at, at += SLICE)));
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

/** The most bytes that one deflated byte can stand for. */
const MOST_INFLATION = 1032;

/** Returns how many bytes a file says that it unpacks to, but no more than it can. */
function claimedSize(bytes: Uint8Array): number {
  if (bytes.length < 4) return 0;
  const claim = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  return claim <= MOST_INFLATION * bytes.length ? claim : 0;
}
