import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { accuracy, meanLoss, metricsMonoid } from "../../examples/metrics.ts";

/** Losses are whole numbers here, whose sums are exact, so that the laws hold to the bit. */
const metrics = fc.record({ samples: fc.nat(1000), lossSum: fc.nat(1000), correct: fc.nat(1000) });
const { concat, empty } = metricsMonoid;

Deno.test("metricsMonoid is associative", () => {
  fc.assert(fc.property(metrics, metrics, metrics, (a, b, c) => {
    assertEquals(concat(concat(a, b), c), concat(a, concat(b, c)));
  }));
});

Deno.test("metricsMonoid has an empty element on both sides", () => {
  fc.assert(fc.property(metrics, (a) => {
    assertEquals([concat(a, empty), concat(empty, a)], [a, a]);
  }));
});

Deno.test("metrics add up over samples, not over batches", () => {
  const both = concat({ samples: 3, lossSum: 6, correct: 3 }, { samples: 1, lossSum: 4, correct: 0 });
  assertEquals([meanLoss(both), accuracy(both)], [2.5, 0.75]);
});
