/**
 * Reads files with `node:fs/promises`, which Deno, Node and Bun all have. It is looked up when it is first used, so that
 * a browser can load this module.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import { absolutePath } from "../../blas/absolute_path.ts";
import { builtin } from "../../blas/builtin_module.ts";
import { refuseDevice } from "../../blas/device_files.ts";
import { describe } from "../../blas/describe.ts";
import { DataError, problemOf } from "./data_error.ts";

/** Makes the error of a path that cannot be read. */
export function pathError(action: string, path: string | URL, cause: unknown): DataError {
  const remedy = "pass a path that exists and may be read, in Deno with --allow-read";
  return new DataError({
    action,
    given: path === "" ? describe(path) : String(path),
    problem: problemOf(cause),
    remedy,
  }, { cause });
}

/**
 * Reads a whole file.
 *
 * @param action The action for the error, such as `"read CSV"`.
 */
export async function readFile(action: string, path: string | URL): Promise<Either<DataError, Uint8Array>> {
  try {
    const fs = builtin("node:fs/promises"), own = absolutePath(path);
    refuseDevice(await fs.stat(own));
    return either.right(new Uint8Array(await fs.readFile(own)));
  } catch (cause) {
    return either.left(pathError(action, path, cause));
  }
}
