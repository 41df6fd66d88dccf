/**
 * The command line of the MNIST program.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import {
  batchFlag,
  epochsFlag,
  filePath,
  formatHelp,
  learningRateFlag,
  limitFlag,
  parseFlags,
  seedFlag,
  type SettingsOf,
} from "./flags.ts";
import { engineFlag } from "./engine.ts";
import { threadsFlag } from "./threads.ts";

const FLAGS = {
  /** Passes over the training images. */
  epochs: epochsFlag(5),
  /** Images per step. */
  batch: batchFlag(64, "images"),
  /** The learning rate at the start. */
  learningRate: learningRateFlag(0.001),
  /** The seed of the random numbers. */
  seed: seedFlag,
  /** The number of training images to use; all if undefined. */
  limit: limitFlag,
  /** The engine. */
  engine: engineFlag,
  /** The number of threads. */
  threads: threadsFlag,
  /** The path of the picture. */
  out: {
    name: "out",
    placeholder: "FILE",
    help: "where to write the loss and accuracy curves, an SVG picture",
    fallback: "mnist_curves.svg",
    example: "mnist_curves.svg",
    read: filePath("svg"),
  },
} as const;

/** The settings of a training run. */
export type Settings = SettingsOf<typeof FLAGS>;

/** What the user asked for: the help text, or a training run. */
export type Request = { readonly kind: "help" } | { readonly kind: "train"; readonly settings: Settings };

/**
 * Parses the command line.
 *
 * @param args The arguments after the program's name.
 * @returns The request, or one sentence for every problem found.
 */
export function parseArguments(args: readonly string[]): Either<readonly string[], Request> {
  return pipe(
    parseFlags(FLAGS, args),
    either.map((request): Request => request.kind === "help" ? request : { ...request, kind: "train" }),
  );
}

/** Returns the help text: every flag with its default. */
export function helpText(): string {
  const about = "Trains a 784-128-64-10 network to read the handwritten digits of MNIST.";
  return formatHelp(about, "deno task demo [flags]", FLAGS);
}
