import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { foldIn, isKey, type Key, key, splitKey } from "../../../autograd/random/key.ts";
import type { Words } from "../../../blas/threefry.ts";
import cases from "../../fixtures/random.json" with { type: "json" };

const keyOf = (words: readonly number[]): Key => ({ tag: "key", words: words as unknown as Words });
const words = (keys: readonly Key[]): number[][] => keys.map((k) => [...k.words]);

Deno.test("key() cuts the seed's two's complement in two words, as JAX does", () => {
  // The seeds and words of test_prng_seeds_and_keys in JAX's random_test.py, with 64-bit integers enabled.
  const expected: [number, number[]][] = [
    [0, [0, 0]],
    [1, [0, 1]],
    [-1, [4294967295, 4294967295]],
    [-3, [4294967295, 4294967293]],
    [2 ** 31 - 1 + 100, [0, 2147483747]],
    [-(2 ** 31) - 100, [4294967295, 2147483548]],
    [2 ** 32, [1, 0]],
    [2 ** 53 - 1, [2 ** 21 - 1, 2 ** 32 - 1]],
    [-0, [0, 0]],
  ];
  for (const [seed, expectedWords] of expected) assertEquals(key(seed).words, expectedWords as unknown as Words);
});

Deno.test("key() makes different keys from different seeds, and the same key from the same seed", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (a, b) => {
    assertEquals(key(a), key(a));
    const same = key(a).words[0] === key(b).words[0] && key(a).words[1] === key(b).words[1];
    assertEquals(same, a === b);
  }));
});

Deno.test("key() refuses invalid seeds, and names them", () => {
  for (const seed of [NaN, 1.5, Infinity, 2 ** 53, -(2 ** 53)]) {
    assertThrows(() => key(seed), RangeError, `Cannot build a key from seed ${seed}: a seed must be a whole number`);
  }
  // @ts-expect-error a seed is a number
  assertThrows(() => key("42"), TypeError, 'Cannot build a key from "42"');
});

Deno.test("splitKey() gives JAX's keys", () => {
  // jax.random.split(jax.random.key(0)), (1), (2) as printed by JAX 0.5 and later, and split(key(42), 3).
  assertEquals(words(splitKey(key(0))), [[1797259609, 2579123966], [928981903, 3453687069]]);
  assertEquals(words(splitKey(key(1))), [[507451445, 1853169794], [1948878966, 4237131848]]);
  assertEquals(words(splitKey(key(2))), [[1821159224, 3364244817], [637334850, 3278974502]]);
  assertEquals(words(splitKey(key(42), 3)), [[1832780943, 270669613], [64467757, 2916123636], [2465931498, 255383827]]);
  // jax.random.split(jax.random.split(jax.random.key(42))[1], 4)[:3], as an example of the package inox prints them.
  const inner = splitKey(splitKey(key(42))[1], 4).slice(0, 3);
  assertEquals(words(inner), [[3187376881, 129218101], [2350016172, 1168365246], [257214496, 567757975]]);
});

Deno.test("splitKey() and foldIn() agree with a second implementation", () => {
  for (const [from, keys] of cases.split as [number[], number[][]][]) {
    assertEquals(words(splitKey(keyOf(from), 3)), keys);
  }
  for (const [from, data, to] of cases.foldIn as [number[], number, number[]][]) {
    assertEquals([...foldIn(keyOf(from), data).words], to);
  }
});

Deno.test("foldIn() gives JAX's key", () => {
  // jax.random.fold_in(jax.random.PRNGKey(0), 4), from testPRNGValues in JAX's random_test.py.
  assertEquals(foldIn(key(0), 4).words, [2285895361, 433833334]);
});

Deno.test("splitKey() returns different keys, the same ones every time, however many are asked for", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), fc.nat(50), (seed, n) => {
    const keys = splitKey(key(seed), n);
    assertEquals(keys, splitKey(key(seed), n));
    assertEquals(keys.length, n);
    assertEquals(new Set(words([...keys, key(seed)]).map(String)).size, n + 1);
    assertEquals(keys, splitKey(key(seed), 51).slice(0, n));
    assertEquals(keys, Array.from({ length: n }, (_, i) => foldIn(key(seed), i)));
  }));
});

Deno.test("splitKey() types as many keys as the number written", () => {
  const [a, b] = splitKey(key(0));
  const [c, d, e]: readonly [Key, Key, Key] = splitKey(key(0), 3);
  // @ts-expect-error of 3 keys there is no fourth
  const none = splitKey(key(0), 3)[3];
  const count: number = 2;
  // @ts-expect-error a number known only at run time may be 0
  const first: Key = splitKey(key(0), count)[0];
  const many: readonly Key[] = splitKey(key(0), 1000);
  assertEquals([a, b, c, d, e].every(isKey), true);
  assertEquals([none, first, many.length], [undefined, a, 1000]);
});

Deno.test("splitKey() and foldIn() refuse invalid counts, numbers and keys", () => {
  for (const n of [-1, 1.5, NaN]) assertThrows(() => splitKey(key(0), n), RangeError, `Cannot split a key into ${n}`);
  for (const data of [-1, 0.5, NaN, 2 ** 32]) {
    assertThrows(() => foldIn(key(0), data), RangeError, `Cannot fold ${data} into a key`);
  }
  // @ts-expect-error a seed is not a key
  assertThrows(() => splitKey(42), TypeError, "42 was given: randomness comes from a key");
  // @ts-expect-error nor is null
  assertThrows(() => foldIn(null, 1), TypeError, "Cannot fold into a key: null was given");
});

Deno.test("keys cannot be changed", () => {
  const k = key(0), keys = splitKey(k);
  assert([k, k.words, keys, keys[0], keys[0].words, foldIn(k, 1)].every(Object.isFrozen));
});
