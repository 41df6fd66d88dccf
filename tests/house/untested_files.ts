/**
 * Source files that no test mentions.
 *
 * @module
 */
const ROOT = new URL("../../", import.meta.url);

/** The folders of the library. */
const FOLDERS = ["autograd", "blas", "layers", "optim"];

/**
 * Lists the source files of the library, `mod.ts` excluded, that have no mirrored test (`autograd/graph.ts` has
 * `tests/autograd/graph_test.ts`), are not imported by a file under `tests/`, and are not named by their path in one.
 */
export function untestedFiles(): readonly string[] {
  const tests = filesIn("tests").map((path) => ({ path, text: Deno.readTextFileSync(new URL(path, ROOT)) }));
  const paths = new Set(tests.map(({ path }) => path)), imported = new Set(tests.flatMap(importsOf));
  const isTested = (path: string): boolean =>
    paths.has(`tests/${path.replace(/\.ts$/, "_test.ts")}`) || imported.has(path) ||
    tests.some(({ text }) => text.includes(path));
  return FOLDERS.flatMap(filesIn).filter((path) => !path.endsWith("/mod.ts") && !isTested(path)).sort();
}

/** Returns the paths of all TypeScript files in a folder, relative to the root. */
const filesIn = (folder: string): readonly string[] =>
  [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : name.endsWith(".ts") ? [`${folder}/${name}`] : []
  );

/** Returns the paths of the files that a file imports by relative specifiers. */
function importsOf({ path, text }: { readonly path: string; readonly text: string }): readonly string[] {
  const base = new URL(path, ROOT);
  return [...text.matchAll(/(?:from |import\(?)"(\.[^"]+)"/g)]
    .map(([, specifier]) => new URL(specifier!, base).pathname.slice(ROOT.pathname.length));
}
