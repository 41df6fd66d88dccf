/**
 * Trains a network on a folder of pictures, a sub-folder for each class, and tells how well it knows those that it has not
 * seen: `deno run --allow-read --allow-write examples/pictures.ts`, and `--help`. In the folder of the run are logs for
 * TensorBoard, a checkpoint from which the same command goes on, and in the end a look inside the network.
 *
 * @module
 */
import { compile, foldIn, type Key, key, reshape, slice, softmaxCrossEntropy, split } from "../mod.ts";
import { toNumber, valueAndGradient } from "../mod.ts";
import { activationLayer, activations, batchNorm2d, CheckpointError, conv2dLayer, denseLayer } from "../layers/mod.ts";
import { evaluate, globalAvgPool2dLayer, maxPool2dLayer, sequential, train } from "../layers/mod.ts";
import { accuracyMetric, adamw } from "../optim/mod.ts";
import { augment, colorJitter, perExample, randomCrop, randomFlip } from "../optim/data/mod.ts";
import { DataError, type ImageBatch, imageBatches, imageFiles, splitSamples } from "../optim/data/mod.ts";
import { differences, digestOf, formatInspection, inspect, inspectionPicture } from "../optim/watch/mod.ts";
import { loadRun, runLog, runRecord, saveRun } from "../optim/watch/mod.ts";
import * as either from "fp-ts/Either.js";
import { anyPath, epochsFlag, seedFlag, wholeNumber } from "./flags.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { onThreads, threadsFlag } from "./threads.ts";

/** The settings of a run. */
export type PictureSettings = {
  readonly epochs: number;
  readonly side: number;
  readonly seed: number;
  /** The folder of its logs and its checkpoint. */
  readonly run: string;
};

/** An epoch: the loss of its last step, and the share of the pictures held back whose class was named. */
export type PictureEpoch = { readonly epoch: number; readonly loss: number; readonly accuracy: number };

const block = (from: number, to: number) =>
  sequential([conv2dLayer(from, to, 3, { padding: 1 }), batchNorm2d(to), activationLayer(activations.relu)]);

const network = (classes: number) =>
  sequential([block(3, 16), maxPool2dLayer(2), block(16, 32), globalAvgPool2dLayer(), denseLayer(32, classes)]);

const OTHER_RUN = { action: "go on with a run", remedy: "start another one in another folder" } as const;

/** What happens to each picture before each step. */
const jitter = colorJitter({ brightness: 0.2, contrast: 0.2 });
const change = perExample(augment(randomFlip(), randomCrop({ padding: 2 }), jitter));

/**
 * Trains on pictures, and yields after each epoch. A run that was stopped goes on after the last epoch that it finished.
 *
 * @param source A folder or an archive, as `imageFiles` takes it.
 */
export async function* trainOnPictures(
  source: Parameters<typeof imageFiles>[0],
  { epochs, side, seed, run }: PictureSettings,
): AsyncGenerator<PictureEpoch, void, undefined> {
  const listed = await imageFiles(source)();
  if (listed._tag === "Left") throw listed.left;
  const { classes, files } = listed.right, [splitKey, initKey, orderKey, stepKey] = split(key(seed), 4);
  const labels = files.map(({ label }) => label), parts = { learn: 0.8, check: 0.2 };
  const { learn, check } = splitSamples(files.length, { key: splitKey, parts, labels });
  const batchesOf = (numbers: readonly number[], order?: Key) =>
    imageBatches(numbers.map((k) => files[k]!), { size: 16, image: [side, side], ...order && { key: order } });

  const model = network(classes.length), { params, state } = model.init(initKey);
  const optimizer = adamw({ learningRate: 0.003 }), start = { optimizer: optimizer.init(params), state };
  // One program: pictures changed, loss, derivatives, the optimizer's step.
  const step = compile(({ optimizer: before, state }: typeof start, { images, labels }: ImageBatch) => {
    const [changeKey, trainKey] = split(foldIn(stepKey, before.step)), changed = change(changeKey, images);
    const { value, gradients, aux } = valueAndGradient((own: typeof params) => {
      const [logits, next] = model.apply({ params: own, state }, changed, train(trainKey));
      return [softmaxCrossEntropy(logits, labels), next] as const;
    }, { hasAux: true })(before.params);
    return [{ optimizer: optimizer.step(before, gradients), state: aux }, value] as const;
  });
  const read = compile(({ optimizer: { params }, state }: typeof start, { images }: ImageBatch) =>
    model.apply({ params, state }, images, evaluate)[0]
  );

  const data = await Array.fromAsync(files, async ({ name, read }) => `${name} ${await digestOf(await read())}`);
  const record = await runRecord({ seed, settings: { side }, data }), first = { training: start, epoch: 0 };
  const found = await loadRun(run, first)();
  if (found._tag === "Left") throw found.left;
  const before = found.right._tag === "Some" ? found.right.value : { record, state: first };
  const others = differences(before.record, record).filter((change) => /^(seed|settings|data)/.test(change));
  if (others.length > 0) throw new CheckpointError({ ...OTHER_RUN, given: run, problem: others.join("; ") });
  let { training, epoch } = before.state;
  const write = runLog(run, { csv: true });
  let log = write.initial, inside: ReturnType<typeof inspect> = [];
  for (; epoch < epochs; epoch++) {
    let loss = NaN, hits = accuracyMetric.empty;
    for await (const batch of batchesOf(learn, foldIn(orderKey, epoch))) {
      const number = toNumber(training.optimizer.step), [next, value] = step(training, batch);
      [training, loss] = [next, toNumber(value)];
      const picture = reshape(slice(batch.images, 0, 1), batch.images.shape.slice(1));
      log = write(log, { step: number, scalars: { loss }, ...number === 0 && { images: { picture } } });
    }
    for await (const { images, labels } of batchesOf(check)) {
      const logits = read(training, { images, labels }), { optimizer: { params }, state } = training;
      hits = accuracyMetric.concat(hits, accuracyMetric.measure({ logits, labels }));
      inside = inspect(model, { params, state }, images, { loss: (y) => softmaxCrossEntropy(y, labels) });
    }
    const accuracy = accuracyMetric.value(hits);
    log = write(log, { step: toNumber(training.optimizer.step) - 1, scalars: { accuracy } });
    const saved = await saveRun(run, record, { training, epoch: epoch + 1 })();
    if (saved._tag === "Left") throw saved.left;
    yield { epoch, loss, accuracy };
  }
  if (inside.length === 0) return; // it had come to its end before
  await Deno.writeTextFile(`${run}/inspection.txt`, formatInspection(inside));
  await Deno.writeTextFile(`${run}/inspection.svg`, await inspectionPicture(inside));
}

const PROGRAM = {
  about:
    "Trains a network on a folder of pictures, a sub-folder for each class. The same command goes on where it stopped.",
  usage: "deno run --allow-read --allow-write examples/pictures.ts [flags]",
  flags: {
    pictures: {
      name: "pictures",
      placeholder: "FOLDER",
      help: "the pictures, or an archive of them",
      fallback: "pictures",
      example: "pictures",
      read: anyPath,
    },
    epochs: epochsFlag(10),
    side: {
      name: "side",
      placeholder: "N",
      help: "the height and width, in pixels, to which pictures are brought",
      fallback: 32,
      example: "32",
      read: wholeNumber(4),
    },
    seed: seedFlag,
    run: {
      name: "run",
      placeholder: "FOLDER",
      help: "where logs, the checkpoint and the look inside the network go",
      fallback: "pictures_run",
      example: "pictures_run",
      read: anyPath,
    },
    threads: threadsFlag,
  },
};

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output: Output = console): Promise<number> =>
  runWithFlags(PROGRAM, args, ({ pictures, threads, ...settings }) =>
    onThreads(threads, async () => {
      try {
        for await (const { epoch, loss, accuracy } of trainOnPictures(pictures, settings)) {
          const right = `${(100 * accuracy).toFixed(1)} % right`;
          output.log(`epoch ${epoch + 1}  loss ${loss.toFixed(4)}  held back: ${right}`);
        }
        return either.right(undefined);
      } catch (error) {
        if (!(error instanceof DataError || error instanceof CheckpointError)) throw error;
        return either.left(error.message);
      }
    }), output);

if (import.meta.main) Deno.exit(await main(Deno.args));
