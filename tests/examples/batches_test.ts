import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { gatherBatch, pixelScale, shuffledBatches } from "../../examples/batches.ts";
import { key, toList } from "../../mod.ts";

const dataset = (images: Uint8Array, labels: Uint8Array = new Uint8Array(images.length)) => ({
  size: labels.length,
  imageShape: [1, images.length / labels.length] as const,
  images,
  labels,
});

Deno.test("shuffledBatches() holds every index once, in batches of the same size except the last", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 250 }), (seed, size, batch) => {
      const batches = shuffledBatches(key(seed), size, batch);
      assertEquals(batches.flat().toSorted((a, b) => a - b), Array.from({ length: size }, (_, i) => i));
      assert(batches.slice(0, -1).every(({ length }) => length === batch));
      assertEquals(batches.at(-1)!.length, size % batch || batch);
    }),
  );
});

Deno.test("shuffledBatches() depends on the key alone", () => {
  assertEquals(shuffledBatches(key(1), 100, 10), shuffledBatches(key(1), 100, 10));
  assertNotEquals(shuffledBatches(key(1), 100, 10), shuffledBatches(key(2), 100, 10));
});

Deno.test("shuffledBatches() without a key come in order", () => {
  assertEquals(shuffledBatches(undefined, 5, 2), [[0, 1], [2, 3], [4]]);
});

Deno.test("pixelScale() gives pixels a mean of 0 and a standard deviation of 1", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), (images) => {
    fc.pre(new Set(images).size > 1);
    const { scores, mean, std } = pixelScale(dataset(images)), scored = Array.from(images, (value) => scores[value]!);
    const average = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    assertAlmostEquals(average(scored), 0, 1e-5);
    assertAlmostEquals(average(scored.map((x) => x * x)), 1, 1e-5);
    assertAlmostEquals((images[0]! / 255 - mean) / std, scored[0]!, 1e-4);
  }));
});

Deno.test("pixelScale() of a single grey stays finite", () => {
  assert(pixelScale(dataset(new Uint8Array(9).fill(7))).scores.every(Number.isFinite));
});

Deno.test("gatherBatch() gathers rows in the order asked for, rows twice too", () => {
  const digits = dataset(Uint8Array.of(0, 1, 2, 3, 4, 5), Uint8Array.of(7, 8, 9));
  const scale = { mean: 0, std: 1, scores: Float32Array.from({ length: 256 }, (_, value) => 10 * value) };
  const { images, labels } = gatherBatch(digits, [2, 0, 2], scale);
  assertEquals([images.shape, toList(images), [...labels]], [[3, 2], [40, 50, 0, 10, 40, 50], [9, 7, 9]]);
});
