/**
 * The files of the repository, as text.
 *
 * @module
 */
const ROOT = new URL("../../", import.meta.url);

/** Returns the paths of all TypeScript files in a folder, relative to the root. */
export const filesIn = (folder: string): readonly string[] =>
  [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : name.endsWith(".ts") ? [`${folder}/${name}`] : []
  );

/** Returns the text of a file, given by its path from the root. */
export const textOf = (path: string): string => Deno.readTextFileSync(new URL(path, ROOT));

/** Returns the paths of the files that a file imports by relative specifiers. */
export function importsOf(path: string, text: string): readonly string[] {
  const base = new URL(path, ROOT);
  return [...text.matchAll(/(?:from |import\(?)"(\.[^"]+)"/g)]
    .map(([, specifier]) => new URL(specifier!, base).pathname.slice(ROOT.pathname.length));
}
