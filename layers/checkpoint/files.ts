/**
 * Files, read whole and written whole.
 *
 * @module
 */
import { type Either, either, type TaskEither } from "../../deps.ts";
import { CheckpointError } from "./errors.ts";

const fileError = (action: string, path: string | URL, cause: unknown, remedy: string): CheckpointError =>
  new CheckpointError({
    action,
    given: String(path),
    problem: cause instanceof Error ? cause.message : String(cause),
    remedy,
  }, { cause });

/** Reads a file. */
export function readBytes(path: string | URL): TaskEither<CheckpointError, Uint8Array> {
  return async () => {
    try {
      return either.right(await Deno.readFile(path));
    } catch (cause) {
      return either.left(
        fileError("read a checkpoint", path, cause, "pass a file that may be read, with --allow-read"),
      );
    }
  };
}

/**
 * Encodes something and writes it, at once or not at all.
 *
 * @param what What it is, in words.
 * @param encode What it throws becomes the task's error, and nothing is written.
 */
export function writeEncoded(
  path: string | URL,
  what: string,
  encode: () => Uint8Array,
): TaskEither<CheckpointError, void> {
  return () => {
    try {
      return writeBytes(path, encode());
    } catch (cause) {
      if (cause instanceof CheckpointError) return Promise.resolve(either.left(cause));
      const problem = cause instanceof Error ? cause.message : String(cause);
      const details = { action: "write a checkpoint", given: what, problem, remedy: "nothing was written" };
      return Promise.resolve(either.left(new CheckpointError(details, { cause })));
    }
  };
}

/**
 * Writes a file at once or not at all. The bytes go to a temporary file in the same folder, to the disk, and only then
 * under the name wanted: renaming replaces a file in one step.
 */
async function writeBytes(path: string | URL, bytes: Uint8Array): Promise<Either<CheckpointError, void>> {
  const temporary = beside(path);
  try {
    const file = await Deno.open(temporary, { write: true, createNew: true });
    try {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
    return either.right(undefined);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => undefined); // it may never have come to be
    return either.left(
      fileError("write a checkpoint", path, cause, "pass a path in a folder that may be written, with --allow-write"),
    );
  }
}

/** A path in the same folder that no file has. */
function beside(path: string | URL): string | URL {
  const suffix = `.${crypto.randomUUID()}.tmp`;
  if (typeof path === "string") return `${path}${suffix}`;
  const url = new URL(path);
  url.pathname += suffix;
  return url;
}
