/**
 * Files in archives.
 *
 * @module
 */

/** A file of an archive: its path, with `/` between folders, and what is in it. */
export type ArchiveEntry = { readonly name: string; readonly bytes: Uint8Array };

/** What archives are refused for. */
export type ArchiveLimits = {
  /** The most bytes that all files may take unpacked, 2^30 if left out: 1 GiB. */
  readonly maxBytes?: number | undefined;
};

/** The most bytes if no limit is given. */
export const MOST_BYTES = 2 ** 30;

/** The most files. */
export const MOST_FILES = 2 ** 20;

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
