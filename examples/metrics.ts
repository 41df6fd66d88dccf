/**
 * How well a network did on some samples: its loss and its accuracy, as sums that add up over batches.
 *
 * @module
 */
import { accuracyMetric, lossMetric, metricRecord, type MetricSums } from "../mod.ts";

/** Loss and accuracy at once: measured batch by batch, joined, and read in the end. */
export const digitMetrics = metricRecord({ loss: lossMetric, accuracy: accuracyMetric });

/** Sums over samples. */
export type Metrics = MetricSums<typeof digitMetrics>;

/** The mean loss of a sample; NaN where there is none. */
export const meanLoss = (metrics: Metrics): number => digitMetrics.value(metrics).loss;

/** The share of samples read correctly, from 0 to 1; NaN where there is none. */
export const accuracy = (metrics: Metrics): number => digitMetrics.value(metrics).accuracy;

/** How many samples were measured. */
export const sampleCount = (metrics: Metrics): number => metrics.accuracy.samples;
