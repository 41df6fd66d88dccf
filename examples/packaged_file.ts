/**
 * Files that come with npm packages.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";

/**
 * Reads a file of a package.
 *
 * @param what The data that it belongs to, such as `"MNIST"`.
 * @param read Reads the file, and may throw.
 * @returns The result of `read`, or an error.
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
