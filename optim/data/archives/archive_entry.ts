/**
 * Files in archives.
 *
 * @module
 */

/** A file of an archive: its path, with `/` between folders, and what is in it. */
export type ArchiveEntry = { readonly name: string; readonly bytes: Uint8Array };

/** What archives are refused for. */
export type ArchiveLimits = {
  /**
   * The most bytes that all files may take unpacked. If left out, 32 times those of the archive, but not less than 64 MiB nor
   * more than 1 GiB.
   */
  readonly maxBytes?: number | undefined;
};

/**
 * Returns the most bytes that an archive of so many may unpack to if no limit is given. Pictures are compressed already, and
 * those of MNIST, in an array that is gzipped, take 5 times their file; a file of zeros would take 1000 times.
 */
export const mostBytes = (packed: number): number => Math.min(2 ** 30, Math.max(2 ** 26, 32 * packed));

/** The most files. */
export const MOST_FILES = 2 ** 20;

/** Returns the name by which a file is known: `./a//b` is `a/b`. */
export const plainName = (name: string): string =>
  name.split("/").filter((part) => part !== "" && part !== ".").join("/");

/**
 * Says what is wrong with the name of a file: one that leads out of the archive's own folder, or means something else on
 * another system. Nothing is ever written under these names; this keeps code safe that uses them later.
 */
export function nameProblem(name: string): string | undefined {
  if (name === "" || name.length > 4096) return "a file must have a name of at most 4096 characters";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "its path must not be absolute";
  if (name.split("/").includes("..")) return "its path must not lead out of the archive, with ..";
  // deno-lint-ignore no-control-regex -- control characters are what must not be there
  if (/[\\\u0000-\u001f]/.test(name)) return "its path must not have backslashes or control characters";
  return undefined;
}
