/**
 * The files below a folder, by `node:fs/promises`, which Deno, Node and Bun all have.
 *
 * @module
 */
import { builtin } from "../../../blas/builtin_module.ts";

/** Folders deeper than this are not looked into. */
const DEEPEST = 16;

/**
 * Lists the files below a folder: their paths from it, with `/` between folders. Links to files count as files; links to
 * folders are not followed, since they could lead in a circle.
 *
 * @param wanted Tells which files to list.
 * @returns `undefined` if the path leads to a file.
 * @throws {Error} If nothing is there, or it may not be read.
 */
export async function filesBelow(
  folder: string | URL,
  wanted: (name: string) => boolean,
): Promise<readonly string[] | undefined> {
  const fs = builtin("node:fs/promises"), { fileURLToPath } = builtin("node:url");
  const root = folder instanceof URL ? fileURLToPath(folder) : folder;
  if (!(await fs.stat(root)).isDirectory()) return undefined;
  const listed = async (prefix: string, depth: number): Promise<readonly string[]> => {
    const entries = await fs.readdir(`${root}/${prefix}`, { withFileTypes: true });
    const below = entries.filter((entry) => entry.isDirectory() && depth < DEEPEST)
      .map((entry) => listed(`${prefix}${entry.name}/`, depth + 1));
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => prefix + name).filter(wanted);
    return [...names, ...(await Promise.all(below)).flat()];
  };
  return await listed("", 0);
}
