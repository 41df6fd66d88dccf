/**
 * The loss and the accuracy of a network on some samples, as sums that add up over batches.
 *
 * @module
 */
import { accuracyMetric, lossMetric, metricRecord, type MetricSums } from "../mod.ts";

/** Loss and accuracy together: measured batch by batch, joined, and read at the end. */
export const digitMetrics = metricRecord({ loss: lossMetric, accuracy: accuracyMetric });

/** Sums over samples. */
export type Metrics = MetricSums<typeof digitMetrics>;

/** Returns the mean loss of a sample; NaN if there are none. */
export const meanLoss = (metrics: Metrics): number => digitMetrics.value(metrics).loss;

/** Returns the share of samples read correctly, from 0 to 1; NaN if there are none. */
export const accuracy = (metrics: Metrics): number => digitMetrics.value(metrics).accuracy;

/** Returns the number of samples measured. */
export const sampleCount = (metrics: Metrics): number => metrics.accuracy.samples;
