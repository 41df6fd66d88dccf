/**
 * Kernels that were assembled beforehand, in a form that takes little room in a bundle.
 *
 * @module
 */

/**
 * Unpacks bytes. A packed byte `n` below 32 precedes `n + 1` bytes as they are. A higher one stands for bytes that have been a
 * distance back already: below 64, for `n - 31` of them at the distance of the copy before; below 128, for `n - 61` of them,
 * and two bytes with the distance follow; from 128 on, its bits say 3 to 10 of them, and the highest four of a distance
 * whose other eight follow.
 *
 * @param packed Packed bytes in base64.
 * @param lengths Their number in each of the results.
 */
export function unpack(packed: string, lengths: readonly number[]): readonly Uint8Array<ArrayBuffer>[] {
  const from = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0)), bytes: number[] = [];
  for (let at = 0, distance = 0; at < from.length;) {
    const n = from[at++]!;
    if (n < 32) { for (let k = 0; k <= n; k++) bytes.push(from[at++]!); }
    else {
      if (n > 63) distance = 256 * (n < 128 ? from[at++]! : n & 15) + from[at++]!;
      for (let k = n < 64 ? n - 31 : n < 128 ? n - 61 : 3 + (n >> 4 & 7); k > 0; k--) bytes.push(bytes.at(-distance)!);
    }
  }
  let end = 0;
  return lengths.map((length) => new Uint8Array(bytes.slice(end, end += length)));
}

/** Makes the kernels of a module, which compute in a memory. */
export const instanceOf = (bytes: BufferSource, memory: WebAssembly.Memory): WebAssembly.Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { engine: { memory } }).exports;
