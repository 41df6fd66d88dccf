/**
 * Jobs on all libraries that are installed: what ranks exchange, and what they have learned together.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { alone } from "../../../optim/distributed/mod.ts";
import { denoRun, type Ended, type InstalledLauncher, MPICH, OPEN_MPI, start } from "./jobs.ts";
import type { RankSettings, Seen } from "./rank_program.ts";
import { inNamespaces } from "./namespaces.ts";
import { type Trained, TRAININGS } from "./trainings.ts";

/** Runs the program on as many ranks as `launch` starts, and returns what they have seen. */
async function seenOn<E extends Ended>(
  settings: Omit<RankSettings, "folder">,
  launch: (program: readonly string[]) => Promise<E>,
): Promise<{ readonly seen: readonly Seen[]; readonly ended: E }> {
  const folder = await Deno.makeTempDir();
  try {
    const permissions = ["--allow-ffi", "--allow-env", "--allow-read", `--allow-write=${folder}`];
    const args = [JSON.stringify({ ...settings, folder })];
    const ended = await launch(denoRun("tests/optim/distributed/rank_program.ts", args, permissions));
    assertEquals(ended.code, 0, `${ended.out}\n${ended.errors}`);
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
    return { ended, seen: files.map((name) => JSON.parse(Deno.readTextFileSync(`${folder}/${name}`)) as Seen) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const oneProcess = new Map<string, Trained>();

/** What one process learns from the whole batches. */
function learnedAlone(name: string): Trained {
  const known = oneProcess.get(name) ?? TRAININGS[name]!(alone);
  oneProcess.set(name, known);
  return known;
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((x, k) => x - b[k]!)) / Math.max(1e-300, Math.hypot(...b));

/** Checks what the ranks of a job have seen. */
function check(seen: readonly Seen[], size: number): void {
  assertEquals(seen.map(({ rank }) => rank), Array.from({ length: size }, (_, rank) => rank));
  const [first] = seen, total = size * (size + 1) / 2, last = size - 1, numbers = total - size; // 0 + 1 + … + (size - 1)
  assertEquals(first!.size, size);
  const times = (factor: number) => [[1, 2, 3], [4, 5, 6]].map((row) => row.map((x) => factor * x));
  const turned = [0, 1, 2].map((k) => times(total).map((row) => row[k]!));
  const compiled = [turned, times(total), times(total), times(total + size), [numbers, 2 * size], numbers];
  for (const { exchanged, digests, rank } of seen) {
    const { threads, ...rest } = exchanged;
    assertEquals(rest, {
      sum: { a: [numbers, size], b: [10 * numbers] },
      mean: { a: [numbers / size, 1], b: [10 * numbers / size] },
      broadcast: { a: [last, 1], b: [last] },
      numbers: { epoch: last + 0.5, name: "x", flags: [true, null] },
      compiled,
      again: compiled,
      scan: [5, 7, 9].map((x) => total * x),
      mapped: times(total),
      gradient: [2 * size, 4 * size],
    }, `rank ${rank}`);
    if (threads !== undefined) assertEquals(threads, 5);
    assertEquals(digests, first!.digests, "all ranks must have learned the same, to the last bit");
  }
  for (const [name, { params, state }] of Object.entries(first!.trained)) {
    const want = learnedAlone(name), most = name.includes("float32") ? 1e-5 : 1e-12;
    assertLess(distance(params, want.params), most, name);
    assertLess(distance(state, want.state), most, name);
    assert(params.length > 0 && params.every(Number.isFinite));
  }
}

/** The trainings that show most, for jobs that take long on crowded cores. */
const FEW = ["200 compiled steps in float32", "3 plain steps with synchronized batch normalization"];

for (const [name, launcher, sizes] of [["Open MPI", OPEN_MPI, [1, 2, 4]], ["MPICH", MPICH, [2]]] as const) {
  for (const size of sizes) {
    Deno.test({
      name: `ranks on ${name} learn what one process learns, to the same bits on all: ${size}`,
      ignore: launcher === undefined,
      fn: async () => {
        const compiled = Object.keys(TRAININGS).filter((training) => training.includes("compiled"));
        const trainings = name === "MPICH" ? FEW : size === 4 ? compiled : undefined;
        const settings = { threads: size === 2 && name === "Open MPI", ...trainings && { trainings } };
        const { seen } = await seenOn(settings, (program) => start(launcher as InstalledLauncher, size, program));
        check(seen, size);
        assertStringIncludes(seen[0]!.library, name);
        assertStringIncludes(seen[0]!.library, launcher!.library);
      },
    });
  }
}

for (const [name, launcher] of [["Open MPI", OPEN_MPI], ["MPICH", MPICH]] as const) {
  Deno.test({
    name: `two hosts on ${name}, which reach each other by TCP, learn the same`,
    ignore: launcher === undefined || !inNamespaces.areAllowed,
    fn: async () => {
      const trainings = ["50 compiled steps with shares that differ in size"];
      const { seen, ended } = await seenOn({ trainings }, (program) => inNamespaces.start(name, launcher!, program));
      check(seen, 2);
      assert(ended.bytes > 50 * 500 * 8, `the ranks have sent ${ended.bytes} bytes over the network`);
    },
  });
}
