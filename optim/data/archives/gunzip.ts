/**
 * Gzipped bytes.
 *
 * @module
 */

/**
 * Inflates gzipped bytes, with the runtime's own `DecompressionStream`.
 *
 * @returns The bytes; `undefined` if there are more than `most`, which are then not kept.
 * @throws {TypeError} If the bytes are damaged or cut off.
 */
export async function gunzip(bytes: Uint8Array, most: number): Promise<Uint8Array | undefined> {
  // The bytes of a file are in memory of their own, not in shared memory.
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of packed.pipeThrough(new DecompressionStream("gzip"))) {
    size += part.length;
    if (size > most) return undefined;
    parts.push(part);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
