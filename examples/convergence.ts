/**
 * Trains networks with every optimizer, at the settings that docs/learning_rates.md recommends, and prints the results: `deno
 * run --allow-read examples/convergence.ts [xor] [spirals] [iris] [mnist]`.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import * as option from "fp-ts/Option.js";
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

/** Returns the problem with that name, or an error. */
function problemOf(name: string): Either<string, Problem> {
  if (name === "mnist") return either.map(mnistProblem)(loadMnist());
  const problem = PROBLEMS[name], names = [...Object.keys(PROBLEMS), "mnist"].join(", ");
  return problem !== undefined ? either.right(problem) : either.left(
    `Cannot learn ${JSON.stringify(name)}: a problem must be one of ${names}; choose some, or none for all`,
  );
}

if (import.meta.main) {
  const names = Deno.args.length > 0 ? Deno.args : [...Object.keys(PROBLEMS), "mnist"];
  for (const name of names) {
    const problem = problemOf(name);
    if (either.isLeft(problem)) {
      console.error(problem.left);
      Deno.exit(1);
    }
    for (const line of tableOf(name, problem.right, SEEDS)) console.log(line);
  }
}
