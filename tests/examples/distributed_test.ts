import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../examples/distributed.ts";
import { denoRun, OPEN_MPI, start } from "../optim/distributed/jobs.ts";

const isReadable = Deno.permissions.querySync({ name: "read" }).state === "granted";

/** Runs the program in this process. */
async function alone(...args: readonly string[]) {
  const lines: string[] = [], errors: string[] = [];
  const code = await main(["--world", "alone", ...args], {
    log: (...parts) => void lines.push(parts.join(" ")),
    error: (...parts) => void errors.push(parts.join(" ")),
  });
  return { code, lines, errors };
}

Deno.test({
  name: "the distributed example trains alone as well, saves and continues",
  ignore: !isReadable || Deno.permissions.querySync({ name: "write" }).state !== "granted",
  fn: async () => {
    const folder = await Deno.makeTempDir(), file = `${folder}/training.safetensors`;
    try {
      const settings = ["--limit", "320", "--save", file];
      const first = await alone(...settings, "--epochs", "1");
      assertEquals([first.code, first.errors], [0, []]);
      assertEquals(first.lines[0], "MNIST: 320 training images, 1 rank");
      const more = await alone(...settings, "--epochs", "2", "--resume", file);
      assertEquals(more.lines[1]!.replace("after 1 epochs", ""), `  test accuracy ${accuracyIn(first.lines)} %`);
      assertEquals(more.lines.filter((line) => line.startsWith("epoch 2/2  loss")).length, 1);
      const none = await alone("--limit", "320", "--resume", `${folder}/none.safetensors`);
      assertEquals(none.code, 1);
      assertStringIncludes(none.errors[0]!, "Cannot read a checkpoint");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const accuracyIn = (lines: readonly string[]): string =>
  /Test accuracy ([\d.]+) %/.exec(lines.join("\n"))?.[1] ?? "none";

Deno.test("the distributed example explains its flags, and refuses others", async () => {
  const { code, lines } = await alone("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "mpirun -n 2 deno run --allow-ffi --allow-env --allow-read");
  const refused = await alone("--world", "moon");
  assertEquals([refused.code, refused.errors.length], [1, 1]);
});

Deno.test({
  name: "the distributed example trains on two ranks, of which one speaks",
  ignore: OPEN_MPI === undefined || !isReadable,
  fn: async () => {
    const permissions = ["--allow-ffi", "--allow-env", "--allow-read"];
    const args = ["--limit", "1280", "--epochs", "1", "--learning-rate", "0.003"];
    const { code, out, errors } = await start(OPEN_MPI!, 2, denoRun("examples/distributed.ts", args, permissions));
    assertEquals(code, 0, errors);
    assertStringIncludes(out, "MNIST: 1,280 training images, 2 ranks by Open MPI");
    assertEquals(out.match(/Test accuracy/g)?.length, 1, out);
    assert(Number(accuracyIn(out.split("\n"))) > 60, out);
  },
});
