import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { histogramOf } from "../../../../optim/watch/log/histogram_counts.ts";

Deno.test("histogramOf() counts every finite value once, between limits that grow", () => {
  const values = fc.array(fc.oneof(fc.double(), fc.integer({ min: -5, max: 5 })), { maxLength: 40 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 12 }), (values, buckets) => {
      const { counts, limits, count, notFinite, min, max } = histogramOf(values, buckets);
      assertEquals(counts.reduce((a, b) => a + b, 0), count);
      assertEquals(count + notFinite, values.length);
      assertEquals(limits.length, counts.length + 1);
      assertEquals([limits[0], limits.at(-1)], [min, max]);
      assert(limits.every((limit, k) => k === 0 || limit >= limits[k - 1]!), String(limits));
    }),
    { numRuns: 60 },
  );
});

Deno.test("histogramOf() puts the largest value in the last bucket, and equal values in a single one", () => {
  assertEquals(histogramOf([0, 1, 2, 3, 4], 2).counts, [2, 3]);
  assertEquals(histogramOf([7, 7, NaN, Infinity], 5), {
    min: 7,
    max: 7,
    count: 2,
    sum: 14,
    sumOfSquares: 98,
    notFinite: 2,
    limits: [7, 7],
    counts: [2],
  });
  assertEquals(histogramOf([], 3).counts, [0]);
});

Deno.test("histogramOf() spans the whole range of numbers", () => {
  const { counts, limits } = histogramOf([-Number.MAX_VALUE, 0, Number.MAX_VALUE], 4);
  assertEquals(counts, [1, 0, 1, 1]);
  assertAlmostEquals(limits[2]!, 0);
  // A single bucket would be as wide as no number is.
  assertEquals(histogramOf([-2.4e301, Number.MAX_VALUE], 1).limits, [-2.4e301, Number.MAX_VALUE]);
});
