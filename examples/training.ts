/**
 * Training as a fold: a run is a reduction over epochs, an epoch over batches, and what is carried is a value.
 *
 * @module
 */
import {
  argmax,
  foldIn,
  forward,
  type Key,
  type Layer,
  max,
  type Optimizer,
  type OptimizerState,
  type Parameters,
  softmax,
  softmaxCrossEntropy,
  tensorData,
  toNumber,
  train,
  valueAndGradient,
  type Variables,
} from "../mod.ts";
import { type Batch, gatherBatch, inGroups, type PixelScale } from "./batches.ts";
import { type Metrics, metricsMonoid } from "./metrics.ts";
import type { Dataset } from "./mnist_data.ts";

/** Metrics at a time, counted in epochs from the start of training. */
export type CurvePoint = { readonly epoch: number; readonly metrics: Metrics };

/** What training has made so far. */
export type Training<P extends Parameters = Parameters, S extends Parameters = Parameters> = {
  /** The parameters, and what the optimizer remembers. */
  readonly optimizer: OptimizerState<P>;
  /** The layers' own state. */
  readonly state: S;
  /** Over the samples of this epoch. */
  readonly epoch: Metrics;
  /** Over the samples since the last point of the curve. */
  readonly stretch: Metrics;
  /** The learning curve. */
  readonly curve: readonly CurvePoint[];
};

/** Training before the first step. */
export function startTraining<P extends Parameters, S extends Parameters>(
  { params, state }: Variables<P, S>,
  optimizer: Optimizer,
): Training<P, S> {
  return {
    optimizer: optimizer.init(params),
    state,
    epoch: metricsMonoid.empty,
    stretch: metricsMonoid.empty,
    curve: [],
  };
}

/** The model as trained so far. */
export function variablesOf<P extends Parameters, S extends Parameters>(training: Training<P, S>): Variables<P, S> {
  return { params: training.optimizer.params, state: training.state };
}

/**
 * Makes the reducer that takes one training step.
 *
 * @param key What layers draw from that are random in training.
 */
export function trainingStep<P extends Parameters, S extends Parameters>(
  model: Layer<P, S>,
  optimizer: Optimizer,
  key: Key,
): (training: Training<P, S>, batch: Batch) => Training<P, S> {
  const lossAndGradients = valueAndGradient((params: P, state: S, { images, labels }: Batch, step: number) => {
    const [logits, nextState] = model.apply({ params, state }, images, train(foldIn(key, step)));
    return [softmaxCrossEntropy(logits, labels), { logits, nextState }] as const;
  }, { hasAux: true });

  return ({ optimizer: before, state, epoch, stretch, curve }, batch) => {
    const { value, gradients, aux } = lossAndGradients(before.params, state, batch, before.step);
    const samples = batch.labels.length;
    const metrics: Metrics = {
      samples,
      lossSum: samples * toNumber(value),
      correct: agreements(batch.labels, tensorData(argmax(aux.logits, 1))),
    };
    return {
      optimizer: optimizer.step(before, gradients),
      state: aux.nextState,
      epoch: metricsMonoid.concat(epoch, metrics),
      stretch: metricsMonoid.concat(stretch, metrics),
      curve,
    };
  };
}

/** How many points an epoch adds to the learning curve, where it has as many batches. */
const POINTS_PER_EPOCH = 20;

/**
 * Trains for one epoch.
 *
 * @param step What takes a step, over the indices of a batch.
 * @param batches The indices of every batch.
 * @param report Called after every step.
 */
export function trainEpoch<T extends Training>(
  step: (training: T, indices: readonly number[]) => T,
  training: T,
  batches: readonly (readonly number[])[],
  report: (training: T) => void,
): T {
  const size = batches.reduce((sum, { length }) => sum + length, 0), epochsBefore = Math.round(epochsSoFar(training));
  return inGroups(batches, Math.ceil(batches.length / POINTS_PER_EPOCH)).reduce((before: T, group) => {
    const after = group.reduce((soFar, indices) => {
      const next = step(soFar, indices);
      report(next);
      return next;
    }, { ...before, stretch: metricsMonoid.empty });
    const point: CurvePoint = { epoch: epochsBefore + after.epoch.samples / size, metrics: after.stretch };
    return { ...after, curve: [...after.curve, point] };
  }, { ...training, epoch: metricsMonoid.empty });
}

const epochsSoFar = ({ curve }: Training): number => curve.at(-1)?.epoch ?? 0;

/** What a model makes of a data set. */
export type Evaluation = {
  readonly metrics: Metrics;
  /** The class that each sample was taken for. */
  readonly predictions: Uint8Array;
  /** The probability that the model gave to it. */
  readonly confidences: Float32Array;
};

/** How many samples are evaluated at once. */
const EVALUATION_BATCH = 1000;

/** Lets a model read a data set, without training it. */
export function evaluateModel<P extends Parameters, S extends Parameters>(
  model: Layer<P, S>,
  variables: Variables<P, S>,
  dataset: Dataset,
  scale: PixelScale,
): Evaluation {
  const indices = Array.from({ length: dataset.size }, (_, i) => i);
  return inGroups(indices, EVALUATION_BATCH).reduce(({ metrics, predictions, confidences }: Evaluation, group) => {
    const { images, labels } = gatherBatch(dataset, group, scale), start = metrics.samples;
    const logits = forward(model, variables, images), predicted = tensorData(argmax(logits, 1));
    // Written to the arrays made below, which nobody else has seen yet.
    predictions.set(predicted as ArrayLike<number>, start);
    confidences.set(tensorData(max(softmax(logits), { axes: 1 })), start);
    const lossSum = toNumber(softmaxCrossEntropy(logits, labels, { reduction: "sum" }));
    const read: Metrics = { samples: group.length, lossSum, correct: agreements(labels, predicted) };
    return { metrics: metricsMonoid.concat(metrics, read), predictions, confidences };
  }, {
    metrics: metricsMonoid.empty,
    predictions: new Uint8Array(dataset.size),
    confidences: new Float32Array(dataset.size),
  });
}

/** At how many places two arrays agree. */
function agreements(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((count, value, i) => count + (value === b[i] ? 1 : 0), 0);
}
