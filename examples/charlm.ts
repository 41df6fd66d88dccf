/**
 * Trains a small causal transformer, or with `--model lstm` a recurrent network, to write like Moby-Dick, character by
 * character, saves it, loads it and lets it write: `deno task charlm`, and `--help`
 * for the flags.
 *
 * Expect a loss below 1.7 nats per character on the last twentieth of the book, which it has not seen, after 2,000
 * steps, and 1.62 from the LSTM; random guessing has log 83 = 4.42. They then predict half of the characters: short
 * words are right, long ones are invented, quotations are closed, and the text makes no sense.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import { foldIn, key, saveModel, split, summary } from "../mod.ts";
import { type Alphabet, alphabetOf, type Codes, decodeText, encodeText } from "./characters.ts";
import { CHARACTER_MODELS, CONTEXT, heldOutMetrics, trainCharacterModel } from "./character_model.ts";
import {
  batchFlag,
  filePath,
  type Flag,
  learningRateFlag,
  positiveNumber,
  seedFlag,
  type SettingsOf,
  stepsFlag,
  wholeNumber,
} from "./flags.ts";
import { formatPercent } from "./formatting.ts";
import { accuracy, meanLoss } from "./metrics.ts";
import { loadMobyDick } from "./moby_dick.ts";
import { progressReporter, type Reporter } from "./progress.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { continueText } from "./sampling.ts";
import { loadNetwork } from "./saved_network.ts";
import { engineFlag, onEngine } from "./engine.ts";
import { threadsFlag } from "./threads.ts";

const file = { placeholder: "FILE", example: "charlm.safetensors", read: filePath("safetensors") } as const;

const evaluate: Flag<string | undefined> = {
  ...file,
  name: "evaluate",
  help: "do not train: test the network that was saved as FILE, and let it write",
  fallback: undefined,
};

const prompt: Flag<string> = {
  name: "prompt",
  placeholder: "TEXT",
  help: "the text that it continues",
  fallback: "The whale ",
  example: '"Call me "',
  read: (text) => text === "" ? either.left("at least one character") : either.right(text),
};

const text: Flag<string | undefined> = {
  name: "text",
  placeholder: "FILE",
  help: "learn from the text of FILE (default: Moby-Dick)",
  fallback: undefined,
  example: "book.txt",
  read: filePath("txt"),
};

const model: Flag<string> = {
  name: "model",
  placeholder: "KIND",
  help: `which network learns: ${Object.keys(CHARACTER_MODELS).join(" or ")}`,
  fallback: "transformer",
  example: "lstm",
  read: (text) =>
    Object.hasOwn(CHARACTER_MODELS, text)
      ? either.right(text)
      : either.left(Object.keys(CHARACTER_MODELS).join(" or ")),
};

const FLAGS = {
  model,
  steps: stepsFlag(2000),
  batch: batchFlag(32, `runs of ${CONTEXT} characters`),
  learningRate: learningRateFlag(0.004),
  seed: seedFlag,
  engine: engineFlag,
  threads: threadsFlag,
  length: {
    name: "length",
    placeholder: "N",
    help: "how many characters it writes",
    fallback: 400,
    example: "400",
    read: wholeNumber(0),
  },
  temperature: {
    name: "temperature",
    placeholder: "T",
    help: "below 1 it prefers likely characters, above 1 it takes more risks",
    fallback: 0.6,
    example: "0.6",
    read: positiveNumber,
  },
  prompt,
  text,
  out: { ...file, name: "out", help: "where to save the network", fallback: "charlm.safetensors" },
  evaluate,
} as const;

/** The settings of a run. */
export type WritingSettings = SettingsOf<typeof FLAGS>;

/** A text for training, one for testing, and their alphabet. */
export type Corpus = { readonly alphabet: Alphabet; readonly train: Codes; readonly test: Codes };

/** The share of a text, at its end, that is held out for testing. */
const HELD_OUT = 1 / 20;

/** Splits a text. */
export function corpusOf(text: string): Either<string, Corpus> {
  return pipe(
    alphabetOf(text),
    either.chain((alphabet) =>
      pipe(
        encodeText(alphabet, text),
        either.map((codes) => {
          const cut = Math.floor(codes.length * (1 - HELD_OUT));
          return { alphabet, train: codes.subarray(0, cut), test: codes.subarray(cut) };
        }),
      )
    ),
    either.filterOrElse(
      ({ test }) => test.length > CONTEXT,
      ({ train, test }) =>
        `Cannot learn from ${
          train.length + test.length
        } characters: the last twentieth must be longer than ${CONTEXT}; ` +
        "pass a longer text",
    ),
  );
}

/** A text that a network wrote, and a line about its accuracy on the held-out text. */
export type Writing = { readonly text: string; readonly report: string };

/**
 * Trains a network, saves it, loads it, and lets both write; they must write the same text.
 *
 * @returns The text that the loaded network wrote; or an error if it could not be saved, loaded, or take the prompt.
 */
export async function trainAndWrite(
  corpus: Corpus,
  settings: WritingSettings,
  reporter: Reporter,
): Promise<Either<string, Writing>> {
  const start = encodeText(corpus.alphabet, settings.prompt); // before training, which would be wasted otherwise
  if (either.isLeft(start)) return start;
  const model = CHARACTER_MODELS[settings.model]!(corpus.alphabet.length),
    [initKey, trainKey] = split(key(settings.seed), 2);
  const params = trainCharacterModel(trainKey, model, model.init(initKey), corpus, settings, reporter);
  const variables = { params, state: model.init(initKey).state };
  const saved = await saveModel(settings.out, model, variables)();
  if (either.isLeft(saved)) return either.left(saved.left.message);
  const before = continueText(writingKey(settings), model, variables, start.right, { ...settings, context: CONTEXT });
  return pipe(
    await loadAndWrite(settings.out, corpus, settings),
    either.filterOrElse(
      ({ text }) => text === decodeText(corpus.alphabet, before),
      () => `Cannot trust ${settings.out}: the loaded network must write the same as the saved one`,
    ),
  );
}

const writingKey = ({ seed }: WritingSettings) => foldIn(key(seed), 2);

/**
 * Loads a network, tests it, and lets it write.
 *
 * @returns The text that it wrote; or an error if it could not be loaded, or take the prompt.
 */
export async function loadAndWrite(
  path: string,
  { alphabet, test }: Corpus,
  settings: WritingSettings,
): Promise<Either<string, Writing>> {
  const start = encodeText(alphabet, settings.prompt);
  if (either.isLeft(start)) return start;
  const network = await loadNetwork(path, "write", [1, CONTEXT], [1, CONTEXT, alphabet.length]);
  return pipe(
    network,
    either.map(({ layer, variables }) => {
      const options = { ...settings, context: CONTEXT };
      const text = decodeText(alphabet, continueText(writingKey(settings), layer, variables, start.right, options));
      const metrics = heldOutMetrics(layer, variables, test);
      const loss = `held-out loss ${meanLoss(metrics)} nats per character`;
      return { text, report: `${loss}, ${formatPercent(accuracy(metrics), 1)} predicted` };
    }),
  );
}

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output: Output = console): Promise<number> =>
  runWithFlags(
    {
      about: "Trains a small network to write like Moby-Dick, saves it, loads it, and lets it write.",
      usage: "deno task charlm [flags]",
      flags: FLAGS,
    },
    args,
    async (settings) => {
      const book = settings.text === undefined ? loadMobyDick() : loadText(settings.text);
      const corpus = pipe(book, either.chain(corpusOf));
      if (either.isLeft(corpus)) return corpus;
      const { evaluate, out } = settings;
      if (evaluate === undefined) {
        output.log(`${summary(CHARACTER_MODELS[settings.model]!(corpus.right.alphabet.length), [CONTEXT])}\n`);
      }
      const written = await onEngine(
        settings,
        () =>
          evaluate === undefined
            ? trainAndWrite(corpus.right, settings, progressReporter(Deno.stdout.isTerminal()))
            : loadAndWrite(evaluate, corpus.right, settings),
      );
      return pipe(
        written,
        either.map(({ text, report }) => {
          output.log(`${evaluate === undefined ? `\nSaved as ${out}, loaded again` : `Loaded ${evaluate}`}: ${report}`);
          output.log(`\n${text}`);
        }),
      );
    },
    output,
  );

/** Reads the text of any file, or returns an error. */
const loadText = (path: string): Either<string, string> =>
  either.tryCatch(
    () => Deno.readTextFileSync(path),
    (error) =>
      `Cannot read ${path}: ${error instanceof Error ? error.message : error}: ` +
      "it must be a text that may be read; choose another with --text",
  );

if (import.meta.main) Deno.exit(await main(Deno.args));
