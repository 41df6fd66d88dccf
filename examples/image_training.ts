/**
 * The parts that programs for reading images share: training with progress, saving, loading, testing, and the command
 * line.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import {
  adam,
  cosineAnnealing,
  foldIn,
  key,
  type Layer,
  type ParameterTree,
  reshape,
  saveModel,
  split,
  summary,
} from "../mod.ts";
import { gatheredBatches, type PixelScale, pixelScale, shuffledBatches } from "./batches.ts";
import {
  batchFlag,
  epochsFlag,
  filePath,
  type Flag,
  learningRateFlag,
  limitFlag,
  seedFlag,
  type SettingsOf,
} from "./flags.ts";
import { formatDuration, formatPercent } from "./formatting.ts";
import { accuracy, meanLoss, type Metrics } from "./metrics.ts";
import { CLASSES, first, loadMnist, type Mnist } from "./mnist_data.ts";
import { progressReporter, type Reporter } from "./progress.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { loadNetwork } from "./saved_network.ts";
import { evaluateModel, startTraining, trainEpoch, trainingStep, variablesOf } from "./training.ts";
import { engineFlag, onEngine } from "./engine.ts";
import { threadsFlag } from "./threads.ts";

/** A program that trains one network on MNIST. */
export type ImageProgram = {
  /** The name of its file, such as `"cnn"`. */
  readonly name: string;
  /** What it does, in sentences. */
  readonly about: string;
  /** The network: from images `[batch, 1, height, width]` to scores `[batch, CLASSES]`. */
  readonly reader: () => Layer;
  /** Passes over the training images by default. */
  readonly epochs: number;
  /** Adam's step size at the start by default. */
  readonly learningRate: number;
};

/** Images per step by default. */
const BATCH = 64;

/** The flags of a program. */
const flagsOf = ({ name, epochs, learningRate }: ImageProgram) => {
  const file = { placeholder: "FILE", example: `${name}.safetensors`, read: filePath("safetensors") } as const;
  const evaluate: Flag<string | undefined> = {
    ...file,
    name: "evaluate",
    help: "do not train: test the network that was saved as FILE",
    fallback: undefined,
  };
  return {
    epochs: epochsFlag(epochs),
    batch: batchFlag(BATCH, "images"),
    learningRate: learningRateFlag(learningRate),
    seed: seedFlag,
    limit: limitFlag,
    engine: engineFlag,
    threads: threadsFlag,
    out: { ...file, name: "out", help: "where to save the network", fallback: `${name}.safetensors` },
    evaluate,
  };
};

/** The settings of a run. */
export type ImageSettings = SettingsOf<ReturnType<typeof flagsOf>>;

/** Images for training and for testing, and the scale of their pixels, that of the whole training set. */
export type ImageData = Mnist & { readonly scale: PixelScale };

/** Makes a network for rows of pixels, the form of batches, from one for images with a channel. */
const ofRows = <P extends ParameterTree, S extends ParameterTree>(
  reader: Layer<P, S>,
  [height, width]: Mnist["train"]["imageShape"],
): Layer<P, S> => ({
  ...reader,
  apply: (variables, x, mode) => reader.apply(variables, reshape(x, [x.shape[0]!, 1, height, width]), mode),
});

/**
 * Trains a network, saves it, loads it, and tests it.
 *
 * @returns The loaded network's metrics on the test images; or an error if it could not be saved or loaded.
 */
export async function trainAndSave(
  { reader: build }: ImageProgram,
  data: ImageData,
  { epochs, batch, learningRate, seed, out }: Omit<ImageSettings, "limit" | "evaluate" | "engine" | "threads">,
  reporter: Reporter,
): Promise<Either<string, Metrics>> {
  const { train, test, scale } = data, [initKey, orderKey, stepKey] = split(key(seed), 3);
  const reader = build(), model = ofRows(reader, train.imageShape), steps = epochs * Math.ceil(train.size / batch);
  const optimizer = adam({ learningRate: cosineAnnealing({ initial: learningRate, steps }) });
  const step = trainingStep(model, optimizer, stepKey), start = performance.now();
  const secondsSince = (time: number): number => (performance.now() - time) / 1000;

  const training = Array.from({ length: epochs }, (_, epoch) => epoch).reduce((before, epoch) => {
    const epochStart = performance.now();
    const after = trainEpoch(
      step,
      before,
      gatheredBatches(train, shuffledBatches(foldIn(orderKey, epoch), train.size, batch), scale),
      (metrics) =>
        reporter.step({
          epoch: epoch + 1,
          epochs,
          size: train.size,
          metrics,
          epochSeconds: secondsSince(epochStart),
          seconds: secondsSince(start),
        }),
    );
    const { metrics } = evaluateModel(model, variablesOf(after), test, scale);
    const loss = `loss ${meanLoss(after.epoch).toFixed(4)}  test accuracy ${formatPercent(accuracy(metrics))}`;
    reporter.epochEnd(`epoch ${epoch + 1}/${epochs}  ${loss}  ${formatDuration(secondsSince(start))}`);
    return after;
  }, startTraining(model.init(initKey), optimizer));

  const saved = await saveModel(out, reader, variablesOf(training))();
  return either.isLeft(saved) ? either.left(saved.left.message) : await testSaved(out, data);
}

/**
 * Loads a network and tests it.
 *
 * @returns Its metrics on the test images; or an error if it could not be loaded or does not take such images.
 */
export async function testSaved(path: string, { test, scale }: ImageData): Promise<Either<string, Metrics>> {
  const network = await loadNetwork(path, "read digits", [1, 1, ...test.imageShape], [1, CLASSES]);
  return pipe(
    network,
    either.map(({ layer, variables }) => evaluateModel(ofRows(layer, test.imageShape), variables, test, scale).metrics),
  );
}

/**
 * Runs a program.
 *
 * @param args The arguments after the program's name.
 * @param output The console for lines and errors.
 * @returns The exit code.
 */
export async function runImageProgram(
  program: ImageProgram,
  args: readonly string[],
  output: Output = console,
): Promise<number> {
  const usage = `deno run --allow-read --allow-write examples/${program.name}.ts [flags]`, { log } = output;
  return await runWithFlags({ about: program.about, usage, flags: flagsOf(program) }, args, async (given) => {
    const { limit, evaluate, engine, threads, ...settings } = given, mnist = loadMnist();
    if (either.isLeft(mnist)) return mnist;
    const { train, test } = mnist.right,
      data = { test, train: first(train, limit ?? train.size), scale: pixelScale(train) };
    if (evaluate === undefined) log(`${summary(program.reader(), [1, ...train.imageShape])}\n`);
    const result = await onEngine(
      { engine, threads },
      () =>
        evaluate === undefined
          ? trainAndSave(program, data, settings, progressReporter(Deno.stdout.isTerminal(), log))
          : testSaved(evaluate, data),
    );
    return pipe(
      result,
      either.map((metrics) => {
        const what = evaluate === undefined ? `\nSaved as ${settings.out}, loaded again` : `Loaded ${evaluate}`;
        log(`${what}: test accuracy ${formatPercent(accuracy(metrics))}, loss ${meanLoss(metrics)}`);
      }),
    );
  }, output);
}
