import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { continueText, drawClass } from "../../examples/sampling.ts";
import {
  constant,
  denseLayer,
  embedding,
  foldIn,
  key,
  lambda,
  oneHot,
  scale,
  sequential,
  softmax,
  toList,
} from "../../mod.ts";

Deno.test("drawClass() draws as often as the softmax says, at any temperature", () => {
  const logits = constant([0, 1, -1, 2]), draws = 4000;
  for (const temperature of [0.5, 1, 3]) {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < draws; i++) counts[drawClass(foldIn(key(4), i), logits, temperature)]! += 1;
    toList(softmax(scale(logits, 1 / temperature))).forEach((p, k) => {
      const deviation = Math.sqrt(draws * p * (1 - p));
      assert(Math.abs(counts[k]! - draws * p) < 4 * deviation, `class ${k} at ${temperature}: ${counts[k]}`);
    });
  }
});

Deno.test("drawClass() takes the most likely class where the temperature is low, and never an impossible one", () => {
  for (let i = 0; i < 200; i++) {
    assertEquals(drawClass(key(i), constant([0, 1, 3, 2]), 1e-3), 2);
    assertNotEquals(drawClass(key(i), constant([0, -Infinity, 0]), 1), 1);
  }
});

// Whatever the character, the next number is the likely one.
const counter = lambda((x) => scale(oneHot(toList(x).map((code) => (code + 1) % 7), 7, { dtype: x.dtype }), 100));

Deno.test("continueText() adds the characters that the network predicts from as many as it may see", () => {
  const lengths: number[] = [];
  const watched = sequential([
    lambda((x) => (lengths.push(x.shape[0]!), x), { outputShape: (right) => ({ _tag: "Right", right }) }),
    counter,
  ]);
  const options = { length: 5, temperature: 1, context: 3 };
  const text = continueText(key(0), watched, watched.init(key(0)), Uint8Array.of(4, 5), options);
  assertEquals([...text], [4, 5, 6, 0, 1, 2, 3]);
  assertEquals(lengths.filter((_, i) => i >= lengths.length - 5), [2, 3, 3, 3, 3]);
  assertEquals([...continueText(key(0), counter, counter.init(key(0)), Uint8Array.of(4), { ...options, length: 0 })], [
    4,
  ]);
});

Deno.test("continueText() gives the same text for the same key, another for another", () => {
  const model = sequential([embedding(5, 8), denseLayer(8, 5)]), variables = model.init(key(0));
  const write = (
    seed: number,
  ) => [...continueText(key(seed), model, variables, Uint8Array.of(0), { length: 60, temperature: 1, context: 4 })];
  assertEquals(write(1), write(1));
  assertNotEquals(write(1), write(2));
  assert(new Set(write(1)).size > 2, "every step draws anew");
});
