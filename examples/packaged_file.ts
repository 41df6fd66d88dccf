/**
 * Files that come with npm packages.
 *
 * @module
 */
import { type Either, either } from "../deps.ts";

/**
 * Reads a file of a package.
 *
 * @param what What it is part of, such as `"MNIST"`.
 * @param read What reads it, and may throw.
 * @returns What was read, or a sentence on why it was not.
 */
export function readPackaged<A>(what: string, read: () => A): Either<string, A> {
  return either.tryCatch(read, (error) => {
    const remedy = error instanceof Deno.errors.NotCapable
      ? "run it with --allow-read"
      : "delete that folder, so that Deno fetches the package again";
    return `Cannot read ${what}: ${
      error instanceof Error ? error.message : error
    }: the file must be readable; ${remedy}`;
  });
}
