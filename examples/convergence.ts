/**
 * Trains networks with every optimizer, at the settings that docs/learning_rates.md recommends, and prints the results: `deno
 * run --allow-read examples/convergence.ts`, and `--help`.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import * as option from "fp-ts/Option.js";
import type { Flag } from "./flags.ts";
import { formatPercent } from "./formatting.ts";
import { loadMnist } from "./mnist_data.ts";
import {
  learn,
  mnistProblem,
  type Outcome,
  type Problem,
  PROBLEMS,
  type Setting,
  SETTINGS,
  sweptRate,
} from "./problems.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { onThreads, threadsFlag } from "./threads.ts";

/** The seeds of the runs, which differ in initial weights and in the order of samples. */
const SEEDS = [0, 1, 2, 3, 4];

/** Runs every optimizer on a problem and yields the lines of the table. */
export function* tableOf(name: string, problem: Problem, seeds: readonly number[]): Generator<string, void> {
  yield `\n${name}: medians of ${seeds.length} runs, ${
    problem.epochs === 1 ? "one epoch" : `at most ${problem.epochs} epochs`
  }\n`;
  yield row(["optimizer", "rate", "sweep", "epochs", "loss", "accuracy", "worst", `loss < ${problem.loss}`, "seconds"]);
  yield row(WIDTHS.map((width, k) => k === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  for (const setting of SETTINGS) yield rowOf(setting, problem, seeds);
}

const WIDTHS = [17, 6, 6, 6, 6, 8, 8, 11, 7] as const;

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell, k) => k === 0 ? cell.padEnd(WIDTHS[k]!) : cell.padStart(WIDTHS[k]!)).join(" | ")} |`;

function rowOf({ name, make, rates }: Setting, problem: Problem, seeds: readonly number[]): string {
  const rate = rates[problem.size], outcomes = seeds.map((seed) => learn(problem, make(rate), seed));
  const middle = (of: (outcome: Outcome) => number): number => median(outcomes.map(of));
  const swept = seeds.map((seed) => sweptRate(problem, make(rate), seed)).filter(option.isSome);
  return row([
    name,
    String(rate),
    swept.length === 0 ? "none" : String(Number(median(swept.map(({ value }) => value)).toPrecision(1))),
    String(middle(({ epochs }) => epochs)),
    middle(({ loss }) => loss).toFixed(3),
    formatPercent(middle(({ accuracy }) => accuracy), 1),
    formatPercent(Math.min(...outcomes.map(({ accuracy }) => accuracy)), 1),
    `${outcomes.filter(({ reached }) => reached).length} of ${seeds.length}`,
    middle(({ seconds }) => seconds).toFixed(2),
  ]);
}

/** Returns the middle value, the upper one of two. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const NAMES = [...Object.keys(PROBLEMS), "mnist"];

const problemsFlag: Flag<readonly string[]> = {
  name: "problems",
  placeholder: "NAMES",
  help: "which problems are learned",
  fallback: NAMES,
  example: "xor,iris",
  read: (text) => {
    const names = text.split(",");
    return names.every((name) => NAMES.includes(name))
      ? either.right(names)
      : either.left(`names among ${NAMES.join(", ")}, with commas between`);
  },
};

const PROGRAM = {
  about: "Trains networks with every optimizer, at the rates that docs/learning_rates.md recommends.",
  usage: "deno run --allow-read examples/convergence.ts [flags]",
  flags: { problems: problemsFlag, threads: threadsFlag },
};

/** Returns a problem by its name, or an error if its data cannot be read. */
const problemOf = (name: string): Either<string, Problem> =>
  name === "mnist" ? either.map(mnistProblem)(loadMnist()) : either.right(PROBLEMS[name]!); // the flag has checked it

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output: Output = console): Promise<number> =>
  runWithFlags(PROGRAM, args, ({ problems, threads }) =>
    onThreads(threads, () => {
      for (const name of problems) {
        const problem = problemOf(name);
        if (either.isLeft(problem)) return problem;
        for (const line of tableOf(name, problem.right, SEEDS)) output.log(line);
      }
      return either.right(undefined);
    }), output);

if (import.meta.main) Deno.exit(await main(Deno.args));
