/**
 * Learning problems, every optimizer at the settings that docs/learning_rates.md recommends, and the result of training one
 * with the other.
 *
 * @module
 */
import {
  accuracyMetric,
  activations,
  adagrad,
  adam,
  adamw,
  batches,
  constant,
  denseLayer,
  epochs,
  foldIn,
  forward,
  key,
  type Layer,
  learningRateSweep,
  lion,
  lossMetric,
  metricRecord,
  type Optimizer,
  type Option,
  type ParameterTree,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  split,
  valueAndGradient,
} from "../mod.ts";
import { gatherBatch, pixelScale } from "./batches.ts";
import { CLASSES, type Dataset, type Mnist } from "./mnist_data.ts";
import { iris, type Labelled, twoSpirals, xor } from "./small_data.ts";

/** An optimizer, and the learning rates recommended for it. */
export type Setting = {
  readonly name: string;
  readonly make: (learningRate: number) => Optimizer;
  /** One rate for small networks, and one for MNIST's. */
  readonly rates: { readonly small: number; readonly large: number };
};

/** Every optimizer. */
export const SETTINGS: readonly Setting[] = [
  { name: "sgd", make: (learningRate) => sgd({ learningRate }), rates: { small: 0.3, large: 0.1 } },
  {
    name: "sgd, momentum 0.9",
    make: (learningRate) => sgd({ learningRate, momentum: 0.9 }),
    rates: { small: 0.05, large: 0.01 },
  },
  {
    name: "sgd, Nesterov 0.9",
    make: (learningRate) => sgd({ learningRate, momentum: 0.9, nesterov: true }),
    rates: { small: 0.05, large: 0.01 },
  },
  { name: "adam", make: (learningRate) => adam({ learningRate }), rates: { small: 0.01, large: 0.001 } },
  { name: "adamw", make: (learningRate) => adamw({ learningRate }), rates: { small: 0.01, large: 0.001 } },
  { name: "rmsprop", make: (learningRate) => rmsprop({ learningRate }), rates: { small: 0.005, large: 0.001 } },
  { name: "adagrad", make: (learningRate) => adagrad({ learningRate }), rates: { small: 0.1, large: 0.01 } },
  { name: "lion", make: (learningRate) => lion({ learningRate }), rates: { small: 0.003, large: 0.0003 } },
];

/** A learning problem. */
export type Problem = {
  readonly size: "small" | "large";
  readonly model: Layer;
  /** Returns the training data and the data for measuring accuracy, for a seed. */
  readonly data: (seed: number) => { readonly train: Labelled; readonly test: Labelled };
  /** The number of samples in a batch. */
  readonly batch: number;
  /** The maximum number of epochs. */
  readonly epochs: number;
  /** Training ends after an epoch with a mean loss below this. */
  readonly loss: number;
};

const both = (data: Labelled) => () => ({ train: data, test: data });

/** The small problems, by name. */
export const PROBLEMS: Readonly<Record<string, Problem>> = {
  xor: {
    size: "small",
    model: sequential([denseLayer(2, 8, { activation: activations.tanh }), denseLayer(8, 2)]),
    data: both(xor()),
    batch: 4,
    epochs: 1000,
    loss: 0.05,
  },
  spirals: {
    size: "small",
    model: sequential([
      denseLayer(2, 32, { activation: activations.relu }),
      denseLayer(32, 32, { activation: activations.relu }),
      denseLayer(32, 2),
    ]),
    data: both(twoSpirals(100, 1.5)),
    batch: 20,
    epochs: 500,
    loss: 0.02,
  },
  iris: {
    size: "small",
    model: sequential([denseLayer(4, 16, { activation: activations.relu }), denseLayer(16, 3)]),
    data: (seed) => {
      const [train, test] = batches(iris(), { size: 120, key: key(seed) });
      return { train: train!, test: test! };
    },
    batch: 20,
    epochs: 200,
    loss: 0.08,
  },
};

/** Makes the problem of MNIST with the demo's network, for one epoch. */
export function mnistProblem({ train, test }: Mnist): Problem {
  const scale = pixelScale(train), pixels = train.imageShape[0] * train.imageShape[1];
  const tensors = (part: Dataset): Labelled => {
    const { images, labels } = gatherBatch(part, Array.from(part.labels.keys()), scale);
    return { x: images, labels: constant(labels) };
  };
  const data = { train: tensors(train), test: tensors(test) };
  return {
    size: "large",
    model: sequential([
      denseLayer(pixels, 128, { activation: activations.relu }),
      denseLayer(128, 64, { activation: activations.relu }),
      denseLayer(64, CLASSES),
    ]),
    data: () => data,
    batch: 32,
    epochs: 1,
    loss: 0.5,
  };
}

/** The result of training. */
export type Outcome = {
  /** The number of epochs until the loss was reached, or the maximum. */
  readonly epochs: number;
  /** The mean loss of the last epoch. */
  readonly loss: number;
  /** The share of test samples classified correctly at the end. */
  readonly accuracy: number;
  /** Whether the loss fell below the problem's. */
  readonly reached: boolean;
  readonly seconds: number;
};

const metric = metricRecord({ loss: lossMetric, accuracy: accuracyMetric });

/** Trains until the loss is low enough, or the epochs are over. */
export function learn(problem: Problem, optimizer: Optimizer, seed: number): Outcome {
  const { train, test } = problem.data(seed), [initKey, orderKey] = split(key(seed)), start = performance.now();
  const { params, state } = problem.model.init(initKey), lossAndGradients = lossOf(problem, state);
  const step = (training: ReturnType<typeof optimizer.init<typeof params>>, batch: Labelled) => {
    const { value: loss, gradients, aux: logits } = lossAndGradients(training.params, batch), { labels } = batch;
    const sums = metric.measure({ loss, samples: labels.shape[0]!, logits, labels });
    return [optimizer.step(training, gradients), sums] as const;
  };
  const run = epochs(step, optimizer.init(params), {
    batches: (epoch) => batches(train, { size: problem.batch, key: foldIn(orderKey, epoch) }),
    monoid: metric,
    count: problem.epochs,
  });
  for (const { epoch, carry, result } of run) {
    const { loss } = metric.value(result), reached = loss < problem.loss;
    if (!reached && epoch + 1 < problem.epochs) continue;
    const seconds = (performance.now() - start) / 1000;
    const logits = forward(problem.model, { params: carry.params, state }, test.x);
    const accuracy = accuracyMetric.value(accuracyMetric.measure({ logits, labels: test.labels }));
    return { epochs: epoch + 1, loss, accuracy, reached, seconds };
  }
  throw new RangeError(`Cannot learn in ${problem.epochs} epochs: there must be at least one; raise epochs`);
}

/** Returns the learning rate that a sweep suggests for a problem. */
export function sweptRate(problem: Problem, optimizer: Optimizer, seed: number): Option<number> {
  const { train } = problem.data(seed), [initKey, orderKey] = split(key(seed));
  const { params, state } = problem.model.init(initKey);
  function* endless(): Generator<Labelled, void> {
    for (let epoch = 0;; epoch++) yield* batches(train, { size: problem.batch, key: foldIn(orderKey, epoch) });
  }
  return learningRateSweep(optimizer, lossOf(problem, state), params, endless(), { steps: 200 }).suggestion;
}

/** Returns the loss of a problem's network on a batch, with its gradients and logits. */
const lossOf = ({ model }: Problem, state: ParameterTree) =>
  valueAndGradient((params: ParameterTree, { x, labels }: Labelled) => {
    const logits = forward(model, { params, state }, x);
    return [softmaxCrossEntropy(logits, labels), logits];
  }, { hasAux: true });
