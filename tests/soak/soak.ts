/**
 * Tries to break the library for as long as you like: `deno task soak --minutes=60 --seed=1`.
 *
 * Random programs of public operations are run plainly, compiled, batched, on two threads, and in machine code, on one thread
 * and on two, where it is available; values, gradients and second derivatives must agree, and gradients must agree with finite differences. A program
 * that fails is shrunk and printed as TypeScript. Decoders are given damaged files. The memory of the process is watched. The
 * exit code is 1 if anything failed.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { machineEngine, threadedEngine } from "../../blas/mod.ts";
import { checksFor } from "./checks.ts";
import { damageDecoders } from "./decoders.ts";
import { checkSeed } from "./run_checks.ts";

const { minutes = "60", seed = "1", most = "14" } = parseArgs(Deno.args, { string: ["minutes", "seed", "most"] }) as {
  readonly [option: string]: string | undefined; // all of them are declared as strings
};

/** The number of programs between two reports, and of damaged files for each program. */
const REPORT = 500, FILES = 4;

/** How many bytes the process may grow by after the first report. */
const GROWTH = 512 * 2 ** 20;

const threads = await threadedEngine(2), machine = await machineEngine({ fallback: true });
const both = await machineEngine({ threads: 2, fallback: true });
const machines = machine.name === "simd" ? {} : { [machine.name]: machine, [both.name]: both };
const checks = checksFor({ "two threads": threads, ...machines });
const end = performance.now() + 60_000 * Number(minutes);
let next = Number(seed), programs = 0, discarded = 0, failed = 0, files = 0, first: number | undefined;

const report = (): void => {
  const { rss } = Deno.memoryUsage();
  first ??= rss;
  console.log(
    `${programs} programs, ${discarded} of them discarded, ${files} damaged files, ${failed} failures, next seed ${next}, ` +
      `${(rss / 2 ** 20).toFixed(0)} MiB`,
  );
  if (rss - first > GROWTH) {
    failed++;
    console.log(`The process has grown by ${((rss - first) / 2 ** 20).toFixed(0)} MiB`);
    first = rss;
  }
};

while (performance.now() < end) {
  const { failures, discarded: isDiscarded } = checkSeed(next, checks, Number(most));
  for (const { check, seed, problem, text } of failures) {
    failed++;
    console.log(`\nSeed ${seed}, ${check}: ${problem}\n${text}\n`);
  }
  const damaged = damageDecoders(next, FILES);
  for (const problem of damaged) {
    failed++;
    console.log(`\nSeed ${next}, decoders: ${problem}\n`);
  }
  files += FILES;
  programs++;
  if (isDiscarded) discarded++;
  next++;
  if (programs % REPORT === 0) report();
  await new Promise((resolve) => setTimeout(resolve)); // the runtime frees code and finished workers' memory between tasks
}
report();
threads.close();
both.close();
if (failed > 0) Deno.exit(1);
