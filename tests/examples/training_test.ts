import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { gatherBatch, gatheredBatches, pixelScale, shuffledBatches, tensorsOf } from "../../examples/batches.ts";
import { accuracy, meanLoss, type Metrics, sampleCount } from "../../examples/metrics.ts";
import {
  evaluateModel,
  startTraining,
  type StepTaken,
  trainEpoch,
  trainingStep,
  trainingSteps,
  variablesOf,
} from "../../examples/training.ts";
import {
  adam,
  denseLayer,
  forward,
  key,
  parameters,
  randomInteger,
  softmax,
  toArray,
  toList,
  toNumber,
} from "../../mod.ts";

/** Images of 2 x 2 pixels, labelled by their brightest pixel. */
function brightestPixel(size: number, seed: number) {
  const images = Uint8Array.from(toList(randomInteger(key(seed), [4 * size], { max: 256 })));
  const labels = Uint8Array.from({ length: size }, (_, i) => {
    const pixels = [...images.subarray(4 * i, 4 * i + 4)];
    return pixels.indexOf(Math.max(...pixels));
  });
  return { size, imageShape: [2, 2] as const, images, labels };
}

const DATASET = brightestPixel(330, 1), SCALE = pixelScale(DATASET);
const MODEL = denseLayer(4, 4), OPTIMIZER = adam({ learningRate: 0.05 });
const START = startTraining(MODEL.init(key(0)), OPTIMIZER);
type Params = typeof START.optimizer.params;
const step = trainingStep(MODEL, OPTIMIZER, key(9));

/** An epoch of batches of 8. */
const epoch = (training: typeof START, seed: number, report: (epoch: Metrics) => void = () => {}) =>
  trainEpoch(step, training, gatheredBatches(DATASET, shuffledBatches(key(seed), DATASET.size, 8), SCALE), report);

Deno.test("trainingStep() returns the loss and the logits before the step, and does not change its arguments", () => {
  const before = parameters(variablesOf(START)).map(toList), all = Array.from(DATASET.labels.keys());
  const batch = gatherBatch(DATASET, all, SCALE), [after, { loss, logits }] = step(START, tensorsOf(batch));
  const { metrics } = evaluateModel(MODEL, variablesOf(START), DATASET, SCALE, 4);
  assertAlmostEquals(toNumber(loss), meanLoss(metrics), 1e-5);
  const wanted = toList(forward(MODEL, variablesOf(START), batch.images));
  toList(logits).forEach((v, i) => assertAlmostEquals(v, wanted[i]!, 1e-5));
  assertEquals(parameters(variablesOf(START)).map(toList), before);
  assertEquals([START.optimizer.step, after.optimizer.step].map(toNumber), [0, 1]);
});

Deno.test("trainEpoch() learns", () => {
  const trained = [1, 2, 3].reduce((training, seed) => epoch(training, seed), START);
  const test = brightestPixel(500, 2), untrained = evaluateModel(MODEL, variablesOf(START), test, SCALE, 4).metrics;
  const tested = evaluateModel(MODEL, variablesOf(trained), test, SCALE, 4).metrics;
  assertLess(meanLoss(tested), meanLoss(untrained) / 2);
  assertGreater(accuracy(tested), 0.85);
});

Deno.test("trainEpoch() gives the same network for the same key, to the last bit", () => {
  const runs = [epoch(START, 5), epoch(START, 5)].map((run) => parameters(variablesOf(run)).map(toList));
  assertEquals(runs[0], runs[1]);
  assert(runs[0]!.flat().some((x, i) => x !== parameters(variablesOf(epoch(START, 6))).flatMap(toList)[i]));
});

Deno.test("trainEpoch() counts every sample once, and adds some 20 points to the curve", () => {
  const seen: number[] = [],
    first = epoch(START, 1, (epoch) => seen.push(sampleCount(epoch))),
    second = epoch(first, 2);
  assertEquals(seen, Array.from({ length: 42 }, (_, i) => Math.min(8 * (i + 1), 330)));
  assertEquals([sampleCount(first.epoch), sampleCount(second.epoch), toNumber(second.optimizer.step)], [330, 330, 84]);
  // 42 batches by threes.
  assertEquals([first.curve.length, second.curve.length], [14, 28]);
  assertEquals(second.curve.slice(0, 14), first.curve);
  assertEquals([first.curve.at(-1)!.epoch, second.curve.at(-1)!.epoch], [1, 2]);
  const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);
  assertEquals(sum(first.curve.map(({ metrics }) => sampleCount(metrics))), 330);
  assertAlmostEquals(sum(first.curve.map(({ metrics }) => metrics.loss.total)), first.epoch.loss.total, 1e-9);
});

Deno.test("trainingSteps() goes on from the middle of an epoch to the same numbers, to the last bit", () => {
  const groups = shuffledBatches(key(2), DATASET.size, 8), whole = epoch(epoch(START, 1), 2), begun = epoch(START, 1);
  for (const stop of [1, 20, 41, 42]) {
    const steps = trainingSteps(step, begun, gatheredBatches(DATASET, groups, SCALE));
    const stopped = Array.from({ length: stop }, () => steps.next().value as StepTaken<Params, readonly []>).at(-1)!
      .training();
    assertEquals(stopped.batches, stop);
    // What is saved comes back from JSON.
    const { optimizer, state, ...measured } = stopped;
    const loaded = { optimizer, state, ...JSON.parse(JSON.stringify(measured)) as typeof measured };
    const resumed = stop === 42 ? loaded : epoch(loaded, 2);
    assertEquals(parameters(variablesOf(resumed)).map(toList), parameters(variablesOf(whole)).map(toList));
    assertEquals([resumed.curve, resumed.epoch], [whole.curve, whole.epoch]);
  }
});

Deno.test("evaluateModel() returns the class and the confidence of every sample, across its batches", () => {
  const dataset = brightestPixel(2100, 3), variables = variablesOf(START);
  const { metrics, confusion, predictions, confidences } = evaluateModel(MODEL, variables, dataset, SCALE, 4);
  const { images } = gatherBatch(dataset, Array.from(dataset.labels.keys()), SCALE);
  const probabilities = toArray(softmax(forward(MODEL, variables, images))) as readonly (readonly number[])[];
  assertEquals([...predictions], probabilities.map((row) => row.indexOf(Math.max(...row))));
  probabilities.forEach((row, i) => assertAlmostEquals(confidences[i]!, Math.max(...row), 1e-6));
  const correct = dataset.labels.filter((l, i) => l === predictions[i]).length;
  assertEquals(metrics.accuracy, { correct, samples: 2100 });
  assertEquals(confusion.reduce((sum, row, i) => sum + row[i]!, 0), correct);
  const loss = probabilities.reduce((sum, row, i) => sum - Math.log(row[dataset.labels[i]!]!), 0);
  assertAlmostEquals(metrics.loss.total, loss, 1e-3 * loss);
});
