import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { randomWordPairs, randomWords, threefry2x32, type Words } from "../../blas/threefry.ts";
import cases from "../fixtures/random.json" with { type: "json" };

// The known answers of the authors' own library, Random123 (kat_vectors, "threefry2x32 20": counter, key, answer).
const KNOWN_ANSWERS: readonly (readonly [counter: Words, key: Words, answer: Words])[] = [
  [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
  [[0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344], [0xc4923a9c, 0x483df7a0]],
];

Deno.test("threefry2x32() gives the known answers of Random123", () => {
  for (const [counter, key, answer] of KNOWN_ANSWERS) assertEquals(threefry2x32(key, counter), answer);
});

Deno.test("randomWords() gives the words that a second implementation derives", () => {
  for (const [key, words] of cases.words) assertEquals([...randomWords(key as unknown as Words, 4)], words);
});

Deno.test("randomWords() and randomWordPairs() hash the position, whatever the size", () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(fc.property(fc.tuple(word, word), fc.nat(40), fc.nat(40), (key, a, b) => {
    const [short, long] = [Math.min(a, b), Math.max(a, b)];
    assertEquals(randomWords(key, long).slice(0, short), randomWords(key, short));
    const pairs = randomWordPairs(key, long);
    assertEquals(pairs.length, 2 * long);
    for (let i = 0; i < long; i++) {
      const pair = threefry2x32(key, [0, i]);
      assertEquals([pairs[2 * i], pairs[2 * i + 1]], [...pair]);
      assertEquals(randomWords(key, long)[i], (pair[0] ^ pair[1]) >>> 0);
    }
  }));
});
