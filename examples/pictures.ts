/**
 * Trains a network on a folder of pictures, a sub-folder for each class, and tells how well it knows those that it has not
 * seen: `deno run --allow-read examples/pictures.ts FOLDER [EPOCHS]`.
 *
 * @module
 */
import { compile, foldIn, type Key, key, softmaxCrossEntropy, split, toNumber, valueAndGradient } from "../mod.ts";
import { activationLayer, activations, batchNorm2d, conv2dLayer, denseLayer, evaluate, train } from "../layers/mod.ts";
import { globalAvgPool2dLayer, maxPool2dLayer, sequential } from "../layers/mod.ts";
import { accuracyMetric, adamw } from "../optim/mod.ts";
import { augment, colorJitter, perExample, randomCrop, randomFlip } from "../optim/data/mod.ts";
import { DataError, type ImageBatch, imageBatches, imageFiles, splitSamples } from "../optim/data/mod.ts";

/** The settings of a run. */
export type PictureSettings = { readonly epochs: number; readonly side: number; readonly seed: number };

/** An epoch: the loss of its last step, and the share of the pictures held back whose class was named. */
export type PictureEpoch = { readonly epoch: number; readonly loss: number; readonly accuracy: number };

const block = (from: number, to: number) =>
  sequential([conv2dLayer(from, to, 3, { padding: 1 }), batchNorm2d(to), activationLayer(activations.relu)]);

const network = (classes: number) =>
  sequential([block(3, 16), maxPool2dLayer(2), block(16, 32), globalAvgPool2dLayer(), denseLayer(32, classes)]);

/** What happens to each picture before each step. */
const change = perExample(
  augment(randomFlip(), randomCrop({ padding: 2 }), colorJitter({ brightness: 0.2, contrast: 0.2 })),
);

/**
 * Trains on pictures, and yields after each epoch.
 *
 * @param source A folder or an archive, as `imageFiles` takes it.
 */
export async function* trainOnPictures(
  source: Parameters<typeof imageFiles>[0],
  { epochs, side, seed }: PictureSettings,
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

  let training = start; // what a run that was stopped goes on from, with the number of its next epoch
  for (let epoch = 0; epoch < epochs; epoch++) {
    let loss = NaN, hits = accuracyMetric.empty;
    for await (const batch of batchesOf(learn, foldIn(orderKey, epoch))) {
      const [next, value] = step(training, batch);
      [training, loss] = [next, toNumber(value)]; // here a step can be logged
    }
    for await (const { images, labels } of batchesOf(check)) {
      const logits = read(training, { images, labels });
      hits = accuracyMetric.concat(hits, accuracyMetric.measure({ logits, labels }));
    }
    yield { epoch, loss, accuracy: accuracyMetric.value(hits) }; // and here the training saved, the model inspected
  }
}

if (import.meta.main) {
  const [folder = "pictures", epochs = "10"] = Deno.args;
  try {
    for await (
      const { epoch, loss, accuracy } of trainOnPictures(folder, { epochs: Number(epochs), side: 32, seed: 0 })
    ) {
      console.log(`epoch ${epoch + 1}  loss ${loss.toFixed(4)}  held back: ${(100 * accuracy).toFixed(1)} % right`);
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
