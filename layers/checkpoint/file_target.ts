/**
 * The file that is replaced when data is saved under a path.
 *
 * @module
 */
import { absolutePath } from "../../blas/absolute_path.ts";
import { builtin } from "../../blas/builtin_module.ts";

/** Tells whether an error says that a file does not exist. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/**
 * Returns the absolute path of the file itself, with symbolic links to it followed: renaming another file to the path of a link
 * would replace the link.
 *
 * @param path A path or a file URL; the file need not exist, not even at the end of a link.
 */
export async function targetOf(path: string | URL): Promise<string> {
  const { fileURLToPath } = builtin("node:url");
  return await followed(absolutePath(path instanceof URL ? fileURLToPath(path) : path));
}

/** How many links may lead to each other, as on Linux. */
const MOST_LINKS = 40;

async function followed(path: string, links = 0): Promise<string> {
  const fs = builtin("node:fs/promises"), { dirname, isAbsolute, sep } = builtin("node:path");
  const stat = await fs.lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (stat?.isSymbolicLink() !== true) return path;
  if (links === MOST_LINKS) throw new Error("too many symbolic links lead to each other");
  // Links among the folders, which ".." may follow, are left to the system: Deno may not be permitted to see where they lead.
  const end = await fs.readlink(path);
  return await followed(isAbsolute(end) ? end : dirname(path) + sep + end, links + 1);
}

/** What a file keeps when it is replaced. */
export type FileRights = {
  /** The mode, such as `0o600`. */
  readonly mode: number;
  /** The user who owns the file. */
  readonly uid: number;
  /** The group of the file. */
  readonly gid: number;
};

/**
 * Returns the mode and the owner of the file that will be replaced.
 *
 * @returns `undefined` if the file does not exist.
 * @throws {Error} If the path leads to something else, such as a folder or a device.
 */
export async function rightsOf(path: string): Promise<FileRights | undefined> {
  const fs = builtin("node:fs/promises");
  try {
    const stat = await fs.stat(path);
    if (!stat.isFile()) throw new Error("it is not a regular file");
    return { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
