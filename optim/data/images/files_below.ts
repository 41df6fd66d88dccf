/**
 * The files below a folder, by `node:fs/promises`, which Deno, Node and Bun all have.
 *
 * @module
 */
import { builtin } from "../../../blas/builtin_module.ts";

/** Folders deeper than this are not looked into. */
const DEEPEST = 16;

/** How many links may lie within each other: folders that all have links to each other are reached in very many ways. */
const MOST_LINKS = 2;

/**
 * Lists the files below a folder: their paths from it, with `/` between folders. Links are followed, except those that lead
 * back to a folder that they lie in, and those to folders that lie behind two other links.
 *
 * @param wanted Tells which files to list.
 * @returns `undefined` if the path leads to a file.
 * @throws {Error} If nothing is there, or it may not be read.
 */
export async function filesBelow(
  folder: string | URL,
  wanted: (name: string) => boolean,
): Promise<readonly string[] | undefined> {
  const fs = builtin("node:fs/promises"), { fileURLToPath } = builtin("node:url"), { sep } = builtin("node:path");
  const root = folder instanceof URL ? fileURLToPath(folder) : folder;
  if (!(await fs.stat(root)).isDirectory()) return undefined;
  const listed = async (prefix: string, above: readonly string[], links: number): Promise<readonly string[]> => {
    const entries = await fs.readdir(`${root}/${prefix}`, { withFileTypes: true });
    /** Where each folder really is; `undefined` for a file. */
    const folders = await Promise.all(entries.map(async (entry) => {
      if (!entry.isSymbolicLink()) return entry.isDirectory() ? above.at(-1) + sep + entry.name : undefined;
      const path = `${root}/${prefix}${entry.name}`, stat = await fs.stat(path).catch(() => undefined); // it may lead nowhere
      return stat?.isDirectory() ? await fs.realpath(path) : undefined;
    }));
    const below = entries.map(async (entry, k): Promise<readonly string[]> => {
      const path = prefix + entry.name, real = folders[k], through = entry.isSymbolicLink() ? links + 1 : links;
      if (real === undefined) return wanted(path) ? [path] : [];
      if (above.length > DEEPEST || above.includes(real) || through > MOST_LINKS) return [];
      return await listed(`${path}/`, [...above, real], through);
    });
    return (await Promise.all(below)).flat();
  };
  return await listed("", [await fs.realpath(root)], 0);
}
