/**
 * Runs on disk: a checkpoint, and beside it what the run depends on.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { Option, TaskEither } from "../../../deps.ts";
import { absolutePath } from "../../../blas/absolute_path.ts";
import { builtin } from "../../../blas/builtin_module.ts";
import * as either from "../../../blas/either.ts";
import * as option from "../../../blas/option.ts";
import { CheckpointError } from "../../../layers/checkpoint/errors.ts";
import { readBytes, writeEncoded } from "../../../layers/checkpoint/files.ts";
import { jsonProblem, parseJson } from "../../../layers/checkpoint/json.ts";
import type { StorableTree, StoredTree } from "../../../layers/checkpoint/tree_codec.ts";
import { loadTree, saveTree } from "../../../layers/checkpoint/tree_files.ts";
import { checkRecord, isRunRecord, RUN_FIELDS, type RunRecord } from "./run_record.ts";

/** A run as it was saved. */
export type SavedRun<T> = {
  /** What it depends on. */
  readonly record: RunRecord;
  /** Its state. */
  readonly state: T;
};

/** The files of a run. */
const CHECKPOINT = "checkpoint.safetensors", RECORD = "run.json";

/** The maximum number of JSON values in a record. */
const MOST_VALUES = 1_000_000;

/**
 * Saves the state of a run in a folder, and beside it what the run depends on: `checkpoint.safetensors` and `run.json`. The
 * checkpoint is written completely or not at all, through to the disk, and has the record inside too: whenever the process
 * or the machine stops, the folder has the state that was saved last, and the record that belongs to it.
 *
 * @param folder The path of a folder; it is made if it does not exist.
 * @param record What {@link runRecord} returned.
 * @param state Any tree of tensors, numbers, strings and booleans, as for `saveTree`.
 * @returns A task, which runs when it is called. Its error says why the run could not be saved.
 *
 * @example A run that stops after two steps, and goes on
 * ```ts
 * import { sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { loadRun, runRecord, saveRun } from "@nanograd/nanograd/watch";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const optimizer = sgd({ learningRate: 0.1 }), record = await runRecord({ seed: 0, settings: { learningRate: 0.1 } });
 * const start = optimizer.init(tensor64(1)), folder = await Deno.makeTempDir();
 * const state = [1, 2].map((g) => tensor64(g)).reduce(optimizer.step, start);
 * await saveRun(folder, record, state)();
 *
 * const found = await loadRun(folder, start)();
 * assert(found._tag === "Right" && found.right._tag === "Some");
 * assertEquals(toNumber(found.right.value.state.step), 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function saveRun(folder: string, record: RunRecord, state: StoredTree): TaskEither<CheckpointError, void>;
/**
 * Saves states that an `interface` is part of.
 *
 * @example
 * ```ts
 * import { runRecord, saveRun } from "@nanograd/nanograd/watch";
 *
 * interface Progress {
 *   epoch: number;
 * }
 * const progress: Progress = { epoch: 3 }, folder = await Deno.makeTempDir();
 * await saveRun(folder, await runRecord({ seed: 0 }), progress)();
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function saveRun<T extends StorableTree<T>>(
  folder: string,
  record: RunRecord,
  state: T,
): TaskEither<CheckpointError, void>;
export function saveRun(folder: string, record: RunRecord, state: unknown): TaskEither<CheckpointError, void> {
  checkFolder("save", folder);
  checkRecord("save", record);
  return async () => {
    const run = `${JSON.stringify(record, null, 2)}\n`, problem = jsonProblem(run, MOST_VALUES);
    if (problem !== undefined) return either.left(saveError("the record", problem, "give it fewer settings"));
    const own = absolutePath(folder), path = `${own}/${RECORD}`, made = await makeFolder(own);
    if (either.isLeft(made)) return made;
    // saveTree refuses what cannot be stored.
    const saved = await saveTree(`${own}/${CHECKPOINT}`, { run, state } as StoredTree)();
    if (either.isLeft(saved)) return saved;
    const before = await readBytes(path)();
    if (either.isRight(before) && new TextDecoder().decode(before.right) === run) return saved;
    return await writeEncoded(path, "the record of a run", () => new TextEncoder().encode(run))();
  };
}

/** Throws unless the folder has a name: of an empty one, the files would be those of the root. */
function checkFolder(action: string, folder: string): void {
  if (typeof folder === "string" && folder !== "") return;
  throw new TypeError(
    `Cannot ${action} a run in ${describe(folder)}: it must be the path of a folder; pass "runs/first"`,
  );
}

async function makeFolder(folder: string) {
  try {
    const fs = builtin("node:fs/promises");
    await fs.mkdir(folder, { recursive: true });
    return either.right(undefined);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const remedy = "pass the path of a folder that may be written, in Deno with --allow-read and --allow-write";
    return either.left(saveError(String(folder), problem, remedy, cause));
  }
}

const saveError = (given: string, problem: string, remedy: string, cause?: unknown): CheckpointError =>
  new CheckpointError({ action: "save a run", given, problem, remedy }, { cause });

/**
 * Loads the state of a run from the folder in which {@link saveRun} saved it.
 *
 * @param folder The path of the folder.
 * @param like A tree of the structure, shapes and dtypes wanted, such as the state at the start.
 * @returns A task, which runs when it is called: `none` if no run has been saved there, or the run. Compare its record with
 * that of the run that is about to go on, with {@link differences}. The error says why the run could not be read.
 *
 * @example
 * ```ts
 * import { loadRun } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir(), found = await loadRun(folder, { epoch: 0 })();
 * assertEquals(found, { _tag: "Right", right: { _tag: "None" } });
 * await Deno.remove(folder);
 * ```
 */
export function loadRun<T extends StoredTree>(
  folder: string,
  like: T,
): TaskEither<CheckpointError, Option<SavedRun<T>>>;
/**
 * Loads states that an `interface` is part of.
 *
 * @example
 * ```ts
 * import { loadRun } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * interface Progress {
 *   epoch: number;
 * }
 * const start: Progress = { epoch: 0 }, found = await loadRun("no/such/folder", start)();
 * assertEquals(found._tag, "Right");
 * ```
 */
export function loadRun<T extends StorableTree<T>>(
  folder: string,
  like: T,
): TaskEither<CheckpointError, Option<SavedRun<T>>>;
export function loadRun(folder: string, like: unknown): TaskEither<CheckpointError, Option<SavedRun<unknown>>> {
  checkFolder("load", folder);
  return async () => {
    const path = `${folder}/${CHECKPOINT}`;
    const loaded = await loadTree(path, { run: "", state: like } as StoredTree)(); // it is refused unless it is a tree
    if (either.isLeft(loaded)) return isMissing(loaded.left) ? either.right(option.none) : loaded;
    const { run, state } = loaded.right as unknown as { readonly run: string; readonly state: unknown }; // like that tree
    const record = recordIn(run);
    return record === undefined ? either.left(damaged(path)) : either.right(option.some({ record, state }));
  };
}

const isMissing = ({ cause }: CheckpointError): boolean =>
  cause instanceof Error && "code" in cause && cause.code === "ENOENT";

/** Parses a record; returns `undefined` if the text is not one. */
function recordIn(text: string): RunRecord | undefined {
  const parsed = parseJson(text, MOST_VALUES);
  return either.isRight(parsed) && isRunRecord(parsed.right) ? parsed.right : undefined;
}

const damaged = (path: string): CheckpointError =>
  new CheckpointError({
    action: "load a run",
    given: path,
    problem: `its record must be JSON with ${RUN_FIELDS.join(", ")}, each of its kind`,
    remedy: "start the run again, in another folder",
  });
