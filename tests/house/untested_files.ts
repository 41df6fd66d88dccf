/**
 * Source files that no test mentions.
 *
 * @module
 */
import { filesIn, importsOf, textOf } from "./source_files.ts";

/** The folders of the library. */
const FOLDERS = ["autograd", "blas", "layers", "optim"];

/**
 * Lists the source files of the library, `mod.ts` excluded, that have no mirrored test (`autograd/graph.ts` has
 * `tests/autograd/graph_test.ts`), are not imported by a file under `tests/`, and are not named by their path in one.
 */
export function untestedFiles(): readonly string[] {
  // The tests of the house itself name files without testing them.
  const tests = filesIn("tests").filter((path) => !path.startsWith("tests/house/")).map((path) => ({
    path,
    text: textOf(path),
  }));
  const paths = new Set(tests.map(({ path }) => path)),
    imported = new Set(tests.flatMap(({ path, text }) => importsOf(path, text)));
  const isTested = (path: string): boolean =>
    paths.has(`tests/${path.replace(/\.ts$/, "_test.ts")}`) || imported.has(path) ||
    tests.some(({ text }) => text.includes(path));
  return FOLDERS.flatMap(filesIn).filter((path) => !path.endsWith("/mod.ts") && !isTested(path)).sort();
}
