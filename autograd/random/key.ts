/**
 * Keys: the pure source of randomness. Every draw takes a key, and the same key always gives the same numbers.
 *
 * A key is used once: to draw, or to make further keys with {@link splitKey} or {@link foldIn}. Keys, and the numbers
 * drawn from them, are those of JAX (`threefry2x32`, in the partitionable layout that is its default since 0.5).
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkKeyNumber } from "../../blas/program/operations/check_indices.ts";
import { checkVersion } from "../../blas/shared.ts";
import { isAbstract } from "../abstract_view.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { foldAbstractly, isAbstractKey, isTensorKey } from "./key_tensor.ts";
import { innerView } from "../tensor_record.ts";
import { randomWordPairs, threefry2x32, type Words } from "../../blas/threefry.ts";

/** An immutable source of randomness. Keys of the same words are the same key. */
export type Key = {
  readonly tag: "key";
  /** The two 32-bit words that it consists of. */
  readonly words: readonly [high: number, low: number];
};

/**
 * `N` keys: a tuple if the number is a literal (up to 32), so that it can be destructured.
 *
 * @typeParam N The number.
 * @typeParam T The keys counted so far.
 */
export type Keys<N extends number, T extends readonly Key[] = readonly []> = N extends number
  ? number extends N ? readonly Key[]
  : T["length"] extends N ? T
  : T["length"] extends 32 ? readonly Key[]
  : Keys<N, readonly [...T, Key]>
  : never;

/**
 * Makes a key from a number.
 *
 * The seed's 64-bit two's complement is cut into two words, as in JAX with 64-bit integers enabled. Otherwise JAX drops
 * the high word and agrees only for seeds from 0 to 2^32 - 1.
 *
 * @example
 * ```ts
 * import { key } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(key(42), key(42));
 * assertEquals(key(42).words, [0, 42]);
 * ```
 *
 * @param seed A whole number from -(2^53 - 1) to 2^53 - 1.
 * @returns The key of that seed; different seeds give different keys.
 * @throws {RangeError} If `seed` is fractional, NaN, infinite or beyond 2^53 - 1.
 * @throws {TypeError} If `seed` is not a number.
 */
export function key(seed: number): Key {
  if (typeof seed !== "number") {
    throw new TypeError(
      `Cannot build a key from ${describe(seed)}: a seed must be a whole number; pass one, such as 0`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(
      `Cannot build a key from seed ${seed}: a seed must be a whole number between -(2^53 - 1) and 2^53 - 1; ` +
        "round it, or choose one such as 0",
    );
  }
  return makeKey([Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0]);
}

/** The largest number of keys that a key is split into at once: each is a record, and these are 2 GB of them. */
const MOST_KEYS = 16_777_216; // 2^24

/**
 * Makes keys from one key, independent of each other and of the numbers that the given key would draw.
 *
 * Key `i` is the same for every `n`.
 *
 * @param k The key to split; it must not be used again.
 * @param n How many keys, 2 if left out.
 * @returns `n` keys.
 * @throws {RangeError} If `n` is not a whole number from 0 to 2^24.
 * @throws {TypeError} If `k` is not a key.
 */
export function splitKey(k: Key): readonly [Key, Key];
/** Makes `n` keys from one. */
export function splitKey<N extends number>(k: Key, n: N): Keys<N>;
export function splitKey(k: Key, n = 2): readonly Key[] {
  checkKey("split a key", k);
  if (!(Number.isInteger(n) && n >= 0 && n <= MOST_KEYS)) {
    throw new RangeError(
      `Cannot split a key into ${describe(n)}: the number of keys must be a whole number from 0 to ${MOST_KEYS}; ` +
        "correct it, or make keys as they are needed with foldIn",
    );
  }
  if (isAbstractKey(k)) return Object.freeze(Array.from({ length: n }, (_, i) => foldIn(k, i))); // key i, as said below
  const words = randomWordPairs(k.words, n);
  return Object.freeze(Array.from({ length: n }, (_, i) => makeKey([words[2 * i]!, words[2 * i + 1]!])));
}

/**
 * Makes a key from a key and a number, such as the step of a loop or the index of a device.
 *
 * @example A fresh key for every epoch
 * ```ts
 * import { foldIn, key } from "@nanograd/nanograd";
 * import { assertNotEquals } from "@std/assert";
 *
 * const keys = [0, 1, 2].map((epoch) => foldIn(key(7), epoch));
 * assertNotEquals(keys[0], keys[1]);
 * ```
 *
 * @param k The key. It may be folded with other numbers but not used otherwise: `foldIn(k, i)` is key `i` of `split(k,
 * n)`.
 * @param data A whole number from 0 to 2^32 - 1, or a 0-d tensor of one, such as the `step` of an optimizer's state.
 * @returns A key that depends on both.
 * @throws {RangeError} If `data` is fractional, NaN, negative or beyond 2^32 - 1.
 * @throws {TypeError} If `k` is not a key, or `data` a tensor that is not 0-d.
 */
export function foldIn(k: Key, data: number | Tensor): Key {
  checkKey("fold into a key", k);
  if (isTensor(data) && data.shape.length > 0) {
    throw new TypeError(
      `Cannot fold a tensor of shape [${data.shape}] into a key: it must be a number or a 0-d tensor; fold in one ` +
        "number after the other",
    );
  }
  if (isAbstractKey(k) || (isTensor(data) && isAbstract(innerView(data)))) return foldAbstractly(k, data);
  return makeKey(threefry2x32(k.words, [0, checkKeyNumber(isTensor(data) ? innerView(data).get() : data)]));
}

/**
 * Tells whether a value is a key.
 *
 * @example
 * ```ts
 * import { isKey, key } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([isKey(key(0)), isKey(0)], [true, false]);
 * ```
 */
export function isKey(value: unknown): value is Key {
  if (typeof value !== "object" || value === null) return false;
  checkVersion("key", value);
  if (!("tag" in value) || value.tag !== "key") return false;
  return isTensorKey(value) || ("words" in value && areWords(value.words));
}

/** Tells whether these can be the words of a key: two 32-bit words. */
function areWords(words: unknown): boolean {
  return Array.isArray(words) && words.length === 2 && words[0] >>> 0 === words[0] && words[1] >>> 0 === words[1];
}

/**
 * Throws if a value passed as a key is not one.
 *
 * @param action The action for the error message.
 * @param value What was passed.
 * @throws {TypeError} If it is not a key.
 */
export function checkKey(action: string, value: Key): void {
  if (isKey(value)) return;
  throw new TypeError(
    `Cannot ${action}: ${describe(value)} was given: randomness comes from a key; make one with key(seed)`,
  );
}

function makeKey(words: Words): Key {
  return Object.freeze({ tag: "key", words: Object.freeze(words) });
}
