import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { lossMetric, meanMetric, type Weighted } from "../../../optim/training/metric.ts";
import { checkMetricLaws } from "./metric_laws.ts";

const weighted = meanMetric((x: Weighted) => x);
const whole = fc.integer({ min: -100, max: 100 });

Deno.test("the sums of meanMetric() and lossMetric form a monoid", () => {
  checkMetricLaws(weighted, fc.record({ value: whole, weight: fc.nat(100) }));
  checkMetricLaws(lossMetric, fc.record({ loss: whole, samples: fc.nat(100) }));
});

Deno.test("meanMetric() does not depend on how samples are cut into batches", () => {
  const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 40 }), (all, size) => {
    const groups = Array.from({ length: Math.ceil(all.length / size) }, (_, k) => all.slice(k * size, (k + 1) * size));
    const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length;
    const sums = groups.map((group) => lossMetric.measure({ loss: mean(group), samples: group.length }));
    assertAlmostEquals(lossMetric.value(sums.reduce(lossMetric.concat, lossMetric.empty)), mean(all), 1e-12);
  }));
});

Deno.test("meanMetric() reads 0-d tensors, the weight is 1 if left out, and a value of weight 0 does not count", () => {
  assertEquals(weighted.measure({ value: tensor64(3), weight: 4 }), { total: 12, weight: 4 });
  assertEquals(weighted.measure({ value: 3 }), { total: 3, weight: 1 });
  assertEquals(weighted.measure({ value: NaN, weight: 0 }), weighted.empty);
  assertEquals(weighted.value(weighted.empty), NaN);
});
