/**
 * Several metrics as one.
 *
 * @module
 */
import type { Metric } from "./metric.ts";

/** What every metric is, whatever it measures. */
export type AnyMetric = {
  /** No sums. */
  readonly empty: unknown;
  /** Joins sums. */
  readonly concat: (a: never, b: never) => unknown;
  /** Measures a batch. */
  readonly measure: (input: never) => unknown;
  /** Answers. */
  readonly value: (sums: never) => unknown;
};

/** What a metric adds up. */
export type MetricSums<M extends AnyMetric> = M extends Metric<never, infer Sums, unknown> ? Sums : M["empty"];

/** What a metric answers. */
export type MetricValue<M extends AnyMetric> = ReturnType<M["value"]>;

/** What all metrics of a record together need to know of a batch. */
export type MetricsInput<M extends Readonly<Record<string, AnyMetric>>> = {
  readonly [K in keyof M]: (input: Parameters<M[K]["measure"]>[0]) => void;
}[keyof M] extends (input: infer Input) => void ? Input : never;

/**
 * Joins metrics by name into one that measures them all: a batch must tell what each of them asks for, and sums and
 * answers are records with the same names.
 *
 * @param metrics Metrics by name.
 * @returns A metric.
 *
 * @example Loss and accuracy of a classifier
 * ```ts
 * import { accuracyMetric, lossMetric, metricRecord, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const classification = metricRecord({ loss: lossMetric, accuracy: accuracyMetric });
 * const sums = classification.measure({ loss: 0.7, samples: 2, logits: tensor64([[2, 1], [3, 0]]), labels: [0, 1] });
 * assertEquals(classification.value(sums), { loss: 0.7, accuracy: 0.5 });
 * ```
 */
export function metricRecord<const M extends Readonly<Record<string, AnyMetric>>>(
  metrics: M,
): Metric<
  MetricsInput<M>,
  { readonly [K in keyof M]: MetricSums<M[K]> },
  { readonly [K in keyof M]: MetricValue<M[K]> }
> {
  // One name's input, sums and answer fit that name's metric: what the types above say and a loop over names loses.
  type Part = Metric<unknown, unknown, unknown>;
  type Sums = { readonly [K in keyof M]: MetricSums<M[K]> };
  const parts = Object.entries(metrics as unknown as Readonly<Record<string, Part>>);
  const each = <R>(of: (part: Part, name: string & keyof M) => unknown): R =>
    Object.fromEntries(parts.map(([name, part]) => [name, of(part, name)])) as R;
  return {
    empty: each((part) => part.empty),
    concat: (a: Sums, b: Sums) => each((part, name) => part.concat(a[name], b[name])),
    measure: (input) => each((part) => part.measure(input)),
    value: (sums: Sums) => each((part, name) => part.value(sums[name])),
  };
}
