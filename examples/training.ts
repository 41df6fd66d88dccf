/**
 * Training as a fold: a run is a reduction over epochs, an epoch over batches, and what is carried is a value.
 *
 * @module
 */
import {
  argmax,
  type ConfusionMatrix,
  confusionMetric,
  foldIn,
  forward,
  type Key,
  type Layer,
  max,
  metricRecord,
  type Optimizer,
  type OptimizerState,
  type Parameters,
  scan,
  softmax,
  softmaxCrossEntropy,
  toList,
  train,
  valueAndGradient,
  type Variables,
} from "../mod.ts";
import { type Batch, gatherBatch, type PixelScale, shuffledBatches } from "./batches.ts";
import { digitMetrics, type Metrics, sampleCount } from "./metrics.ts";
import { CLASSES, type Dataset } from "./mnist_data.ts";

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
    epoch: digitMetrics.empty,
    stretch: digitMetrics.empty,
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
    const { labels } = batch, { logits } = aux;
    const metrics = digitMetrics.measure({ loss: value, samples: labels.length, logits, labels });
    return {
      optimizer: optimizer.step(before, gradients),
      state: aux.nextState,
      epoch: digitMetrics.concat(epoch, metrics),
      stretch: digitMetrics.concat(stretch, metrics),
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
  const stretchLength = Math.ceil(batches.length / POINTS_PER_EPOCH);
  const steps = scan(
    (before: T, [k, indices]: readonly [number, readonly number[]]) => {
      const start = k % stretchLength === 0 ? { ...before, stretch: digitMetrics.empty } : before;
      const after = step(start, indices), ends = (k + 1) % stretchLength === 0 || k + 1 === batches.length;
      const next = ends ? withPoint(after, epochsBefore + sampleCount(after.epoch) / size) : after;
      return [next, next];
    },
    { ...training, epoch: digitMetrics.empty },
    batches.entries(),
  );
  return steps.reduce((_, after) => {
    report(after);
    return after;
  }, training);
}

/** With one more point of the curve: the stretch that ends here. */
function withPoint<T extends Training>(training: T, epoch: number): T {
  return { ...training, curve: [...training.curve, { epoch, metrics: training.stretch }] };
}

const epochsSoFar = ({ curve }: Training): number => curve.at(-1)?.epoch ?? 0;

/** What a model makes of a data set. */
export type Evaluation = {
  readonly metrics: Metrics;
  /** How often each class was taken for each. */
  readonly confusion: ConfusionMatrix;
  /** The class that each sample was taken for. */
  readonly predictions: Uint8Array;
  /** The probability that the model gave to it. */
  readonly confidences: Float32Array;
};

/** How many samples are evaluated at once. */
const EVALUATION_BATCH = 1000;

/**
 * Lets a model read a data set, without training it.
 *
 * @param classes How many classes it tells apart.
 */
export function evaluateModel<P extends Parameters, S extends Parameters>(
  model: Layer<P, S>,
  variables: Variables<P, S>,
  dataset: Dataset,
  scale: PixelScale,
  classes: number = CLASSES,
): Evaluation {
  const both = metricRecord({ metrics: digitMetrics, confusion: confusionMetric(classes) });
  const parts = shuffledBatches(undefined, dataset.size, EVALUATION_BATCH).map((indices) => {
    const { images, labels } = gatherBatch(dataset, indices, scale), logits = forward(model, variables, images);
    const loss = softmaxCrossEntropy(logits, labels), samples = labels.length;
    return {
      sums: both.measure({ loss, samples, logits, labels }),
      predictions: toList(argmax(logits, 1)),
      confidences: toList(max(softmax(logits), { axes: 1 })),
    };
  });
  return {
    ...parts.reduce((all, { sums }) => both.concat(all, sums), both.empty),
    predictions: Uint8Array.from(parts.flatMap(({ predictions }) => predictions)),
    confidences: Float32Array.from(parts.flatMap(({ confidences }) => confidences)),
  };
}
