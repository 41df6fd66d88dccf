/**
 * Trees on disk.
 *
 * @module
 */
import { pipe, type TaskEither } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import type { CheckpointError } from "./errors.ts";
import { readBytes, writeEncoded } from "./files.ts";
import { leaves } from "../../autograd/tree/tree.ts";
import { decodeTree, encodeTree, type StorableTree, type StoredTree } from "./tree_codec.ts";

/**
 * Writes any tree of tensors, numbers, texts and truth values to a file, as {@link encodeTree} does: an optimizer's
 * state, keys, counters. The file is written completely or not at all: a crash leaves the old file or the new one, and
 * at most a temporary file beside it, which the next save removes.
 *
 * @param path A path or a file URL. An existing file is replaced, and its mode is kept; a symbolic link stays, and the
 * file that it leads to is replaced.
 * @param tree The tree.
 * @returns A task, which runs when it is called. Its error says why the tree could not be written.
 *
 * @example A training run that is interrupted and continues
 * ```ts
 * import { adam, denseLayer, key, loadTree, parameters, saveTree, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const optimizer = adam(), { params, state } = denseLayer(4, 2).init(key(0));
 * const training = { optimizer: optimizer.init(params), state, key: key(1), epoch: 3 };
 * const path = await Deno.makeTempFile();
 * const saved = await saveTree(path, training)();
 * assert(saved._tag === "Right");
 *
 * const loaded = await loadTree(path, training)(); // Left if the file holds another kind of tree
 * assert(loaded._tag === "Right");
 * assertEquals(parameters(loaded.right.optimizer).map(toList), parameters({ params }).map(toList));
 * assertEquals([loaded.right.key, loaded.right.epoch], [key(1), 3]);
 * await Deno.remove(path);
 * ```
 */
export function saveTree(path: string | URL, tree: StoredTree): TaskEither<CheckpointError, void>;
/**
 * Writes trees that contain an `interface`.
 *
 * @example
 * ```ts
 * import { saveTree } from "@nanograd/nanograd";
 *
 * interface Progress {
 *   epoch: number;
 * }
 * const progress: Progress = { epoch: 3 }, path = await Deno.makeTempFile();
 * await saveTree(path, progress)();
 * await Deno.remove(path);
 * ```
 */
export function saveTree<T extends StorableTree<T>>(path: string | URL, tree: T): TaskEither<CheckpointError, void>;
export function saveTree(path: string | URL, tree: unknown): TaskEither<CheckpointError, void> {
  // encodeTree throws for values that the types above do not describe.
  return writeEncoded(path, "a tree", () => encodeTree(tree as StoredTree));
}

/**
 * Reads a tree from a file that {@link saveTree} wrote.
 *
 * @param path A path or a file URL.
 * @returns A task, which runs when it is called. Its error says why the file could not be read or is not a tree.
 *
 * @example
 * ```ts
 * import { loadTree, saveTree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await saveTree(path, { epoch: 3 })();
 * assertEquals(await loadTree(path)(), { _tag: "Right", right: { epoch: 3 } });
 * await Deno.remove(path);
 * ```
 */
export function loadTree(path: string | URL): TaskEither<CheckpointError, StoredTree>;
/**
 * Reads a tree from a file that {@link saveTree} wrote, and checks that it matches the expected one.
 *
 * @param path A path or a file URL.
 * @param like A tree with the expected structure, shapes and dtypes, such as `optimizer.init(params)`.
 * @returns A task, which runs when it is called. Its error says why the file could not be read, or the path of the
 * first difference.
 *
 * @example
 * ```ts
 * import { loadTree, saveTree } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await saveTree(path, { epoch: 3 })();
 * const other = await loadTree(path, { step: 0 })();
 * await Deno.remove(path);
 * assert(other._tag === "Left" && other.left.message.includes('nothing at "step" where a number is wanted'));
 * ```
 */
export function loadTree<T extends StoredTree>(path: string | URL, like: T): TaskEither<CheckpointError, T>;
/**
 * Reads trees that contain an `interface`.
 *
 * @example
 * ```ts
 * import { loadTree, saveTree } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * interface Progress {
 *   epoch: number;
 * }
 * const like: Progress = { epoch: 0 }, path = await Deno.makeTempFile();
 * await saveTree(path, { epoch: 3 })();
 * const loaded = await loadTree(path, like)();
 * await Deno.remove(path);
 * assert(loaded._tag === "Right" && loaded.right.epoch === 3);
 * ```
 */
export function loadTree<T extends StorableTree<T>>(path: string | URL, like: T): TaskEither<CheckpointError, T>;
export function loadTree(
  path: string | URL,
  ...like: readonly [] | readonly [StoredTree]
): TaskEither<CheckpointError, StoredTree> {
  leaves(like[0]); // an infinite tree throws here, and not in the task, which must not throw
  return async () =>
    pipe(
      await readBytes(path)(),
      either.chain((bytes) => like[0] === undefined ? decodeTree(bytes) : decodeTree(bytes, like[0])),
    );
}
