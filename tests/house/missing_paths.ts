/**
 * Paths of files that documents and comments name, and that do not exist.
 *
 * @module
 */

/**
 * Lists the paths that inline code of a document names, and that no file or folder has: paths from the root, names of
 * TypeScript files, and names of folders, which end with a slash. Blocks of code have tests of their own, and a file
 * that the document tells its reader to write, after "New file", need not exist.
 *
 * @param files The paths of all files of the repository.
 */
export function missingPathsInDocument(text: string, files: readonly string[]): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, ""), written = namesIn(prose, /New file `([^`]+)`/g);
  const folders = new Set(files.filter((path) => path.includes("/")).map((path) => path.split("/")[0]!));
  const isMeant = (name: string): boolean => /\w(?:\.ts|\/)$/.test(name) || folders.has(name.split("/")[0]!);
  return namesIn(prose, /`([^`\n]+)`/g).flatMap((code) => namesIn(code, /(?<![\w.:@*/-])([\w-][\w./-]*)/g))
    .filter((name) => isMeant(name) && !written.includes(name) && !name.endsWith("/dist")) // made by a task
    .filter((name) => !isPath(name, files));
}

/** Lists the names of TypeScript files in the comments of a program that no file has. */
export function missingPathsInComments(program: string, files: readonly string[]): readonly string[] {
  return namesIn(program, /^\s*(?:\/\*\*|\*|\/\/)(.*)$/gm)
    .flatMap((comment) => namesIn(comment, /(?<![\w."/-])([\w][\w./-]*\.ts)\b/g))
    .filter((name) => !isPath(name, files));
}

const namesIn = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, name]) => name!);

/** Tells whether a file has this path, or its path ends so; or whether it is in a folder that does. */
const isPath = (name: string, files: readonly string[]): boolean =>
  files.some((path) => `/${path}/`.includes(`/${name.replace(/\/$/, "")}/`));
