/**
 * Draws how a network learns to tell two spirals apart: `deno run --allow-read --allow-write examples/spirals.ts`,
 * and `--help`.
 *
 * The picture in the README was drawn by `examples/spirals.ts --out docs/pictures/spirals.svg`.
 *
 * @module
 */
import { parse, View } from "vega";
import {
  activations,
  adam,
  batches,
  compile,
  cosineAnnealing,
  denseLayer,
  foldIn,
  forward,
  type Key,
  key,
  sequential,
  sliceAxes,
  softmax,
  softmaxCrossEntropy,
  split,
  tensor32,
  toList,
  toNumber,
  valueAndGradient,
} from "../mod.ts";
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import { filePath } from "./flags.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { type Labelled, twoSpirals } from "./small_data.ts";
import { type Moment, spiralsSpec } from "./spirals_spec.ts";
import { onThreads, threadsFlag } from "./threads.ts";

/** The side of the grid on which the network is evaluated, in points. */
export const GRID = 44;

/** The square of the picture extends from -EXTENT to EXTENT. */
const EXTENT = 1.15;

/** A training run: the loss of every step, and the network's probabilities over the square at some steps. */
export type SpiralsRun = {
  readonly data: Labelled;
  readonly losses: readonly number[];
  readonly moments: readonly Moment[];
};

/**
 * Trains a network of three layers on two spirals.
 *
 * @param seen The steps at which the network is evaluated, ascending; the last one ends the run.
 */
export function learnSpirals(seen: readonly number[], seed = 0): SpiralsRun {
  const data = twoSpirals(70, 1.5), [initKey, orderKey] = split(key(seed), 2);
  const model = sequential([
    denseLayer(2, 32, { activation: activations.gelu }),
    denseLayer(32, 32, { activation: activations.gelu }),
    denseLayer(32, 2),
  ]);
  const { params, state } = model.init(initKey), steps = seen.at(-1) ?? 0;
  const optimizer = adam({ learningRate: cosineAnnealing({ initial: 0.02, steps: Math.max(1, steps) }) });
  const start = optimizer.init(params);

  const loss = (p: typeof params, { x, labels }: Labelled) =>
    softmaxCrossEntropy(forward(model, { params: p, state }, x), labels);
  const step = compile((before: typeof start, batch: Labelled) => {
    const { value, gradients } = valueAndGradient(loss)(before.params, batch);
    return [optimizer.step(before, gradients), value] as const;
  });

  const square = gridPoints(), losses: number[] = [], moments: Moment[] = [];
  const look = (p: typeof params) => {
    const probabilities = softmax(forward(model, { params: p, state }, square));
    return toList(sliceAxes(probabilities, [[0, GRID * GRID], [1, 2]]));
  };
  const run = step.scan(start, batchesOf(data, orderKey, steps));
  if (seen.includes(0)) moments.push({ step: 0, probabilities: look(params) });
  for (const value of run) {
    losses.push(toNumber(value));
    if (seen.includes(losses.length)) moments.push({ step: losses.length, probabilities: look(run.carry.params) });
  }
  return { data, losses, moments };
}

/** Yields batches of a fifth of the data, in another order in each epoch. */
function* batchesOf(data: Labelled, orderKey: Key, steps: number): Generator<Labelled> {
  for (let step = 0; step < steps;) {
    for (const batch of batches(data, { size: data.labels.shape[0]! / 5, key: foldIn(orderKey, step) })) {
      if (step++ < steps) yield batch;
    }
  }
}

/** Returns the points of the square, row by row from its top. */
function gridPoints() {
  const along = Array.from({ length: GRID }, (_, k) => EXTENT * (2 * (k + 0.5) / GRID - 1));
  return tensor32(along.flatMap((y) => along.map((x) => [x, -y])));
}

/** Draws a run as an SVG document, with coordinates rounded to a tenth of a pixel. */
export async function drawSpirals(run: SpiralsRun): Promise<string> {
  const points = toList(run.data.x), labels = toList(run.data.labels);
  const spec = spiralsSpec({
    points: labels.map((label, k) => ({ x: points[2 * k]!, y: points[2 * k + 1]!, label })),
    extent: EXTENT,
    grid: GRID,
    losses: run.losses,
    moments: run.moments,
  });
  const svg = await new View(parse(spec), { renderer: "none" }).toSVG();
  const rounded = (text: string) => text.replaceAll(/\d+\.\d{2,}/g, (n) => String(Math.round(Number(n) * 10) / 10));
  return svg.replaceAll(/ (?:d|transform)="[^"]*"/g, rounded);
}

const PROGRAM = {
  about: "Draws how a network learns to tell two spirals apart.",
  usage: "deno run --allow-read --allow-write examples/spirals.ts [flags]",
  flags: {
    out: {
      name: "out",
      placeholder: "FILE",
      help: "where to write the picture, an SVG file",
      fallback: "spirals.svg",
      example: "spirals.svg",
      read: filePath("svg"),
    },
    threads: threadsFlag,
  },
};

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output: Output = console): Promise<number> =>
  runWithFlags(PROGRAM, args, async ({ out, threads }) => {
    const run = await onThreads(threads, () => learnSpirals([0, 100, 250, 800]));
    const picture = await drawSpirals(run);
    return pipe(
      writeText(out, `${picture}\n`),
      either.map(() => output.log(`${out}: loss ${run.losses[0]!.toFixed(3)} to ${run.losses.at(-1)!.toFixed(3)}`)),
    );
  }, output);

const writeText = (path: string, text: string): Either<string, void> =>
  either.tryCatch(
    () => Deno.writeTextFileSync(path, text),
    (error) =>
      `Cannot write the picture to ${path}: ${
        error instanceof Error ? error.message : error
      }: it must be a file that ` +
      "may be written, in a folder that exists; choose another with --out",
  );

if (import.meta.main) Deno.exit(await main(Deno.args));
