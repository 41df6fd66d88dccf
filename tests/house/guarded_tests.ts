/**
 * Prints the test files that touch what a permission guards: `deno run --allow-read tests/house/guarded_tests.ts`. Run
 * without any permission, they must stand aside; all other tests never notice.
 *
 * @module
 */
import { filesIn, importsOf, textOf } from "./source_files.ts";

/** What reads, writes, starts or asks: the runtime's own functions, Node's modules, workers. */
const GUARDED = /\bDeno\.(?!test\b|bench\b|customInspect\b)|"node:|\bnew Worker\b|\bgetBuiltinModule\b/;

/**
 * Returns the paths that match `guarded` themselves, or import one that does, however indirectly.
 *
 * @param paths Which files to ask for.
 * @param read Gives the text of a file; a file that does not exist has none.
 * @param follows Which imports count: those of the library do not, since what they guard, they guard at the call.
 */
export function guardedFiles(
  paths: readonly string[],
  read: (path: string) => string,
  follows: (path: string) => boolean,
): readonly string[] {
  const known = new Map<string, boolean>();
  const isGuarded = (path: string): boolean => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    known.set(path, false); // a circle of imports adds nothing
    const text = read(path);
    const guarded = GUARDED.test(text) || importsOf(path, text).filter(follows).some(isGuarded);
    known.set(path, guarded);
    return guarded;
  };
  return paths.filter(isGuarded);
}

/** Whether a file can be one that a test gets its permissions through. */
const isOutside = (path: string): boolean => path.endsWith(".ts") && !/^(autograd|blas|layers|optim)\//.test(path);

const readIfThere = (path: string): string => {
  try {
    return textOf(path);
  } catch {
    return "";
  }
};

if (import.meta.main) {
  const tests = filesIn("tests").filter((path) => path.endsWith("_test.ts"));
  console.log(guardedFiles(tests, readIfThere, isOutside).join("\n"));
}
