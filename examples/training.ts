/**
 * Training as a fold: a run is a reduction over epochs, an epoch over batches, and the carry is a value.
 *
 * @module
 */
import {
  argmax,
  compile,
  type Compiled,
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
  type ParameterTree,
  softmax,
  softmaxCrossEntropy,
  type Tensor,
  toList,
  train,
  valueAndGradient,
  type Variables,
} from "../mod.ts";
import {
  type Batch,
  type BatchTensors,
  type EpochBatches,
  gatherBatch,
  type PixelScale,
  shuffledBatches,
  tensorsOf,
} from "./batches.ts";
import { digitMetrics, type Metrics, sampleCount } from "./metrics.ts";
import { CLASSES, type Dataset } from "./mnist_data.ts";

/** Metrics at a time, which is counted in epochs from the start of training. */
export type CurvePoint = { readonly epoch: number; readonly metrics: Metrics };

/** The values that a step changes: the optimizer's state, which includes the parameters, and the layers' state. */
export type Learned<P extends ParameterTree = ParameterTree, S extends ParameterTree = ParameterTree> = {
  /** The parameters, and the optimizer's memory. */
  readonly optimizer: OptimizerState<P>;
  /** The layers' state. */
  readonly state: S;
};

/** The state of training. */
export type Training<P extends ParameterTree = ParameterTree, S extends ParameterTree = ParameterTree> =
  & Learned<P, S>
  & {
    /** The metrics over the samples of this epoch. */
    readonly epoch: Metrics;
    /** The metrics over the samples since the last point of the curve. */
    readonly stretch: Metrics;
    /** The learning curve. */
    readonly curve: readonly CurvePoint[];
    /** The number of batches of this epoch so far; between epochs, those of the last one. */
    readonly batches: number;
  };

/** Returns the state before the first step. */
export function startTraining<P extends ParameterTree, S extends ParameterTree>(
  { params, state }: Variables<P, S>,
  optimizer: Optimizer,
): Training<P, S> {
  return {
    optimizer: optimizer.init(params),
    state,
    epoch: digitMetrics.empty,
    stretch: digitMetrics.empty,
    curve: [],
    batches: 0,
  };
}

/** Returns the variables of the model as trained so far. */
export function variablesOf<P extends ParameterTree, S extends ParameterTree>(learned: Learned<P, S>): Variables<P, S> {
  return { params: learned.optimizer.params, state: learned.state };
}

/** The results of a step for its batch: the loss before the step, `[]`, and the logits, `[batch, classes]`. */
export type Outcome = { readonly loss: Tensor; readonly logits: Tensor };

/** A training step as one compiled program. */
export type TrainingStep<P extends ParameterTree, S extends ParameterTree> = Compiled<
  [learned: Learned<P, S>, batch: BatchTensors],
  readonly [Learned<P, S>, Outcome]
>;

/**
 * Makes the training step.
 *
 * @param key The key from which random layers draw in training.
 */
export function trainingStep<P extends ParameterTree, S extends ParameterTree>(
  model: Layer<P, S>,
  optimizer: Optimizer,
  key: Key,
): TrainingStep<P, S> {
  return compile(({ optimizer: before, state }: Learned<P, S>, { images, labels }: BatchTensors) => {
    const { value, gradients, aux } = valueAndGradient((params: P) => {
      const [logits, next] = model.apply({ params, state }, images, train(foldIn(key, before.step)));
      return [softmaxCrossEntropy(logits, labels), { logits, next }] as const;
    }, { hasAux: true })(before.params);
    return [
      { optimizer: optimizer.step(before, gradients), state: aux.next },
      { loss: value, logits: aux.logits },
    ] as const;
  });
}

/** The number of points that an epoch adds to the learning curve, if it has as many batches. */
const POINTS_PER_EPOCH = 20;

/** A finished step: the metrics of the epoch so far, and a function that copies the state of training. */
export type StepTaken<P extends ParameterTree, S extends ParameterTree> = {
  readonly epoch: Metrics;
  readonly training: () => Training<P, S>;
};

/**
 * Trains for one epoch: a fold whose learned values stay in compiled memory from the first batch to the last.
 *
 * @param step The step that {@link trainingStep} made.
 * @param batches The batches of the epoch; each is made when its step begins.
 * @param report Called after every step.
 */
export function trainEpoch<P extends ParameterTree, S extends ParameterTree>(
  step: TrainingStep<P, S>,
  training: Training<P, S>,
  batches: EpochBatches,
  report: (epoch: Metrics) => void,
): Training<P, S> {
  const steps = trainingSteps(step, training, batches);
  let next = steps.next();
  for (; !next.done; next = steps.next()) report(next.value.epoch);
  return next.value;
}

/**
 * Trains like {@link trainEpoch}, and yields after every step. From a state in the middle of an epoch, it goes on there, to
 * the same numbers as without the interruption.
 */
export function* trainingSteps<P extends ParameterTree, S extends ParameterTree>(
  step: TrainingStep<P, S>,
  training: Training<P, S>,
  { batches, count, size }: EpochBatches,
): Generator<StepTaken<P, S>, Training<P, S>, undefined> {
  const done = training.batches < count ? training.batches : 0, stretchLength = Math.ceil(count / POINTS_PER_EPOCH);
  const epochsBefore = (done > 0 ? Math.floor : Math.round)(epochsSoFar(training));
  const { optimizer, state, curve } = training, labels: Batch["labels"][] = [];
  function* inputs(): Generator<BatchTensors> {
    let k = 0;
    for (const batch of batches) {
      if (k++ < done) continue;
      labels.push(batch.labels);
      yield tensorsOf(batch);
    }
  }
  const outcomes = step.scan({ optimizer, state }, inputs());
  let soFar = done > 0
    ? { epoch: training.epoch, stretch: training.stretch, curve, batches: done }
    : { epoch: digitMetrics.empty, stretch: digitMetrics.empty, curve, batches: 0 };
  for (const outcome of outcomes) {
    const own = labels.shift()!, measured = digitMetrics.measure({ ...outcome, samples: own.length, labels: own });
    const epoch = digitMetrics.concat(soFar.epoch, measured), stretch = digitMetrics.concat(soFar.stretch, measured);
    const point = { epoch: epochsBefore + sampleCount(epoch) / size, metrics: stretch }, batches = soFar.batches + 1;
    const ends = batches % stretchLength === 0 || batches === count;
    const now = ends
      ? { epoch, stretch: digitMetrics.empty, curve: [...soFar.curve, point], batches }
      : { ...soFar, epoch, stretch, batches };
    soFar = now;
    yield { epoch, training: () => ({ ...now, ...outcomes.carry }) };
  }
  return { ...soFar, ...outcomes.carry };
}

const epochsSoFar = ({ curve }: Training): number => curve.at(-1)?.epoch ?? 0;

/** The results of a model on a data set. */
export type Evaluation = {
  readonly metrics: Metrics;
  /** How often each class was classified as each other class. */
  readonly confusion: ConfusionMatrix;
  /** The class that the model chose for each sample. */
  readonly predictions: Uint8Array;
  /** The probability of that class. */
  readonly confidences: Float32Array;
};

/** The number of samples that are evaluated at once. */
const EVALUATION_BATCH = 1000;

/**
 * Evaluates a model on a data set, without training it.
 *
 * @param classes The number of classes.
 */
export function evaluateModel<P extends ParameterTree, S extends ParameterTree>(
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
