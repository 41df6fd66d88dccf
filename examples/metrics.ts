/**
 * How well a network did on some samples, as a value that adds up.
 *
 * @module
 */
import type { Monoid } from "../deps.ts";

/** Sums over samples. */
export type Metrics = {
  /** How many samples. */
  readonly samples: number;
  /** The sum of their losses. */
  readonly lossSum: number;
  /** How many of them the network read correctly. */
  readonly correct: number;
};

/** Joins the metrics of two sets of samples into those of both. */
export const metricsMonoid: Monoid<Metrics> = {
  empty: { samples: 0, lossSum: 0, correct: 0 },
  concat: (a, b) => ({
    samples: a.samples + b.samples,
    lossSum: a.lossSum + b.lossSum,
    correct: a.correct + b.correct,
  }),
};

/** The mean loss of a sample; NaN where there is none. */
export const meanLoss = ({ lossSum, samples }: Metrics): number => lossSum / samples;

/** The share of samples read correctly, from 0 to 1; NaN where there is none. */
export const accuracy = ({ correct, samples }: Metrics): number => correct / samples;
