/**
 * Trains a network to read handwritten digits: `deno task demo`, or `deno task demo --help` for the flags.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import {
  activations,
  adam,
  cosineAnnealing,
  denseLayer,
  foldIn,
  key,
  type ParameterTree,
  sequential,
  split,
  summary,
} from "../mod.ts";
import { DEFAULTS, helpText, parseArguments, type Settings } from "./arguments.ts";
import { gatheredBatches, type PixelScale, pixelScale, shuffledBatches } from "./batches.ts";
import { formatCount, formatPercent } from "./formatting.ts";
import { drawLearningCurves } from "./learning_curves.ts";
import { accuracy, meanLoss, type Metrics } from "./metrics.ts";
import { loadPosition, type Position, recordOf, resumedSettings, savePosition } from "./mnist_run.ts";
import { CLASSES, type Dataset, first, loadMnist, type Mnist } from "./mnist_data.ts";
import { type Progress, progressReporter, samplesPerSecond } from "./progress.ts";
import type { Output } from "./run_with_flags.ts";
import { formatConfusion, formatMisreadings, formatResult } from "./report.ts";
import { plainStyles, terminalStyles } from "./styles.ts";
import { type CurvePoint, evaluateModel, startTraining, trainingStep, trainingSteps, variablesOf } from "./training.ts";
import { onEngine } from "./engine.ts";

const terminal = Deno.stdout.isTerminal();
const styles = terminal && !Deno.noColor ? terminalStyles : plainStyles;

/** Makes the network: two hidden layers, one output per digit. */
const digitReader = (pixels: number) =>
  sequential([
    denseLayer(pixels, 128, { activation: activations.relu }),
    denseLayer(128, 64, { activation: activations.relu }),
    denseLayer(64, CLASSES),
  ], { name: "Digit reader" });

/** Trains the network, tests it after every epoch, and saves the run on the way. */
async function trainAndTest(mnist: Mnist, scale: PixelScale, settings: Settings) {
  const { train, test } = mnist, { epochs, batch, learningRate, seed, run, saveEvery, resume } = settings;
  const [initKey, orderKey, stepKey] = split(key(seed), 3);
  const model = digitReader(pixelsOf(train)), count = Math.ceil(train.size / batch);
  const optimizer = adam({ learningRate: cosineAnnealing({ initial: learningRate, steps: epochs * count }) });
  const step = trainingStep(model, optimizer, stepKey), variables = model.init(initKey);
  const record = await recordOf(mnist, settings), testCurve: readonly CurvePoint[] = [];
  const begun = resume
    ? await loadPosition(run, record, variables, optimizer)
    : either.right({ epoch: 0, training: startTraining(variables, optimizer), testCurve });
  if (either.isLeft(begun)) return begun;
  let position = begun.right, evaluation = evaluateModel(model, variablesOf(position.training), test, scale);
  console.log(
    resume
      ? describeResumed(position, epochs, count)
      : `untrained  test accuracy ${formatPercent(accuracy(evaluation.metrics)).padStart(7)}`,
  );
  let saved = await savePosition(run, record, position);
  if (either.isLeft(saved)) return saved;

  const reporter = progressReporter(terminal), start = performance.now();
  for (let { epoch } = position; epoch < epochs; epoch++) {
    const epochStart = performance.now();
    const progress = (metrics: Metrics): Progress => ({
      epoch: epoch + 1,
      epochs,
      size: train.size,
      metrics,
      epochSeconds: secondsSince(epochStart),
      seconds: secondsSince(start),
    });
    const order = shuffledBatches(foldIn(orderKey, epoch), train.size, batch);
    const steps = trainingSteps(step, position.training, gatheredBatches(train, order, scale));
    let next = steps.next();
    for (let k = 1; !next.done; next = steps.next(), k++) {
      reporter.step(progress(next.value.epoch));
      if (k % saveEvery === 0) {
        saved = await savePosition(run, record, { ...position, training: next.value.training() });
      }
      if (either.isLeft(saved)) return saved;
    }
    const training = next.value;
    evaluation = evaluateModel(model, variablesOf(training), test, scale);
    const tested = [...position.testCurve, { epoch: epoch + 1, metrics: evaluation.metrics }];
    position = { epoch: epoch + 1, training, testCurve: tested };
    reporter.epochEnd(epochLine(progress(training.epoch), evaluation.metrics));
    saved = await savePosition(run, record, position);
    if (either.isLeft(saved)) return saved;
  }
  return either.right({ ...position, evaluation, seconds: secondsSince(start) });
}

/** Returns the line that stays on the screen after an epoch. */
function epochLine(progress: Progress, test: Metrics): string {
  const { epoch, epochs, metrics } = progress;
  return [
    styles.heading(`epoch ${epoch}/${epochs}`),
    `loss ${meanLoss(metrics).toFixed(4)}`,
    `accuracy ${formatPercent(accuracy(metrics), 1)}`,
    `test accuracy ${styles.good(formatPercent(accuracy(test)))}`,
    styles.faint(`${formatCount(samplesPerSecond(progress))} samples/s`),
  ].join("  ");
}

/** Reads the data, trains, reports and draws. Returns the exit code. */
async function demo(asked: Settings): Promise<number> {
  const known = asked.resume ? await resumedSettings(asked, DEFAULTS) : either.right(asked);
  const data = pipe(
    known,
    either.chain(({ out }) => checkOut(out)),
    either.chain(() => loadMnist()),
    either.chain((mnist) => pipe(known, either.chain(({ limit }) => limited(mnist, limit)))),
  );
  if (either.isLeft(data)) return fail([data.left]);
  if (either.isLeft(known)) return fail([known.left]);
  const settings = known.right;

  const { train: trainingSet, test } = data.right, scale = pixelScale(trainingSet);
  console.log(describeData(data.right, scale));
  console.log(`\n${summary(digitReader(pixelsOf(trainingSet)))}\n`);
  console.log(`${describeRun(trainingSet, settings)}\n`);
  const run = await trainAndTest(data.right, scale, settings);
  if (either.isLeft(run)) return fail([run.left]);
  const { training, evaluation, testCurve, seconds } = run.right;
  if (!Number.isFinite(meanLoss(training.epoch))) return fail([diverged(settings)]);

  console.log(`\n${formatResult(training.epoch, evaluation.metrics, seconds, styles)}`);
  console.log(`\n${formatConfusion(evaluation, styles)}`);
  console.log(`\n${formatMisreadings(test, evaluation, styles, terminal ? Deno.consoleSize().columns : 80)}`);
  const title = `MNIST, a network of 784-128-64-10: ${formatPercent(accuracy(evaluation.metrics))} test accuracy`;
  const svg = await drawLearningCurves({ title, training: training.curve, test: testCurve });
  return pipe(
    writeFile(settings.out, svg),
    either.match((problem) => fail([problem]), () => {
      console.log(`\nLearning curves written to ${styles.accent(settings.out)}`);
      return 0;
    }),
  );
}

const diverged = ({ learningRate }: Settings): string =>
  `Cannot train with --learning-rate ${learningRate}: the loss became infinite or NaN: the rate must be small enough for the ` +
  "loss to fall; try --learning-rate 0.001";

function describeData({ train, test }: Mnist, { mean, std }: PixelScale): string {
  const sizes = `${formatCount(train.size)} training images, ${formatCount(test.size)} test images`;
  return `${styles.heading("MNIST")}: ${sizes}, ${train.imageShape.join(" x ")} pixels\n` +
    `Pixels standardised: mean ${mean.toFixed(4)}, standard deviation ${std.toFixed(4)}`;
}

function describeRun({ size }: Dataset, { epochs, batch, learningRate, seed }: Settings): string {
  return `${styles.heading("Training")}: ${plural(epochs, "epoch")} of ${
    plural(Math.ceil(size / batch), "step")
  }, ${batch} images each; ` +
    `Adam, learning rate ${learningRate} falling to 0; seed ${seed}`;
}

const describeResumed = ({ epoch, training }: Position<ParameterTree, ParameterTree>, epochs: number, count: number) =>
  epoch === epochs
    ? "the run has reached its end"
    : `goes on in epoch ${epoch + 1}/${epochs} after ${plural(training.batches % count, "step")}`;

const plural = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

const pixelsOf = ({ imageShape: [height, width] }: Dataset): number => height * width;

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

function limited(mnist: Mnist, limit: number | undefined): Either<string, Mnist> {
  if (limit === undefined) return either.right(mnist);
  return limit <= mnist.train.size ? either.right({ ...mnist, train: first(mnist.train, limit) }) : either.left(
    `Cannot train with --limit ${limit}: there are ${mnist.train.size} training images; leave it out to use them all`,
  );
}

/** Checks before training whether the picture can be written afterwards. */
function checkOut(path: string): Either<string, void> {
  return either.tryCatch(() => {
    try {
      Deno.openSync(path, { write: true, createNew: true }).close();
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      Deno.openSync(path, { write: true }).close();
    }
  }, writeProblem(path));
}

const writeFile = (path: string, text: string): Either<string, void> =>
  either.tryCatch(() => Deno.writeTextFileSync(path, text), writeProblem(path));

const writeProblem = (path: string) => (error: unknown): string =>
  `Cannot write the curves to ${path}: ${error instanceof Error ? error.message : error}: ` +
  "it must be a file that may be written, in a folder that exists; choose another with --out";

function fail(problems: readonly string[]): number {
  problems.forEach((problem) => console.error(styles.bad(problem)));
  return 1;
}

/** Runs the program, and returns the exit code. */
export async function main(args: readonly string[], { log }: Pick<Output, "log"> = console): Promise<number> {
  const request = parseArguments(args);
  if (either.isLeft(request)) return fail(request.left);
  if (request.right.kind === "train") {
    const { settings } = request.right;
    return await onEngine(settings, () => demo(settings));
  }
  log(helpText());
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
