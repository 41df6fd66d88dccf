/**
 * Programs that several threads run, against the same programs on one thread: equal to the last bit.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { optimize } from "../../../blas/program/passes/mod.ts";
import { type Pool, startPool } from "../../../blas/threaded/pool.ts";
import { numbersOf, programOf, randomOf } from "../program/programs.ts";
import { cnnStep, mlpStep } from "../program/training_steps.ts";
import { resultsOf, withNumbers } from "../simd/program/program_runs.ts";
import { carriedOf, DTYPES, seeds } from "../simd/program/small_programs.ts";

const runs = 4;

async function withPool(threads: number, f: (pool: Pool) => void): Promise<void> {
  const pool = await startPool(threads, { least: 0, choice: () => ({ next: () => true, took: () => {} }) });
  try {
    f(pool);
  } finally {
    await pool.close();
  }
}

Deno.test("a random program gives the same bits on three threads as on one", () =>
  withPool(3, (team) =>
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), fc.boolean(), (seed, count, carry) => {
        const random = randomOf(seed), program = programOf(random, count, random.pick(DTYPES));
        const carried = carry ? carriedOf(random, program) : [];
        const given = program.parameters.map((one) => numbersOf(random, one));
        assertEquals(resultsOf(program, given, { carried, team }, runs), resultsOf(program, given, { carried }, runs));
      }),
      { numRuns: 100, endOnFailure: true },
    )));

Deno.test("training steps give the same bits on two and four threads as on one", async () => {
  const random = randomOf(8);
  for (const traced of [mlpStep(33, [40, 50, 10]), cnnStep(5, 12, [4, 8, 9])]) {
    const program = withNumbers(optimize(traced)), given = program.parameters.map((one) => numbersOf(random, one));
    const wanted = resultsOf(program, given, {}, runs);
    for (const threads of [2, 4]) {
      await withPool(threads, (team) => assertEquals(resultsOf(program, given, { team }, runs), wanted));
    }
  }
});
