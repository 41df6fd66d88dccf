/**
 * Trains a small residual network to read handwritten digits, saves it, loads it and tests it: `deno run --allow-read
 * --allow-write examples/resnet.ts`, and `--help` for the flags.
 *
 * Expect more than 99 % of the test images to be read correctly after two epochs, 99.27 % with seed 0.
 *
 * @module
 */
import {
  activationLayer,
  activations,
  batchNorm2d,
  conv2dLayer,
  denseLayer,
  globalAvgPool2dLayer,
  residual,
  sequential,
} from "../mod.ts";
import { type ImageProgram, runImageProgram } from "./image_training.ts";
import type { Output } from "./run_with_flags.ts";
import { CLASSES } from "./mnist_data.ts";

const RELU = activations.relu;

/** Convolution and batch normalization, which makes a bias unnecessary. */
const normalized = (inChannels: number, outChannels: number, size: 1 | 3, stride: 1 | 2) =>
  [
    conv2dLayer(inChannels, outChannels, size, { stride, padding: (size - 1) / 2, bias: false }),
    batchNorm2d(outChannels),
  ] as const;

/** Two convolutions of 3 x 3, the first of which may halve the image. */
const twice = (inChannels: number, outChannels: number, stride: 1 | 2) =>
  sequential([
    ...normalized(inChannels, outChannels, 3, stride),
    activationLayer(RELU),
    ...normalized(outChannels, outChannels, 3, 1),
  ]);

/** A block that keeps shapes: its input is added unchanged. He et al., Deep Residual Learning, 2015, eq. 1. */
const identityBlock = (channels: number) =>
  residual(twice(channels, channels, 1), { activation: RELU, name: `Identity block ${channels}` });

/**
 * A block that halves images: a 1 x 1 convolution is the shortcut for its input. Eq. 2, with option B of section 4.1.
 */
const projectionBlock = (inChannels: number, outChannels: number) =>
  residual(twice(inChannels, outChannels, 2), {
    shortcut: sequential(normalized(inChannels, outChannels, 1, 2), { name: "Projection" }),
    activation: RELU,
    name: `Projection block ${outChannels}`,
  });

/** Makes the network: a stem that halves the image, a stage of each kind of block, and the mean of every channel. */
export const residualReader = () =>
  sequential([
    sequential([...normalized(1, 16, 3, 2), activationLayer(RELU)], { name: "Stem" }),
    identityBlock(16),
    projectionBlock(16, 32),
    projectionBlock(32, 64),
    globalAvgPool2dLayer(),
    denseLayer(64, CLASSES),
  ], { name: "Residual reader" });

/** The program. */
export const RESNET: ImageProgram = {
  name: "resnet",
  about: "Trains a residual network to read the handwritten digits of MNIST, saves it, loads it, and tests it.",
  reader: residualReader,
  epochs: 2,
  learningRate: 0.005,
};

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output?: Output): Promise<number> =>
  runImageProgram(RESNET, args, output);

if (import.meta.main) Deno.exit(await main(Deno.args));
