/**
 * Command lines: flags with a value, read into a record of settings, or rejected with all problems named.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { closestString, levenshteinDistance } from "@std/text";
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";

/** A flag with a value. `read` turns its text into the value, or says what the text must be. */
export type Flag<A> = {
  readonly name: string;
  readonly placeholder: string;
  readonly help: string;
  readonly fallback: A;
  readonly example: string;
  readonly read: (text: string) => Either<string, A>;
  /** Whether it is given without a value, which then is `"true"`. */
  readonly alone?: true;
};

/** The flags of a program, by the names of their settings. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** The settings that the flags of a program are read into. */
export type SettingsOf<F extends Flags> = {
  readonly [K in keyof F]: F[K] extends Flag<infer A> ? A : never;
};

/** What the user asked for: the help text, or a run. */
export type FlagsRequest<S> = { readonly kind: "help" } | { readonly kind: "run"; readonly settings: S };

/**
 * Parses a command line.
 *
 * @param flags The flags, besides `--help`.
 * @param args The arguments after the program's name.
 * @returns The request, or one sentence for every problem found.
 */
export function parseFlags<F extends Flags>(
  flags: F,
  args: readonly string[],
): Either<readonly string[], FlagsRequest<SettingsOf<F>>> {
  const every = Object.values(flags), names = [...every.map(({ name }) => name), "help"];
  const values = every.filter(({ alone }) => !alone).map(({ name }) => name);
  const switches = every.filter(({ alone }) => alone).map(({ name }) => name);
  const refused = new Set<string>();
  const parsed = parseArgs(joinNegatives(names, args), {
    alias: { h: "help" },
    boolean: ["help", ...switches],
    collect: values,
    string: values,
    unknown: (argument) => {
      refused.add(argument);
      return false;
    },
  });
  if (parsed["help"] === true) return either.right({ kind: "help" });

  const problems = [...refused, ...parsed._.map(String)].map((argument) => refusal(names, argument));
  const settings = Object.fromEntries(
    Object.entries(flags).map(([setting, flag]) => [
      setting,
      pipe(
        readFlag(flag, flag.alone ? [parsed[flag.name]].filter(Boolean) : parsed[flag.name]),
        either.getOrElse((problem): unknown => (problems.push(problem), flag.fallback)),
      ),
    ]),
  ) as SettingsOf<F>; // each setting has the type that its flag reads
  return problems.length > 0 ? either.left(problems) : either.right({ kind: "run", settings });
}

/**
 * Returns the help text of a program: every flag with its default.
 *
 * @param about What the program does, in sentences.
 * @param usage The command that starts it.
 */
export function formatHelp(about: string, usage: string, flags: Flags): string {
  const rows = [
    ...Object.values(flags).map(({ name, placeholder, help, fallback }) =>
      [
        `--${name} ${placeholder}`.trimEnd(),
        fallback === undefined || fallback === false ? help : `${help} (default: ${fallback})`,
      ] as const
    ),
    ["-h, --help", "show this text"] as const,
  ];
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    about,
    "",
    `Usage: ${usage}`,
    "",
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
  ].join("\n");
}

/**
 * Joins negative values to their flags: `--epochs -1` becomes `--epochs=-1`, so that it is rejected as a negative number and not as a flag `-1`.
 */
function joinNegatives(names: readonly string[], [first, second, ...rest]: readonly string[]): string[] {
  if (first === undefined) return [];
  if (second === undefined) return [first];
  return first.startsWith("--") && names.includes(first.slice(2)) && /^-[.\d]|^-inf/i.test(second)
    ? [`${first}=${second}`, ...joinNegatives(names, rest)]
    : [first, ...joinNegatives(names, [second, ...rest])];
}

/** Returns the only value given for a flag, or its default if none was given. */
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

/** Returns the error for an argument that is not understood. */
function refusal(names: readonly string[], argument: string): string {
  if (!argument.startsWith("-")) {
    return `Cannot train with ${JSON.stringify(argument)}: values must follow a flag; --help lists the flags`;
  }
  const name = argument.replace(/^-+/, "").replace(/=.*$/s, ""), nearest = closestString(name, names);
  const remedy = levenshteinDistance(name, nearest) <= 2 ? `did you mean --${nearest}?` : "--help lists the flags";
  return `Cannot train with ${argument.replace(/=.*$/s, "")}: this flag does not exist; ${remedy}`;
}

/** The number of passes over the training data. */
export const epochsFlag = (fallback: number): Flag<number> => ({
  name: "epochs",
  placeholder: "N",
  help: "passes over the training images",
  fallback,
  example: String(fallback),
  read: wholeNumber(1),
});

/** The number of training steps. */
export const stepsFlag = (fallback: number): Flag<number> => ({
  name: "steps",
  placeholder: "N",
  help: "how many steps to take",
  fallback,
  example: String(fallback),
  read: wholeNumber(1),
});

/** The number of samples per step; `what` names them. */
export const batchFlag = (fallback: number, what: string): Flag<number> => ({
  name: "batch",
  placeholder: "N",
  help: `${what} per step`,
  fallback,
  example: String(fallback),
  read: wholeNumber(1),
});

/** The learning rate at the start. */
export const learningRateFlag = (fallback: number): Flag<number> => ({
  name: "learning-rate",
  placeholder: "RATE",
  help: "Adam's step size at the start; it falls to 0 along a cosine",
  fallback,
  example: String(fallback),
  read: positiveNumber,
});

/** The seed of all random numbers. */
export const seedFlag: Flag<number> = {
  name: "seed",
  placeholder: "N",
  help: "the same seed gives the same network, to the last bit",
  fallback: 0,
  example: "42",
  read: wholeNumber(0),
};

/** The number of training images to use. */
export const limitFlag: Flag<number | undefined> = {
  name: "limit",
  placeholder: "N",
  help: "train only on the first N images (default: all)",
  fallback: undefined,
  example: "5000",
  read: wholeNumber(1),
};

/** Reads a whole number of `min` or more. */
export function wholeNumber(min: number): (text: string) => Either<string, number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return Number.isSafeInteger(value) && value >= min
      ? either.right(value)
      : either.left(`a whole number from ${min} to 2^53 - 1`);
  };
}

/** Reads a finite number above 0. */
export function positiveNumber(text: string): Either<string, number> {
  const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  return value > 0 && value < Infinity ? either.right(value) : either.left("a finite number above 0");
}

/** Reads a path of any kind. */
export function anyPath(text: string): Either<string, string> {
  return text === "" ? either.left("a path") : either.right(text);
}

/** Reads the path of a file whose name ends in `.ending`. */
export function filePath(ending: string): (text: string) => Either<string, string> {
  const wanted = new RegExp(`[^/\\\\]\\.${ending}$`, "i");
  return (text) => wanted.test(text) ? either.right(text) : either.left(`the path of a file that ends in .${ending}`);
}
