/**
 * The MNIST program's runs on disk, so that they can go on after they were stopped.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import type { Optimizer, ParameterTree, Variables } from "../mod.ts";
import { differences, loadRun, type RunRecord, runRecord, saveRun } from "../optim/watch/mod.ts";
import type { Settings } from "./arguments.ts";
import type { Mnist } from "./mnist_data.ts";
import { type CurvePoint, startTraining, type Training } from "./training.ts";

/** Where a run is. */
export type Position<P extends ParameterTree, S extends ParameterTree> = {
  /** The epoch that it is in, counted from 0; after the last, their number. */
  readonly epoch: number;
  readonly training: Training<P, S>;
  /** The results on the test set after each epoch. */
  readonly testCurve: readonly CurvePoint[];
};

/** The settings that the numbers of a run depend on. */
const NUMBERS = ["epochs", "batch", "learningRate", "seed", "limit"] as const;

/** Records what a run depends on. */
export function recordOf({ train, test }: Mnist, settings: Settings): Promise<RunRecord> {
  const { seed, epochs, batch, learningRate, limit } = settings;
  return runRecord({ seed, settings: { epochs, batch, learningRate, limit: limit ?? null }, data: { train, test } });
}

/**
 * Returns the settings of the run in a folder, with those that its numbers do not depend on as they are now.
 *
 * @param fallbacks The settings of a command line without flags: what differs from them, and from the run, was asked for.
 */
export async function resumedSettings(now: Settings, fallbacks: Settings): Promise<Either<string, Settings>> {
  const path = `${now.run}/run.json`;
  const text = await Deno.readTextFile(path).catch((error: unknown) =>
    error instanceof Deno.errors.NotFound ? undefined : Promise.reject(error)
  );
  const missing = `Cannot go on with the run in ${now.run}: no run is saved there; start one without --resume`;
  if (text === undefined) return either.left(missing);
  const { seed, settings } = JSON.parse(text) as RunRecord; // saveRun has written it
  const { limit, ...rest } = settings;
  const then = { ...now, ...rest, seed, limit: limit ?? undefined } as Settings; // recordOf has written them
  const other = NUMBERS.find((name) => now[name] !== then[name] && now[name] !== fallbacks[name]);
  if (other === undefined) return either.right(then);
  return either.left(
    `Cannot go on with the run in ${now.run} with ${other} ${now[other]}: it was started with ${
      then[other]
    }, and its ` +
      "numbers depend on it; leave the flag out, or start another run without --resume",
  );
}

/** Saves a run, completely or not at all; one that has diverged leaves what was saved before. */
export async function savePosition<P extends ParameterTree, S extends ParameterTree>(
  folder: string,
  record: RunRecord,
  { epoch, training: { optimizer, state, ...measured }, testCurve }: Position<P, S>,
): Promise<Either<string, void>> {
  if (!Number.isFinite(measured.epoch.loss.total)) return either.right(undefined);
  // Finite numbers come back from JSON as they were, to the last bit.
  const progress = JSON.stringify({ epoch, measured, testCurve });
  return either.mapLeft(({ message }: Error) => message)(
    await saveRun(folder, record, { optimizer, state, progress })(),
  );
}

/** Loads the run in a folder. */
export async function loadPosition<P extends ParameterTree, S extends ParameterTree>(
  folder: string,
  record: RunRecord,
  variables: Variables<P, S>,
  optimizer: Optimizer,
): Promise<Either<string, Position<P, S>>> {
  const { optimizer: start, state } = startTraining(variables, optimizer);
  const loaded = await loadRun(folder, { optimizer: start, state, progress: "" })();
  if (either.isLeft(loaded)) return either.left(loaded.left.message);
  if (loaded.right._tag === "None") {
    return either.left(`Cannot go on with the run in ${folder}: its checkpoint is missing`);
  }
  const { record: then, state: { progress, ...learned } } = loaded.right.value, changes = differences(then, record);
  const others = changes.filter((change) => /^(seed|settings|data)\b/.test(change));
  if (others.length > 0) {
    const remedy = "give it what it had, or start another run without --resume";
    return either.left(`Cannot go on with the run in ${folder}: ${others.join("; ")}: a run stays the same; ${remedy}`);
  }
  if (changes.length > 0) console.log(`The last bits may differ from those of one run: ${changes.join("; ")}`);
  type Progress = Pick<Position<P, S>, "epoch" | "testCurve"> & {
    readonly measured: Omit<Training, "optimizer" | "state">;
  };
  const { epoch, measured, testCurve } = JSON.parse(progress) as Progress; // savePosition has written it
  return either.right({ epoch, training: { ...learned, ...measured } as Training<P, S>, testCurve });
}
