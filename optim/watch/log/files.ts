/**
 * Files that grow by whole records.
 *
 * @module
 */
import { builtinIfAny } from "../../../blas/builtin_module.ts";

type FileSystem = typeof import("node:fs");

/**
 * Returns `node:fs`, without an import that a bundler for browsers would fail on.
 *
 * @param action What it is needed for, for the error message.
 * @throws {TypeError} If the runtime has no files, as in a browser.
 */
export function fileSystem(action: string): FileSystem {
  const fs = builtinIfAny("node:fs");
  if (fs !== undefined) return fs;
  throw new TypeError(
    `Cannot ${action} in a runtime without files: it must be Deno, Node 20.16 or later, or Bun; run it there`,
  );
}

/** How a file is written. */
export type Appending = {
  readonly fs: FileSystem;
  /** Whether each record is on the disk before the next step, so that it outlives a power failure too. */
  readonly durable: boolean;
};

/** The mode of a file, such as `0o600`; `undefined` if the file does not exist. */
const modeOf = (fs: FileSystem, path: string): number | undefined =>
  fs.existsSync(path) ? fs.statSync(path).mode & 0o777 : undefined;

/**
 * Appends bytes in one call of the operating system: a process that is killed leaves all of them or, at worst, a torn end,
 * which is moved aside when the file is opened again. If it fails, as on a full disk, the file is as it was.
 *
 * @param mode The mode of a file that does not exist yet.
 */
export function append({ fs, durable }: Appending, path: string, bytes: Uint8Array | string, mode = 0o666): void {
  const file = fs.openSync(path, "a", mode), data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  let at = 0;
  try {
    while (at < data.length) at += fs.writeSync(file, data, at, data.length - at);
    if (durable) fs.fsyncSync(file);
  } catch (error) {
    if (at > 0) fs.ftruncateSync(file, fs.fstatSync(file).size - at);
    throw error;
  } finally {
    fs.closeSync(file);
  }
}

/**
 * Replaces a file in one step: other processes, and those that come after a crash, see the old file or the new one. The mode
 * stays; if the path is a symbolic link, the file that it leads to is replaced.
 */
export function replace({ fs }: Appending, path: string, text: string): void {
  const mode = modeOf(fs, path), target = mode === undefined ? path : followed(fs, path), temporary = `${target}.tmp`;
  try {
    const file = fs.openSync(temporary, "w", mode === undefined ? 0o666 : 0o600);
    try {
      if (mode !== undefined) fs.fchmodSync(file, mode);
      fs.writeFileSync(file, text);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Follows a link to a file. Links among its folders stay: Deno may not be permitted to write where they lead. */
const followed = (fs: FileSystem, path: string): string =>
  fs.lstatSync(path).isSymbolicLink() ? fs.realpathSync(path) : path;

/** Reads a file as text; `""` if the file does not exist. */
export const readText = ({ fs }: Appending, path: string): string =>
  fs.existsSync(path) ? fs.readFileSync(path, "utf8") : "";

/**
 * Moves text out of a file, so that the next record begins on a line of its own. Nothing is deleted: the text is appended to
 * `path.aside`.
 *
 * @param kept The text that stays.
 * @param aside The text that goes.
 */
export function setAside(writing: Appending, path: string, kept: string, aside: string): void {
  if (aside === "") return;
  // First the copy, then the cut: a crash in between leaves the text twice, and never nowhere.
  append(writing, `${path}.aside`, aside.endsWith("\n") ? aside : `${aside}\n`, modeOf(writing.fs, path));
  replace(writing, path, kept);
}
