/**
 * The tests that are most likely to notice a change of a file, in stages.
 *
 * @module
 */

/** Tests that go through all operations, layers and optimizers. */
const GENERAL: readonly string[] = [
  "tests/autograd/ops/all_ops_test.ts",
  "tests/autograd/compile/all_primitives_test.ts",
  "tests/autograd/compile/random_functions_test.ts",
  "tests/layers/layers_test.ts",
  "tests/layers/compiled_layers_test.ts",
  "tests/soak/soak_test.ts",
];

/** The largest number of tests in the first stage: the mirrored one comes first, then those of its folder. */
const MOST = 12;

/**
 * Returns the tests to run for a changed file, stage by stage: those that mirror it or import it, those of its folder, and
 * those that go through everything. No test is in two stages, and no stage is empty.
 *
 * @param tests The paths of all tests.
 * @param imported The files that each of them imports.
 */
export function stagesOf(
  file: string,
  tests: readonly string[],
  imported: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const mirror = `tests/${file.replace(/\.ts$/, "_test.ts")}`, folder = mirror.slice(0, mirror.lastIndexOf("/"));
  const own = tests.filter((test) => test === mirror || imported.get(test)?.includes(file) === true);
  const near = tests.filter((test) => test.startsWith(`${folder}/`) && !test.slice(folder.length + 1).includes("/"));
  const seen = new Set<string>();
  return [sortedBy(mirror, own).slice(0, MOST), near, GENERAL.filter((test) => tests.includes(test))]
    .map((stage) => stage.filter((test) => !seen.has(test) && seen.add(test)))
    .filter((stage) => stage.length > 0);
}

/** Sorts tests: the mirrored one comes first, then those of its folder, then the rest. */
const sortedBy = (mirror: string, tests: readonly string[]): readonly string[] => {
  const folder = mirror.slice(0, mirror.lastIndexOf("/"));
  const rank = (test: string): number => test === mirror ? 0 : test.startsWith(`${folder}/`) ? 1 : 2;
  return tests.toSorted((a, b) => rank(a) - rank(b));
};
