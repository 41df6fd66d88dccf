/**
 * Reads and writes whole files with `node:fs/promises`, which Deno, Node and Bun all have. It is looked up
 * when it is first used, so that a browser can load this module.
 *
 * @module
 */
import type { Either, TaskEither } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import { absolutePath } from "../../blas/absolute_path.ts";
import { builtin } from "../../blas/builtin_module.ts";
import { refuseDevice } from "../../blas/device_files.ts";
import { describe } from "../../blas/describe.ts";
import { CheckpointError } from "./errors.ts";
import { type FileRights, isMissing, rightsOf, targetOf } from "./file_target.ts";
import { removeStale, temporaryFor, temporaryWithoutProcess } from "./temporary_files.ts";

/** The most that is read or written at once: Node's calls take at most 2^31 - 1 bytes. */
const CHUNK = 0x1000_0000; // 256 MiB

const fileError = (action: string, path: unknown, cause: unknown, remedy: string): CheckpointError =>
  new CheckpointError({
    action,
    given: path !== "" && typeof path === "string" || path instanceof URL ? String(path) : describe(path),
    problem: cause instanceof Error ? cause.message : String(cause),
    remedy,
  }, { cause });

/** Reads a file. */
export function readBytes(path: string | URL): TaskEither<CheckpointError, Uint8Array> {
  return async () => {
    try {
      return either.right(await readAll(path));
    } catch (cause) {
      return either.left(
        fileError("read a checkpoint", path, cause, "pass a file that may be read, in Deno with --allow-read"),
      );
    }
  };
}

/** Tells whether a file is in the folder of another one, or in a folder there, once symbolic links are followed. */
export async function isBeside(path: string | URL, other: string | URL): Promise<boolean> {
  const { realpath } = builtin("node:fs/promises"), { dirname, sep } = builtin("node:path");
  try {
    const folder = dirname(await realpath(other)), own = await realpath(path);
    return own.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  } catch {
    return true; // there is no such file: reading it says so
  }
}

async function readAll(path: string | URL): Promise<Uint8Array> {
  const { open } = builtin("node:fs/promises"), file = await open(absolutePath(path), "r");
  try {
    const stat = await file.stat();
    refuseDevice(stat);
    if (!stat.isFile()) return await file.readFile(); // a pipe has no size
    const bytes = new Uint8Array(stat.size);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, bytes.length - at), null);
      if (bytesRead === 0) return bytes.subarray(0, at); // the file has been truncated meanwhile
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/**
 * Encodes a value and writes it, completely or not at all.
 *
 * @param what A description of it.
 * @param encode Returns the bytes. An error that it throws becomes the task's error, and nothing is written.
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
 * Writes a file completely or not at all. The bytes are written to a temporary file in the same folder and flushed to
 * the disk; only then is that file renamed, which replaces the old file in one step. The new file gets the mode of the
 * file that it replaces, and its owner and group where the process may give files away; if the path is a symbolic link, the file that it leads to is replaced.
 */
async function writeBytes(path: string | URL, bytes: Uint8Array): Promise<Either<CheckpointError, void>> {
  try {
    const target = await targetOf(path), rights = await rightsOf(target);
    await removeStale(target);
    const isReplaced = await replaceFile(target, temporaryFor(target), bytes, rights).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      return false;
    });
    // Another container or machine that saves in this folder cannot see this process, and took its file for an abandoned one.
    if (!isReplaced) await replaceFile(target, temporaryWithoutProcess(target), bytes, rights);
    return either.right(undefined);
  } catch (cause) {
    const remedy = "pass a path in a folder that may be written, in Deno with --allow-read and --allow-write";
    return either.left(fileError("write a checkpoint", path, cause, remedy));
  }
}

/** Replaces a file in one step. */
async function replaceFile(
  target: string,
  temporary: string,
  bytes: Uint8Array,
  rights: FileRights | undefined,
): Promise<true> {
  const fs = builtin("node:fs/promises");
  try {
    await writeNew(temporary, bytes, rights);
    await fs.rename(temporary, target);
    return true;
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined); // it may not exist
    throw error;
  }
}

/** Writes a file that does not exist yet, and flushes it to the disk. */
async function writeNew(path: string, bytes: Uint8Array, rights: FileRights | undefined): Promise<void> {
  const { open } = builtin("node:fs/promises");
  // If a mode is given, nobody else may read the file before it has that mode, whatever the umask of the process is.
  const file = await open(path, "wx", rights === undefined ? 0o666 : 0o600);
  try {
    if (rights !== undefined) await giveTo(path, rights);
    for (let at = 0; at < bytes.length;) {
      at += (await file.write(bytes, at, Math.min(CHUNK, bytes.length - at), null)).bytesWritten;
    }
    if (rights !== undefined) await file.chmod(rights.mode); // last, since a change of owner or a write clears some of its bits
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file to an owner and a group, where it has others and the process may do that. */
async function giveTo(path: string, { uid, gid }: FileRights): Promise<void> {
  const { chown, stat } = builtin("node:fs/promises"), own = await stat(path);
  if (own.uid !== uid || own.gid !== gid) {
    await chown(path, uid, gid).catch(() => chown(path, own.uid, gid)).catch(() => undefined);
  }
}
