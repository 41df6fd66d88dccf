/**
 * A training run of the playground as a value: each advance returns the next one.
 *
 * @module
 */
import {
  batches,
  binaryCrossEntropyWithLogits,
  compile,
  concat,
  constant,
  equal,
  foldIn,
  forward,
  greater,
  type Key,
  key,
  mean,
  reshape,
  sigmoid,
  sliceAxes,
  split,
  type Tensor,
  tensorData,
  toNumber,
  valueAndGradient,
  withLearningRate,
} from "../../../mod.ts";
import { EXTENT, GRID, type Points, type Snapshot } from "../messages.ts";
import type { Settings } from "../settings.ts";
import { networkOf, type NetworkVariables, optimizerOf, outputsOf } from "./network.ts";
import { drawPoints } from "./problems.ts";

/** The number of points in a step. */
const BATCH = 48;

/** A training run at one moment. */
export type Session = {
  readonly points: Points;
  /** Returns the run some steps later. */
  advance(steps: number, learningRate: number): Session;
  /** Evaluates the network. */
  look(): Snapshot;
};

type Labelled = { readonly x: Tensor; readonly y: Tensor };

/** Starts a training run. Programs are compiled on first use, and used by all later moments. */
export function startSession(settings: Settings, seed = 0): Session {
  const [pointsKey, initKey, orderKey] = split(key(seed), 3), points = drawPoints(settings.data, pointsKey);
  const { training, test } = dataOf(points), square = gridPoints();
  const model = networkOf(settings), optimizer = optimizerOf(settings), { params, state } = model.init(initKey);
  const start = optimizer.init(params);

  const loss = (p: typeof params, { x, y }: Labelled) =>
    binaryCrossEntropyWithLogits(forward(model, { params: p, state }, x), y);
  const step = compile((before: typeof start, batch: Labelled) => {
    const { value, gradients } = valueAndGradient(loss)(before.params, batch);
    return [optimizer.step(before, gradients), value] as const;
  });

  const scores = (p: typeof params, data: Labelled) => {
    const logits = forward(model, { params: p, state }, data.x);
    return {
      loss: binaryCrossEntropyWithLogits(logits, data.y),
      accuracy: mean(equal(greater(logits, 0), data.y)),
    };
  };
  const seen = compile((p: typeof params) => ({
    training: scores(p, training),
    test: scores(p, test),
    views: viewsOf(outputsOf(model, { params: p, state }, square)),
    weights: concat(weightsOf(p).map((weight) => reshape(weight, [-1]))),
  }));

  const at = (now: typeof start): Session => ({
    points,
    advance(steps, learningRate) {
      const from = withLearningRate(now, learningRate);
      const run = step.scan(from, batchesFrom(training, orderKey, toNumber(now.step), steps));
      for (const _ of run);
      return at(run.carry);
    },
    look() {
      const { training, test, views, weights } = seen(now.params);
      return {
        kind: "snapshot",
        step: toNumber(now.step),
        loss: toNumber(training.loss),
        testLoss: toNumber(test.loss),
        accuracy: toNumber(training.accuracy),
        testAccuracy: toNumber(test.accuracy),
        views: Float32Array.from(tensorData(views)),
        weights: Float32Array.from(tensorData(weights)),
      };
    },
  });
  return at(start);
}

const weightsOf = (params: NetworkVariables["params"]): readonly Tensor[] => params.map(({ weight }) => weight);

/** Yields the batches of some steps, in another order in each epoch; which ones depends only on the number of the step. */
function* batchesFrom(data: Labelled, orderKey: Key, step: number, count: number): Generator<Labelled> {
  const perEpoch = data.y.shape[0]! / BATCH, end = step + count;
  for (let epoch = Math.floor(step / perEpoch); epoch * perEpoch < end; epoch++) {
    let k = epoch * perEpoch;
    for (const batch of batches(data, { size: BATCH, key: foldIn(orderKey, epoch) })) {
      if (k >= step && k < end) yield batch;
      k++;
    }
  }
}

/** Splits points into those to train with and the others. */
function dataOf({ positions, classes, training }: Points): { readonly training: Labelled; readonly test: Labelled } {
  const part = (from: number, to: number): Labelled => ({
    x: constant(positions.slice(2 * from, 2 * to), { shape: [to - from, 2] }),
    y: constant(classes.slice(from, to), { shape: [to - from, 1] }),
  });
  return { training: part(0, training), test: part(training, classes.length) };
}

/** Returns the points of the square, row by row from its top. */
function gridPoints(): Tensor {
  const along = Array.from({ length: GRID }, (_, k) => EXTENT * (2 * k / (GRID - 1) - 1));
  return constant(along.flatMap((y) => along.map((x) => [x, -y])));
}

/** Returns the probability and the outputs of all hidden neurons, one view after another. */
function viewsOf(outputs: readonly Tensor[]): Tensor {
  const hidden = outputs.slice(0, -1), probability = sigmoid(outputs.at(-1)!);
  return concat([
    reshape(probability, [-1]),
    ...hidden.flatMap((layer) =>
      Array.from({ length: layer.shape[1]! }, (_, k) => reshape(sliceAxes(layer, [[0, GRID * GRID], [k, k + 1]]), [-1]))
    ),
  ]);
}
