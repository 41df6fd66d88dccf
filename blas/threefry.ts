/**
 * Threefry-2x32, the counter-based random number generator behind every key.
 *
 * A counter-based generator has no state to carry: word pair `i` of a stream is a hash of `i` under the key, so any
 * part of a stream can be computed without the part before it. Salmon, Moraes, Dror and Shaw, Parallel Random Numbers:
 * As Easy as 1, 2, 3, 2011. The layout of the streams is JAX's (`jax_threefry_partitionable`, its default since 0.5):
 * element `i` takes the hash of the 64-bit number `i`, and a 32-bit element is the exclusive or of the two words.
 *
 * @module
 */

/** Two 32-bit words, high then low, each an integer from 0 to 2^32 - 1. */
export type Words = readonly [high: number, low: number];

/** Threefish's constant, which prevents a key of zeros from having a key schedule of zeros. */
export const PARITY = 0x1bd11bda;

/** The rotation of each round, in groups of four that alternate. */
export const ROTATIONS: readonly [readonly number[], readonly number[]] = [[13, 15, 26, 6], [17, 29, 16, 24]];

/**
 * Hashes a pair of 32-bit words under a key of two more: 20 rounds of addition, rotation and exclusive or.
 *
 * @param key The key.
 * @param counter What to hash.
 * @returns Two random words.
 */
export function threefry2x32(key: Words, counter: Words): Words {
  const words = new Uint32Array(2);
  fillWords(words, key, counter, true);
  return [words[0]!, words[1]!];
}

/**
 * Draws 32-bit words: word `i` is the exclusive or of the two words that hash the counter `i`.
 *
 * @param key The key.
 * @param size How many words.
 * @returns `[size]` random words.
 */
export function randomWords(key: Words, size: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(size);
  fillWords(words, key, [0, 0], false);
  return words;
}

/**
 * Draws 64-bit numbers as pairs of 32-bit words, high then low: pair `i` hashes the counter `i`.
 *
 * @param key The key.
 * @param size How many pairs.
 * @returns `[2 * size]` random words.
 */
export function randomWordPairs(key: Words, size: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(2 * size);
  fillWords(words, key, [0, 0], true);
  return words;
}

/**
 * Writes the hashes of `counter`, `counter + 1`, … to `words`, as pairs or folded to one word each.
 *
 * The rounds are written out, once: a loop over the rotations takes three times as long. Integers stay 32-bit and
 * signed (`| 0`) until the array stores them. The low word of the counter must not exceed 2^32, which no array is long
 * enough for.
 */
function fillWords(words: Uint32Array, [key0, key1]: Words, [high, low]: Words, paired: boolean): void {
  const k0 = key0 | 0, k1 = key1 | 0, k2 = k0 ^ k1 ^ PARITY;
  const count = paired ? words.length / 2 : words.length;
  for (let i = 0; i < count; i++) {
    let a = (high + k0) | 0, b = (low + i + k1) | 0;

    a = (a + b) | 0, b = (b << 13 | b >>> 19) ^ a;
    a = (a + b) | 0, b = (b << 15 | b >>> 17) ^ a;
    a = (a + b) | 0, b = (b << 26 | b >>> 6) ^ a;
    a = (a + b) | 0, b = (b << 6 | b >>> 26) ^ a;
    a = (a + k1) | 0, b = (b + k2 + 1) | 0;

    a = (a + b) | 0, b = (b << 17 | b >>> 15) ^ a;
    a = (a + b) | 0, b = (b << 29 | b >>> 3) ^ a;
    a = (a + b) | 0, b = (b << 16 | b >>> 16) ^ a;
    a = (a + b) | 0, b = (b << 24 | b >>> 8) ^ a;
    a = (a + k2) | 0, b = (b + k0 + 2) | 0;

    a = (a + b) | 0, b = (b << 13 | b >>> 19) ^ a;
    a = (a + b) | 0, b = (b << 15 | b >>> 17) ^ a;
    a = (a + b) | 0, b = (b << 26 | b >>> 6) ^ a;
    a = (a + b) | 0, b = (b << 6 | b >>> 26) ^ a;
    a = (a + k0) | 0, b = (b + k1 + 3) | 0;

    a = (a + b) | 0, b = (b << 17 | b >>> 15) ^ a;
    a = (a + b) | 0, b = (b << 29 | b >>> 3) ^ a;
    a = (a + b) | 0, b = (b << 16 | b >>> 16) ^ a;
    a = (a + b) | 0, b = (b << 24 | b >>> 8) ^ a;
    a = (a + k1) | 0, b = (b + k2 + 4) | 0;

    a = (a + b) | 0, b = (b << 13 | b >>> 19) ^ a;
    a = (a + b) | 0, b = (b << 15 | b >>> 17) ^ a;
    a = (a + b) | 0, b = (b << 26 | b >>> 6) ^ a;
    a = (a + b) | 0, b = (b << 6 | b >>> 26) ^ a;
    a = (a + k2) | 0, b = (b + k0 + 5) | 0;

    if (paired) {
      words[2 * i] = a;
      words[2 * i + 1] = b;
    } else {
      words[i] = a ^ b;
    }
  }
}
