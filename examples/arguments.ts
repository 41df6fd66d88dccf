/**
 * The command line of the MNIST program.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { closestString, levenshteinDistance } from "@std/text";
import { type Either, either, pipe } from "../deps.ts";

/** What a training run is told. */
export type Settings = {
  /** Passes over the training images. */
  readonly epochs: number;
  /** Images per step. */
  readonly batch: number;
  /** The learning rate at the start. */
  readonly learningRate: number;
  /** What the random numbers come from. */
  readonly seed: number;
  /** How many of the training images to use; all if undefined. */
  readonly limit: number | undefined;
  /** The path of the picture. */
  readonly out: string;
};

/** What the user asked for: the help text, or a training run. */
export type Request = { readonly kind: "help" } | { readonly kind: "train"; readonly settings: Settings };

/** A flag that takes a value. `read` turns its text into the value, or says what the text must be. */
type Flag<A> = {
  readonly name: string;
  readonly placeholder: string;
  readonly help: string;
  readonly fallback: A;
  readonly example: string;
  readonly read: (text: string) => Either<string, A>;
};

const EPOCHS: Flag<number> = {
  name: "epochs",
  placeholder: "N",
  help: "passes over the training images",
  fallback: 5,
  example: "5",
  read: wholeNumber(1),
};

const BATCH: Flag<number> = {
  name: "batch",
  placeholder: "N",
  help: "images per step",
  fallback: 64,
  example: "64",
  read: wholeNumber(1),
};

const LEARNING_RATE: Flag<number> = {
  name: "learning-rate",
  placeholder: "RATE",
  help: "Adam's step size at the start; it falls to 0 along a cosine",
  fallback: 0.001,
  example: "0.001",
  read: positiveNumber,
};

const SEED: Flag<number> = {
  name: "seed",
  placeholder: "N",
  help: "the same seed gives the same network, to the last bit",
  fallback: 0,
  example: "42",
  read: wholeNumber(0),
};

const LIMIT: Flag<number | undefined> = {
  name: "limit",
  placeholder: "N",
  help: "train on the first N images only",
  fallback: undefined,
  example: "5000",
  read: wholeNumber(1),
};

const OUT: Flag<string> = {
  name: "out",
  placeholder: "FILE",
  help: "where to write the loss and accuracy curves, an SVG picture",
  fallback: "mnist_curves.svg",
  example: "mnist_curves.svg",
  read: svgPath,
};

const FLAGS: readonly Flag<number | string | undefined>[] = [EPOCHS, BATCH, LEARNING_RATE, SEED, LIMIT, OUT];

const NAMES: readonly string[] = [...FLAGS.map(({ name }) => name), "help"];

/**
 * Parses the command line.
 *
 * @param args The arguments after the program's name.
 * @returns The request, or every problem found, a sentence each.
 */
export function parseArguments(args: readonly string[]): Either<readonly string[], Request> {
  const names = FLAGS.map(({ name }) => name);
  const refused = new Set<string>();
  const parsed = parseArgs(joinNegatives(args), {
    alias: { h: "help" },
    boolean: ["help"],
    collect: names,
    string: names,
    unknown: (argument) => {
      refused.add(argument);
      return false;
    },
  });
  if (parsed["help"] === true) return either.right({ kind: "help" });

  const problems = [...refused, ...parsed._.map(String)].map(refusal);
  const value = <A>(flag: Flag<A>): A =>
    pipe(
      readFlag(flag, parsed[flag.name]),
      either.getOrElse((problem) => (problems.push(problem), flag.fallback)),
    );
  const settings: Settings = {
    epochs: value(EPOCHS),
    batch: value(BATCH),
    learningRate: value(LEARNING_RATE),
    seed: value(SEED),
    limit: value(LIMIT),
    out: value(OUT),
  };
  return problems.length > 0 ? either.left(problems) : either.right({ kind: "train", settings });
}

/** The help text: every flag with its default. */
export function helpText(): string {
  const rows = [
    ...FLAGS.map(({ name, placeholder, help, fallback }) =>
      [`--${name} ${placeholder}`, `${help} (default: ${fallback ?? "all"})`] as const
    ),
    ["-h, --help", "show this text"] as const,
  ];
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    "Trains a 784-128-64-10 network to read the handwritten digits of MNIST.",
    "",
    "Usage: deno task demo [flags]",
    "",
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
  ].join("\n");
}

/** `--epochs -1` is a negative value, not a flag `-1`: it becomes `--epochs=-1`, which is refused for what it is. */
function joinNegatives([first, second, ...rest]: readonly string[]): string[] {
  if (first === undefined) return [];
  if (second === undefined) return [first];
  return first.startsWith("--") && NAMES.includes(first.slice(2)) && /^-[.\d]|^-inf/i.test(second)
    ? [`${first}=${second}`, ...joinNegatives(rest)]
    : [first, ...joinNegatives([second, ...rest])];
}

/** The one value that was given for a flag, its default where none was. */
function readFlag<A>(flag: Flag<A>, given: unknown): Either<string, A> {
  const texts = Array.isArray(given) ? given.map(String) : [], [text] = texts, name = `--${flag.name}`;
  if (text === undefined) return either.right(flag.fallback);
  if (texts.length > 1) {
    return either.left(`Cannot train with ${name} given ${texts.length} times: once is enough; keep one of them`);
  }
  const shown = text === "" ? "without a value" : text;
  return pipe(
    flag.read(text),
    either.mapLeft((wanted) => `Cannot train with ${name} ${shown}: it takes ${wanted}; try ${name} ${flag.example}`),
  );
}

/** The sentence on an argument that means nothing here. */
function refusal(argument: string): string {
  if (!argument.startsWith("-")) {
    return `Cannot train with ${JSON.stringify(argument)}: values must follow a flag; --help lists the flags`;
  }
  const name = argument.replace(/^-+/, "").replace(/=.*$/s, ""), nearest = closestString(name, NAMES);
  const remedy = levenshteinDistance(name, nearest) <= 2 ? `did you mean --${nearest}?` : "--help lists the flags";
  return `Cannot train with ${argument.replace(/=.*$/s, "")}: there is no such flag; ${remedy}`;
}

function wholeNumber(min: number): (text: string) => Either<string, number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return Number.isSafeInteger(value) && value >= min
      ? either.right(value)
      : either.left(`a whole number from ${min} to 2^53 - 1`);
  };
}

function positiveNumber(text: string): Either<string, number> {
  const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  return value > 0 && value < Infinity ? either.right(value) : either.left("a finite number above 0");
}

function svgPath(text: string): Either<string, string> {
  return /[^/\\]\.svg$/i.test(text) ? either.right(text) : either.left("the path of a file that ends in .svg");
}
