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
  wholeNumber,
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
  /** The folder of checkpoints. */
  run: {
    name: "run",
    placeholder: "FOLDER",
    help: "where to save the run, so that it can go on after it was stopped",
    fallback: "mnist_run",
    example: "mnist_run",
    read: (text: string) => text === "" ? either.left("the path of a folder") : either.right(text),
  },
  /** The number of steps from one checkpoint to the next. */
  saveEvery: {
    name: "save-every",
    placeholder: "N",
    help: "steps from one checkpoint to the next",
    fallback: 200,
    example: "200",
    read: wholeNumber(1),
  },
  /** Whether to go on with the run in the folder. */
  resume: {
    name: "resume",
    placeholder: "",
    help: "go on with the run in that folder, with its settings, to the same numbers",
    fallback: false,
    example: "",
    alone: true,
    read: () => either.right(true),
  },
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

/** The settings of a command line without flags. */
// Each setting has the type that its flag reads.
export const DEFAULTS = Object.fromEntries(
  Object.entries(FLAGS).map(([name, { fallback }]) => [name, fallback]),
) as unknown as Settings;

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
