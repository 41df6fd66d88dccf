/**
 * Changes the library in a copy, one small change at a time, and prints the changes that no test notices:
 * `deno task mutate --count=100 --seed=1 --only=optim`.
 *
 * Mutations are drawn at random, by the seed, from the files of `autograd/`, `blas/`, `layers/` and `optim/` whose path
 * contains `--only`. For each, the tests of the changed file run first, then those of its folder, then those that go through
 * everything; the first failure kills it. Survivors are printed with their places. Type errors do not count: tests run
 * without type checks.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { numbersFrom } from "../soak/draw_program.ts";
import { filesIn, importsOf, textOf } from "../house/source_files.ts";
import { type Mutation, mutationsOf } from "./sites.ts";
import { stagesOf } from "./stages.ts";

const { count = "100", seed = "1", only = "" } = parseArgs(Deno.args, { string: ["count", "seed", "only"] }) as {
  readonly [option: string]: string | undefined; // all of them are declared as strings
};

/** The time in milliseconds after which tests that have not ended count as failed. */
const LIMIT = 180_000;

const root = new URL("../../", import.meta.url).pathname;

/** Runs a program and tells whether it succeeded. */
async function succeeds(command: string, args: readonly string[], cwd: string): Promise<boolean> {
  const signal = AbortSignal.timeout(LIMIT);
  const child = new Deno.Command(command, { args: [...args], cwd, stdout: "null", stderr: "null", signal }).spawn();
  return (await child.status).success;
}

const test = (files: readonly string[]): Promise<boolean> =>
  succeeds(Deno.execPath(), ["test", "-P=full", "--no-check", "--quiet", "--fail-fast", ...files], copy);

/** Returns the index of the stage whose tests fail, or the number of stages if none does. */
async function killedBy({ file, start, end, replacement }: Mutation): Promise<number> {
  const original = textOf(file), path = `${copy}/${file}`;
  await Deno.writeTextFile(path, original.slice(0, start) + replacement + original.slice(end));
  const stages = stagesOf(file, tests, imported);
  try {
    for (const [k, files] of stages.entries()) if (!await test(files)) return k;
    return stages.length;
  } finally {
    await Deno.writeTextFile(path, original);
  }
}

const tests = filesIn("tests").filter((path) => path.endsWith("_test.ts"));
const imported = new Map(tests.map((path) => [path, importsOf(path, textOf(path))]));
const sources = ["autograd", "blas", "layers", "optim"].flatMap(filesIn).filter((path) => path.includes(only)).sort();
const all = sources.flatMap((file) => mutationsOf(file, textOf(file))), draw = numbersFrom(Number(seed));
if (all.length === 0) {
  throw new RangeError(`Cannot mutate files named "${only}": none has a mutation; pass another --only`);
}
const drawn = Array.from({ length: Number(count) }, () => all[draw(all.length)]!);

const copy = await Deno.makeTempDir({ prefix: "mutations-" });
console.log(`${drawn.length} of ${all.length} mutations of ${sources.length} files`);
let killed = 0;
const survivors: Mutation[] = [];
try {
  if (!await succeeds("cp", ["-r", `${root}.`, copy], root)) throw new Error(`Cannot copy the repository to ${copy}`);
  for (const [k, mutation] of drawn.entries()) {
    const { file, line, what } = mutation, stage = await killedBy(mutation);
    if (stage < stagesOf(file, tests, imported).length) killed++;
    else survivors.push(mutation);
    const outcome = survivors.at(-1) === mutation ? "SURVIVED" : `killed in stage ${stage + 1}`;
    console.log(`${k + 1} ${outcome}: ${file}:${line}: ${what.replaceAll(/\s+/g, " ")}`);
  }
} finally {
  await Deno.remove(copy, { recursive: true });
}
console.log(`${killed} of ${drawn.length} killed`);
for (const { file, line, what } of survivors) console.log(`survived: ${file}:${line}: ${what.replaceAll(/\s+/g, " ")}`);
