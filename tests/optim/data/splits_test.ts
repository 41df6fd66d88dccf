import { assert, assertEquals, assertLessOrEqual, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { kFold, splitSamples, takeSamples } from "../../../optim/data/mod.ts";
import { arange, constant, key, ShapeError, toList, zeros } from "../../../mod.ts";

const upTo = (count: number): readonly number[] => [...new Array(count).keys()];
const sorted = (numbers: readonly number[]): readonly number[] => numbers.toSorted((a, b) => a - b);
const counts = fc.integer({ min: 1, max: 60 }), seeds = fc.nat(1000);
const shares = fc.constantFrom([1], [0.5, 0.5], [0.8, 0.2], [0.7, 0.15, 0.15], [0.1, 0.2, 0.3, 0.4], [
  1 / 3,
  1 / 3,
  1 / 3,
]);

const partsOf = (own: readonly number[]) => Object.fromEntries(own.map((share, k) => [`part${k}`, share]));

Deno.test("splitSamples() puts every sample into one part, of the size that its share says, and the key decides which", () => {
  fc.assert(fc.property(counts, seeds, shares, (count, seed, own) => {
    const parts = partsOf(own), split = splitSamples(count, { key: key(seed), parts }), numbers = Object.values(split);
    assertEquals(sorted(numbers.flat()), upTo(count)); // none twice, none left out
    numbers.forEach((part, k) => {
      assertLessOrEqual(Math.abs(part.length - own[k]! * count), 1);
      assertEquals(part, sorted(part));
    });
    assertEquals(splitSamples(count, { key: key(seed), parts }), split);
  }));
  const halves = (seed: number) => splitSamples(40, { key: key(seed), parts: { a: 0.5, b: 0.5 } });
  assertNotEquals(halves(0), halves(1));
});

Deno.test("splitSamples() with labels gives every part its share of every class", () => {
  const labels = fc.array(fc.nat(3), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(labels, seeds, shares, (labels, seed, own) => {
    const numbers = Object.values(splitSamples(labels.length, { key: key(seed), parts: partsOf(own), labels }));
    assertEquals(sorted(numbers.flat()), upTo(labels.length));
    for (const label of new Set(labels)) {
      const all = labels.filter((other) => other === label).length;
      numbers.forEach((part, k) =>
        assertLessOrEqual(Math.abs(part.filter((sample) => labels[sample] === label).length - own[k]! * all), 2)
      );
    }
  }));
  const rare = [...new Array(90).fill("common"), ...new Array(10).fill("rare")];
  const { test } = splitSamples(100, { key: key(1), parts: { train: 0.8, test: 0.2 }, labels: rare });
  assertEquals(test.filter((sample) => rare[sample] === "rare").length, 2);
});

Deno.test("kFold() validates every sample once and never with what trained, with labels too", () => {
  const cases = fc.record({ count: fc.integer({ min: 2, max: 40 }), seed: seeds, stratified: fc.boolean() });
  fc.assert(fc.property(cases, fc.integer({ min: 2, max: 7 }), ({ count, seed, stratified }, wanted) => {
    const folds = Math.min(wanted, count), labels = upTo(count).map((k) => k % 3);
    const options = { key: key(seed), folds, ...stratified ? { labels } : {} }, rounds = kFold(count, options);
    assertEquals(rounds.length, folds);
    assertEquals(sorted(rounds.flatMap(({ validation }) => validation)), upTo(count));
    for (const { train, validation } of rounds) {
      assertEquals(sorted([...train, ...validation]), upTo(count));
      assert(validation.length >= Math.floor(count / folds) && validation.length <= Math.ceil(count / folds));
      for (const label of stratified ? [0, 1, 2] : []) {
        const all = labels.filter((other) => other === label).length / folds;
        assertLessOrEqual(Math.abs(validation.filter((sample) => labels[sample] === label).length - all), 1);
      }
    }
    assertEquals(kFold(count, options), rounds);
  }));
});

Deno.test("takeSamples() takes the same rows of every tensor", () => {
  const { x, y } = takeSamples({ x: arange(5), y: zeros([5, 2]) }, [3, 0]);
  assertEquals([toList(x), y.shape], [[3, 0], [2, 2]]);
});

Deno.test("splits refuse shares, counts, folds, keys and labels that do not fit", () => {
  const halves = { a: 0.5, b: 0.5 };
  assertThrows(
    () => splitSamples(3, { key: key(0), parts: { a: 0.5, b: 0.6 } }),
    RangeError,
    "shares that add up to 1",
  );
  assertThrows(() => splitSamples(3, { key: key(0), parts: { a: 1.5, b: -0.5 } }), RangeError, "above 0");
  assertThrows(() => splitSamples(3, { key: key(0), parts: {} }), RangeError, "parts");
  assertThrows(() => splitSamples(2.5, { key: key(0), parts: halves }), RangeError, "count 2.5");
  assertThrows(
    () => splitSamples(3, { key: key(0), parts: halves, labels: [1, 2] }),
    TypeError,
    "one label for each sample",
  );
  assertThrows(() => splitSamples(1, { key: key(0), parts: halves, labels: constant(1) }), TypeError, "one label");
  assertThrows(() => kFold(3, { key: key(0), folds: 4 }), RangeError, "from 2 to the number of samples, 3");
  // @ts-expect-error: a number is not a key
  assertThrows(() => kFold(3, { key: 0, folds: 2 }), TypeError, "key");
  assertEquals(splitSamples(4, { key: key(0), parts: halves, labels: constant([0, 0, 1, 1]) }).a.length, 2);
  assertThrows(() => takeSamples({ x: constant(1) }, [0]), ShapeError);
});

Deno.test("takeSamples() takes lists of numbers: a single one would drop the axis of samples", () => {
  assertThrows(
    () => takeSamples({ x: arange(4) }, 2 as never),
    TypeError,
    "Cannot take samples by 2: numbers must be an array",
  );
});
