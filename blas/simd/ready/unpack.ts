/**
 * Kernels that were assembled beforehand, in a form that takes little room in a bundle.
 *
 * @module
 */

/**
 * Unpacks bytes. A packed byte `n` below 128 precedes `n + 1` bytes as they are; a higher one, and a distance of two bytes,
 * stand for `n - 124` bytes that have been that far back already.
 *
 * @param packed Packed bytes in base64.
 * @param lengths Their number in each of the results.
 */
export function unpack(packed: string, lengths: readonly number[]): readonly Uint8Array<ArrayBuffer>[] {
  const from = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0)), bytes: number[] = [];
  for (let at = 0; at < from.length;) {
    const n = from[at++]!;
    if (n < 128) { for (let k = 0; k <= n; k++) bytes.push(from[at++]!); }
    else {
      const distance = from[at++]! + 256 * from[at++]!;
      for (let k = 124; k < n; k++) bytes.push(bytes.at(-distance)!);
    }
  }
  let end = 0;
  return lengths.map((length) => new Uint8Array(bytes.slice(end, end += length)));
}

/** Makes the kernels of a module, which compute in a memory. */
export const instanceOf = (bytes: BufferSource, memory: WebAssembly.Memory): WebAssembly.Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { engine: { memory } }).exports;
