/**
 * Jobs that go wrong: the whole job ends, soon, with an error and a message.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertNotEquals, assertStringIncludes } from "@std/assert";
import { denoRun, type InstalledLauncher, MPICH, OPEN_MPI, run, start } from "./jobs.ts";

const program = (how: string, library: readonly string[] = []) =>
  denoRun("tests/optim/distributed/failing_program.ts", [how, ...library]);

/** Returns how long a job has lasted after one of its ranks went wrong. */
const secondsSince = (errors: string, ended: number): number =>
  (ended - Number(/goes wrong at (\d+)/.exec(errors)![1])) / 1000;

/** How a rank goes wrong, and what the user reads. */
const FAILURES = [
  ["throws", "throw", "this rank has had enough"],
  ["exits with code 0", "exit", "Cannot end rank 1 of 2 before the others: each rank must call close()"],
  ["is killed", "kill", "9"],
] as const;

for (const [name, launcher] of [["Open MPI", OPEN_MPI], ["MPICH", MPICH]] as const) {
  for (const [what, how, message] of FAILURES) {
    Deno.test({
      name: `a job on ${name} ends if one of its ranks ${what}`,
      ignore: launcher === undefined,
      fn: async () => {
        const { code, out, errors, ended } = await start(launcher as InstalledLauncher, 2, program(how));
        assertNotEquals(code, 0, out + errors);
        assertLess(secondsSince(errors, ended), 5);
        assertStringIncludes(out + errors, message);
      },
    });
  }
}

Deno.test({
  name: "ranks that exchange different shapes are told so, all of them, and do not wait",
  ignore: OPEN_MPI === undefined,
  fn: async () => {
    const { code, out, errors, ended } = await start(OPEN_MPI!, 2, program("shapes"));
    assertNotEquals(code, 0, out + errors);
    assertLess(secondsSince(errors, ended), 5);
    assert(
      errors.includes(
        "Cannot exchange between 2 ranks: rank 1 is about to sum float32 [2, 3], float32 [5], and rank 0 to sum float32 " +
          "[2, 4], float32 [5]: all ranks must exchange tensors of the same shapes and dtypes in the same order",
      ) || errors.includes(
        "Cannot exchange between 2 ranks: rank 0 is about to sum float32 [2, 4], float32 [5], and rank 1 to do something",
      ),
      errors,
    );
  },
});

Deno.test({
  name: "a rank that closes while another one still exchanges is an error on both",
  ignore: OPEN_MPI === undefined,
  fn: async () => {
    const { code, errors, ended } = await start(OPEN_MPI!, 2, program("early"));
    assertNotEquals(code, 0, errors);
    assertLess(secondsSince(errors, ended), 5);
    assertStringIncludes(errors, "Cannot exchange between 2 ranks: rank");
    assertStringIncludes(errors, "sum float32 [7]");
  },
});

Deno.test({
  name: "a job whose ranks forget close() says so, and one whose ranks exchange after it",
  ignore: OPEN_MPI === undefined,
  fn: async () => {
    const forgotten = await start(OPEN_MPI!, 1, program("end"));
    assertEquals(forgotten.code, 70);
    assertStringIncludes(forgotten.errors, "each rank must call close() before it exits");
    const after = await start(OPEN_MPI!, 1, program("after"));
    assertEquals(after.code, 1);
    assertStringIncludes(after.errors, "Cannot sum over ranks: the collective is closed");
    const another = await start(OPEN_MPI!, 1, program("another"));
    assertEquals(another.code, 1);
    assertStringIncludes(another.errors, "Cannot sum over ranks: another collective of this process has closed");
    assertEquals((await start(OPEN_MPI!, 1, program("well"))).code, 0);
  },
});

Deno.test({
  name: "a launcher and a library that differ are refused, in place of many ranks that each see one",
  ignore: OPEN_MPI === undefined || MPICH === undefined,
  fn: async () => {
    const { code, out, errors } = await start(MPICH!, 2, program("well", [OPEN_MPI!.library]));
    assertNotEquals(code, 0, out);
    assertStringIncludes(errors, "Cannot join MPI's world: MPICH's launcher has started 2 processes, and Open MPI v");
    assertStringIncludes(errors, "pass the path of the launcher's library: mpi(path)");
  },
});

Deno.test({
  name: "a program without a launcher, or without a permission, is told what to do",
  ignore: OPEN_MPI === undefined,
  fn: async () => {
    const said = async (permissions: readonly string[], env: Record<string, string> = {}) => {
      const { code, errors } = await run(
        denoRun("tests/optim/distributed/failing_program.ts", ["well"], [...permissions]),
        env,
      );
      assertEquals(code, 1);
      return errors;
    };
    assertStringIncludes(
      await said(["--allow-ffi", "--allow-env"]),
      "Cannot join MPI's world: no launcher has started this process: ranks must be started together; run mpirun -n 2 deno",
    );
    assertStringIncludes(await said(["--allow-ffi"]), "run with --allow-env, or use alone");
    assertStringIncludes(
      await said(["--allow-env"], { PMI_SIZE: "2" }),
      "Cannot join MPI's world: Deno must be allowed to call native code; run with --allow-ffi",
    );
  },
});
