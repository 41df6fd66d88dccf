import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Metric } from "../../../optim/training/metric.ts";

/**
 * Checks that a metric's sums form a monoid. The inputs' sums must be exact in float64, as those of small whole numbers
 * are: addition of others is associative but for rounding.
 */
export function checkMetricLaws<Input, Sums, Value>(
  metric: Metric<Input, Sums, Value>,
  inputs: fc.Arbitrary<Input>,
): void {
  const sums = inputs.map(metric.measure), { concat, empty } = metric;
  fc.assert(fc.property(sums, sums, sums, (a, b, c) => {
    assertEquals(concat(concat(a, b), c), concat(a, concat(b, c)));
    assertEquals(concat(a, b), concat(b, a));
  }));
  fc.assert(fc.property(sums, (a) => {
    assertEquals(concat(a, empty), a);
    assertEquals(concat(empty, a), a);
  }));
}
