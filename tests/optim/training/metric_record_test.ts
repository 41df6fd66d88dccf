import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { accuracyMetric, type Classified, type Hits } from "../../../optim/training/classification_metrics.ts";
import { type BatchLoss, lossMetric, type WeightedSum } from "../../../optim/training/metric.ts";
import {
  metricRecord,
  type MetricsInput,
  type MetricSums,
  type MetricValue,
} from "../../../optim/training/metric_record.ts";
import { checkMetricLaws } from "./metric_laws.ts";

const metric = metricRecord({ loss: lossMetric, accuracy: accuracyMetric });
const input = fc.record({ loss: fc.integer(), samples: fc.nat(9), right: fc.boolean() }).map(({ right, ...loss }) => ({
  ...loss,
  logits: tensor64([[0, 1]]),
  labels: [right ? 1 : 0],
}));

Deno.test("the sums of metricRecord() form a monoid", () => checkMetricLaws(metric, input));

Deno.test("metricRecord() measures, joins and answers as its metrics do each by itself", () => {
  fc.assert(fc.property(input, input, (a, b) => {
    const sums = metric.concat(metric.measure(a), metric.measure(b));
    const loss = lossMetric.concat(lossMetric.measure(a), lossMetric.measure(b));
    const accuracy = accuracyMetric.concat(accuracyMetric.measure(a), accuracyMetric.measure(b));
    assertEquals(sums, { loss, accuracy });
    assertEquals(metric.value(sums), { loss: lossMetric.value(loss), accuracy: accuracyMetric.value(accuracy) });
  }));
});

Deno.test("metricRecord() of nothing asks for nothing and answers nothing", () => {
  const none = metricRecord({});
  assertEquals(none.value(none.concat(none.measure({}), none.empty)), {});
});

/** True where two types are one and the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Never called: the compiler checks it. */
function _types(): void {
  const holds = <_ extends true>(): void => {};
  type Both = { readonly loss: typeof lossMetric; readonly accuracy: typeof accuracyMetric };
  holds<Same<MetricsInput<Both>, BatchLoss & Classified>>();
  holds<Same<MetricSums<typeof metric>, { readonly loss: WeightedSum; readonly accuracy: Hits }>>();
  holds<Same<MetricValue<typeof metric>, { readonly loss: number; readonly accuracy: number }>>();
  // @ts-expect-error the loss asks how many samples there are
  metric.measure({ loss: 1, logits: tensor64([[0, 1]]), labels: [1] });
  // @ts-expect-error no such metric
  metric.value(metric.empty).recall;
}
