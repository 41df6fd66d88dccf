/**
 * Several metrics as one.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkFields } from "../check_setting.ts";
import type { Metric } from "./metric.ts";

/** Any metric, whatever it measures. */
export type AnyMetric = {
  /** The sums of no batches. */
  readonly empty: unknown;
  /** Joins sums. */
  readonly concat: (a: never, b: never) => unknown;
  /** Measures a batch. */
  readonly measure: (input: never) => unknown;
  /** Returns the value for sums. */
  readonly value: (sums: never) => unknown;
};

/** The sums of a metric. */
export type MetricSums<M extends AnyMetric> = M extends Metric<never, infer Sums, unknown> ? Sums : M["empty"];

/** The value of a metric. */
export type MetricValue<M extends AnyMetric> = ReturnType<M["value"]>;

/** The input that all metrics of a record need together. */
export type MetricsInput<M extends Readonly<Record<string, AnyMetric>>> = {
  readonly [K in keyof M]: (input: Parameters<M[K]["measure"]>[0]) => void;
}[keyof M] extends (input: infer Input) => void ? Input : never;

/**
 * Joins metrics by name into one that measures them all: its input must suit each of them, and its sums and values are
 * records with the same names.
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
  // The input, sums and value of a name fit the metric of that name, as the types above say; a loop over names loses that.
  type Part = Metric<unknown, unknown, unknown>;
  type Sums = { readonly [K in keyof M]: MetricSums<M[K]> };
  // A record of metrics whose types differ; each is checked below.
  const parts = Object.entries((metrics ?? {}) as unknown as Readonly<Record<string, Part>>);
  const stranger = parts.find(([, part]) => typeof part?.measure !== "function");
  if (typeof metrics !== "object" || metrics === null || stranger !== undefined) {
    const [name, given] = stranger ?? ["", metrics];
    throw new TypeError(
      `Cannot build metricRecord with ${describe(given)}${
        name === "" ? "" : ` at "${name}"`
      }: metrics must be a record ` +
        "of metrics; pass one such as { loss: meanMetric }",
    );
  }
  const each = <R>(of: (part: Part, name: string & keyof M) => unknown): R =>
    Object.fromEntries(parts.map(([name, part]) => [name, of(part, name)])) as R; // the same keys
  const names = parts.map(([name]) => name);
  const checkSums = (sums: unknown): void =>
    checkFields("read metrics from", sums, names, "what measure or concat returned");
  return {
    empty: each((part) => part.empty),
    concat: (a: Sums, b: Sums) => {
      checkSums(a);
      checkSums(b);
      return each((part, name) => part.concat(a[name], b[name]));
    },
    measure: (input) => each((part) => part.measure(input)),
    value: (sums: Sums) => {
      checkSums(sums);
      return each((part, name) => part.value(sums[name]));
    },
  };
}
