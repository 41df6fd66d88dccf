/**
 * Trains a network to read handwritten digits on many processes or machines:
 * `mpirun -n 2 deno run --allow-ffi --allow-env --allow-read examples/distributed.ts`, or `--help` in place of a launcher.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import {
  activations,
  adam,
  chain,
  cosineAnnealing,
  denseLayer,
  foldIn,
  key,
  type Layer,
  loadTree,
  saveTree,
  sequential,
  split,
  tensor64,
  toNumber,
  tree,
} from "../mod.ts";
import { alone, averageGradients, type Collective, mpi, shard } from "../optim/distributed/mod.ts";
import { gatheredBatches, pixelScale, shuffledBatches } from "./batches.ts";
import {
  batchFlag,
  epochsFlag,
  filePath,
  type Flag,
  formatHelp,
  learningRateFlag,
  limitFlag,
  parseFlags,
  seedFlag,
  type SettingsOf,
} from "./flags.ts";
import { formatCount, formatDuration, formatPercent } from "./formatting.ts";
import { accuracy, meanLoss, type Metrics } from "./metrics.ts";
import { CLASSES, type Dataset, first, loadMnist, type Mnist } from "./mnist_data.ts";
import { progressReporter } from "./progress.ts";
import type { Output } from "./run_with_flags.ts";
import { evaluateModel, type Learned, startTraining, trainEpoch, trainingStep, variablesOf } from "./training.ts";

/** A file with a state of training, or none. */
const stateFlag = (name: string, help: string): Flag<string | undefined> => ({
  name,
  placeholder: "FILE",
  help,
  fallback: undefined,
  example: "training.safetensors",
  read: filePath("safetensors"),
});

const FLAGS = {
  epochs: epochsFlag(5),
  batch: batchFlag(64, "images of all ranks together"),
  learningRate: learningRateFlag(0.001),
  seed: seedFlag,
  limit: limitFlag,
  save: stateFlag("save", "where rank 0 saves the training after each epoch (default: nowhere); needs --allow-write"),
  resume: stateFlag("resume", "continue the training that was saved as FILE, which rank 0 reads"),
  world: {
    name: "world",
    placeholder: "WORLD",
    help: "mpi: the ranks that the launcher has started; alone: this process",
    fallback: "mpi",
    example: "alone",
    read: (text: string) => text === "mpi" || text === "alone" ? either.right(text) : either.left("mpi or alone"),
  } satisfies Flag<"mpi" | "alone">,
} as const;

/** The settings of a run. */
export type Settings = SettingsOf<typeof FLAGS>;

/** What is written. */
/** The training that is saved: after so many epochs. */
type Saved = Learned & { readonly epochs: number };

/** Returns the share of a data set that a rank tests: neighbours, so that nothing is copied. */
function shareOf(dataset: Dataset, world: Collective): Dataset {
  const own = shard(Array.from(dataset.labels.keys()), world), pixels = dataset.imageShape[0] * dataset.imageShape[1];
  const start = own[0]!, end = start + own.length;
  return {
    ...dataset,
    size: own.length,
    images: dataset.images.subarray(start * pixels, end * pixels),
    labels: dataset.labels.subarray(start, end),
  };
}

/** Adds up what all ranks have measured. */
const summed = (world: Collective, metrics: Metrics): Metrics => {
  const sums = world.sum(tree.map((x: number) => tensor64(x), metrics));
  return tree.map(toNumber, sums);
};

/** What all ranks have seen so far, judged by one of them: their shares have the same size. */
const ofAll = ({ size }: Collective, metrics: Metrics): Metrics => tree.map((x: number) => size * x, metrics);

/**
 * Trains on all ranks together, and tests after every epoch.
 *
 * @returns The test accuracy, or an error: that of rank 0, which reads and writes files.
 */
export async function trainTogether(
  world: Collective,
  { train, test }: Mnist,
  { epochs, batch, learningRate, seed, save, resume }: Omit<Settings, "limit" | "world">,
  { log }: Output,
): Promise<Either<string, number>> {
  const say = world.rank === 0 ? log : () => {}; // rank 0 alone speaks
  const [initKey, orderKey, stepKey] = split(key(seed), 3), scale = pixelScale(train), tested = shareOf(test, world);
  const model: Layer = sequential([
    denseLayer(train.imageShape[0] * train.imageShape[1], 128, { activation: activations.relu }),
    denseLayer(128, 64, { activation: activations.relu }),
    denseLayer(64, CLASSES),
  ]);
  const steps = epochs * Math.ceil(train.size / batch);
  const rate = cosineAnnealing({ initial: learningRate, steps });
  const optimizer = chain(averageGradients(world), adam({ learningRate: rate }));
  const step = trainingStep(model, optimizer, stepKey), beginning = startTraining(model.init(initKey), optimizer);

  // Rank 0 reads the file, and the others get what it has read, or that it could not.
  const fresh: Saved = { optimizer: beginning.optimizer, state: beginning.state, epochs: 0 };
  const found = resume === undefined || world.rank > 0 ? either.right(fresh) : await loadTree(resume, fresh)();
  if (!world.broadcast(either.isRight(found) ? 1 : 0)) {
    return either.left(either.isLeft(found) ? found.left.message : "rank 0 could not read the saved training");
  }
  const { epochs: done, ...learned } = world.broadcast(either.isRight(found) ? found.right : fresh);

  const reporter = world.rank === 0 ? progressReporter(Deno.stdout.isTerminal(), log) : undefined;
  const start = performance.now(), secondsSince = (time: number): number => (performance.now() - time) / 1000;
  const tests = (now: Learned): number =>
    accuracy(summed(world, evaluateModel(model, variablesOf(now), tested, scale).metrics));
  let training = { ...beginning, ...learned }, reached = tests(training);
  say(`${done === 0 ? "untrained" : `after ${done} epochs`}  test accuracy ${formatPercent(reached)}`);
  for (let epoch = done; epoch < epochs; epoch++) {
    const epochStart = performance.now();
    const shares = shard(shuffledBatches(foldIn(orderKey, epoch), train.size, batch), world);
    training = trainEpoch(step, training, gatheredBatches(train, shares, scale), (metrics) =>
      reporter?.step({
        epoch: epoch + 1,
        epochs,
        size: train.size,
        metrics: ofAll(world, metrics),
        epochSeconds: secondsSince(epochStart),
        seconds: secondsSince(start),
      }));
    const trained = summed(world, training.epoch);
    reached = tests(training);
    const rates = `${formatCount(train.size / secondsSince(epochStart))} samples/s`;
    reporter?.epochEnd(
      `epoch ${epoch + 1}/${epochs}  loss ${meanLoss(trained).toFixed(4)}  accuracy ${
        formatPercent(accuracy(trained), 1)
      }  test accuracy ${formatPercent(reached)}  ${rates}`,
    );
    const written = await savedBy(world, save, {
      optimizer: training.optimizer,
      state: training.state,
      epochs: epoch + 1,
    });
    if (either.isLeft(written)) return written;
  }
  say(`Test accuracy ${formatPercent(reached)}, trained in ${formatDuration(secondsSince(start))}`);
  return either.right(reached);
}

/** Saves a training on rank 0; if that fails, all ranks are told. */
async function savedBy(
  world: Collective,
  path: string | undefined,
  training: Saved,
): Promise<Either<string, undefined>> {
  if (path === undefined) return either.right(undefined);
  const saved = world.rank === 0 ? await saveTree(path, training)() : either.right(undefined);
  if (world.broadcast(either.isRight(saved) ? 1 : 0)) return either.right(undefined);
  return either.left(either.isLeft(saved) ? saved.left.message : "rank 0 could not save the training");
}

/** Runs the program, and returns the exit code. */
export async function main(args: readonly string[], output: Output = console): Promise<number> {
  const request = parseFlags(FLAGS, args);
  if (either.isLeft(request)) {
    request.left.forEach((problem) => output.error(problem));
    return 1;
  }
  if (request.right.kind === "help") {
    const about = "Trains a 784-128-64-10 network to read the handwritten digits of MNIST, on many processes at once.";
    const usage = "mpirun -n 2 deno run --allow-ffi --allow-env --allow-read examples/distributed.ts [flags]";
    output.log(formatHelp(about, usage, FLAGS));
    return 0;
  }
  const { world: kind, limit, ...settings } = request.right.settings, mnist = loadMnist();
  const world = kind === "alone" ? alone : await mpi();
  if (either.isLeft(mnist)) return ended(world, mnist, output);
  const { train, test } = mnist.right;
  if (world.rank === 0) {
    const by = "library" in world ? ` by ${world.library}` : "";
    output.log(
      `MNIST: ${formatCount(Math.min(train.size, limit ?? train.size))} training images, ${world.size} ${
        world.size === 1 ? "rank" : "ranks"
      }${by}`,
    );
  }
  const data = { train: first(train, limit ?? train.size), test };
  return ended(world, await trainTogether(world, data, settings, output), output);
}

/** Leaves the other ranks, all of which come here, and returns the exit code. */
function ended(world: Collective, result: Either<string, unknown>, { error }: Output): number {
  if (either.isLeft(result) && world.rank === 0) error(result.left);
  world.close();
  return either.isLeft(result) ? 1 : 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
