/**
 * Trains a convolutional network to read handwritten digits, saves it, loads it again and tests what was loaded:
 * `deno run --allow-read --allow-write examples/cnn.ts [model.safetensors]`.
 *
 * To expect: more than 98.5 % of the test images read correctly after three epochs.
 *
 * @module
 */
import { type Either, either, pipe } from "../deps.ts";
import {
  activationLayer,
  activations,
  adam,
  batchNorm2d,
  conv2dLayer,
  cosineAnnealing,
  denseLayer,
  foldIn,
  globalAvgPool2dLayer,
  key,
  lambda,
  loadModel,
  maxPool2dLayer,
  reshape,
  saveModel,
  sequential,
  split,
  summary,
} from "../mod.ts";
import { gatherBatch, pixelScale, shuffledBatches } from "./batches.ts";
import { formatPercent } from "./formatting.ts";
import { accuracy, meanLoss, type Metrics } from "./metrics.ts";
import { CLASSES, loadMnist, type Mnist } from "./mnist_data.ts";
import { progressReporter } from "./progress.ts";
import { evaluateModel, startTraining, trainEpoch, trainingStep, variablesOf } from "./training.ts";

/** Images per step. */
const BATCH = 64;

/** Adam's step size at the start; it falls to 0 along a cosine. */
const LEARNING_RATE = 0.01;

/** Convolution, batch normalization, ReLU; the bias of the convolution would be lost in the normalization. */
const block = (inChannels: number, outChannels: number) =>
  sequential([
    conv2dLayer(inChannels, outChannels, 3, { padding: 1, bias: false }),
    batchNorm2d(outChannels),
    activationLayer(activations.relu),
  ], { name: `Block ${outChannels}` });

/** The network: three blocks, each but the last on images of half the size before, and the mean of every channel. */
export const convolutionalReader = () =>
  sequential([
    block(1, 8),
    maxPool2dLayer(2),
    block(8, 32),
    maxPool2dLayer(2),
    block(32, 64),
    globalAvgPool2dLayer(),
    denseLayer(64, CLASSES),
  ], { name: "Convolutional reader" });

/** The network for rows of pixels, as batches hold them: the second part of it is the network itself. */
const ofRows = <R extends ReturnType<typeof convolutionalReader>>(
  reader: R,
  [height, width]: readonly [number, number],
) => sequential([lambda((x) => reshape(x, [x.shape[0]!, 1, height, width])), reader]);

/**
 * Trains the network, saves it, loads it, and tests what was loaded.
 *
 * @param mnist Images to train on and to test with.
 * @param path Where the model is saved.
 * @param epochs Passes over the training images.
 * @param print What is called with every line.
 * @returns How well the loaded network reads the test images; or why it could not be saved or loaded.
 */
export async function trainAndSave(
  { train, test }: Mnist,
  path: string,
  epochs: number,
  print: (line: string) => void,
): Promise<Either<string, Metrics>> {
  const [initKey, orderKey, stepKey] = split(key(0), 3), scale = pixelScale(train);
  const reader = convolutionalReader(), model = ofRows(reader, train.imageShape);
  const steps = epochs * Math.ceil(train.size / BATCH);
  const optimizer = adam({ learningRate: cosineAnnealing({ initial: LEARNING_RATE, steps }) });
  const step = trainingStep(model, optimizer, stepKey), start = performance.now();
  const reporter = progressReporter(Deno.stdout.isTerminal());
  const seconds = (since: number): number => (performance.now() - since) / 1000;
  print(`${summary(reader, [1, ...train.imageShape])}\n`);

  const training = Array.from({ length: epochs }, (_, epoch) => epoch).reduce((before, epoch) => {
    const epochStart = performance.now();
    const after = trainEpoch(
      (soFar, indices) => step(soFar, gatherBatch(train, indices, scale)),
      before,
      shuffledBatches(foldIn(orderKey, epoch), train.size, BATCH),
      ({ epoch: metrics }) =>
        reporter.step({
          epoch: epoch + 1,
          epochs,
          size: train.size,
          metrics,
          epochSeconds: seconds(epochStart),
          seconds: seconds(start),
        }),
    );
    const { metrics } = evaluateModel(model, variablesOf(after), test, scale);
    const loss = `loss ${meanLoss(after.epoch).toFixed(4)}  test accuracy ${formatPercent(accuracy(metrics))}`;
    print(`epoch ${epoch + 1}/${epochs}  ${loss}  ${seconds(start).toFixed(0)} s`);
    return after;
  }, startTraining(model.init(initKey), optimizer));

  const { params, state } = variablesOf(training);
  const saved = await saveModel(path, reader, { params: params[1], state: state[1] })();
  const loaded = either.isLeft(saved) ? saved : await loadModel(path)();
  return pipe(
    loaded,
    either.map(({ layer, variables }) => {
      const rows = sequential([lambda((x) => reshape(x, [x.shape[0]!, 1, ...test.imageShape])), layer]);
      const all = { params: [[], variables.params], state: [[], variables.state] } as const;
      return evaluateModel(rows, all, test, scale).metrics;
    }),
    either.mapLeft(({ message }) => message),
  );
}

if (import.meta.main) {
  const path = Deno.args[0] ?? "cnn.safetensors", mnist = loadMnist();
  const result = either.isLeft(mnist) ? mnist : await trainAndSave(mnist.right, path, 3, console.log);
  if (either.isLeft(result)) console.error(result.left);
  else console.log(`\nSaved as ${path}, loaded again: test accuracy ${formatPercent(accuracy(result.right))}`);
  Deno.exit(either.isLeft(result) ? 1 : 0);
}
