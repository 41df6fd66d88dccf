import { assertEquals } from "@std/assert";
import { accuracy, digitMetrics, meanLoss, sampleCount } from "../../examples/metrics.ts";
import { oneHot } from "../../mod.ts";

Deno.test("metrics add up over samples, not over batches", () => {
  const one = digitMetrics.measure({ loss: 2, samples: 3, logits: oneHot([1, 2, 3], 10), labels: [1, 2, 3] });
  const two = digitMetrics.measure({ loss: 4, samples: 1, logits: oneHot([1], 10), labels: [7] });
  const both = digitMetrics.concat(one, two);
  assertEquals([meanLoss(both), accuracy(both), sampleCount(both)], [2.5, 0.75, 4]);
});
